//! Redis GET over TCP, 16 connections, 1 worker, one command at a time on each connection.

use crate::peers::RedisBenchmark;
use crate::support::{Bar, Bench, BenchError, Case, Contender, Figure, Play, Reading, Unit, duel};

/// Users, each with a connection.
const USERS: u32 = 16;

pub const ENTRY: Case = Case {
    name: "redis_get",
    long: false,
    figures: &[
        Figure {
            number: "7",
            what: "Redis GET, 16 connections, 1 worker",
            unit: Unit::PerSecond,
            bar: Bar::RatioAtLeast(1.25),
        },
        Figure { number: "7", what: "processor time a Redis GET", unit: Unit::Micros, bar: Bar::RatioAtMost(0.80) },
    ],
    run,
};

fn run(bench: &Bench) -> Result<Vec<Reading>, BenchError> {
    let peer = RedisBenchmark::filled(bench, USERS)?;
    let (url, seconds) = (bench.redis.url(), bench.options.seconds());
    let contenders = vec![
        Contender::new("throng", || {
            let play = Play::new(bench, "redis_get").set("redis", url.reveal()).users(USERS, 1, seconds);
            Ok(play.run()?.effort())
        }),
        Contender::new("redis-benchmark", || peer.get(USERS, seconds)),
    ];
    let duel = duel(bench.options.rounds(), contenders)?;
    Ok(vec![duel.throughput(), duel.cpu()])
}
