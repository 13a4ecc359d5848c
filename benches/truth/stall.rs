//! A server that stands still for 2 s in a run of 10 s.
//!
//! At a fixed rate every arrival that falls due in the pause waits until its end, so that a fifth of all
//! responses lie evenly between 0 and 2 s. Whoever measures from the actual start sees only those few
//! that were under way when the pause began.

use std::thread::sleep;
use std::time::{Duration, Instant};

use throng::record::{OperationRecord, decode};
use throng::servers::ThrowawayPostgres;

use crate::support::{Bar, Bench, BenchError, Case, Figure, Play, Played, Reading, Unit};

/// Arrivals a second.
const RATE: f64 = 200.0;

/// Length of the load.
const SECONDS: u32 = 10;

/// Users of the open load at most, and of the closed load. Few, so that few are under way when the pause begins.
const USERS: u32 = 4;

/// From the first second of the load to the pause.
const BEFORE: Duration = Duration::from_secs(1);

/// The pause.
const PAUSE: Duration = Duration::from_secs(2);

/// A response that the pause has delayed for sure; undisturbed ones take less than a tenth of it.
const DELAYED_US: u64 = 20_000;

/// An operation that the pause has held up for most of its length.
const HELD_UP_US: u64 = 1_000_000;

pub const ENTRY: Case = Case {
    name: "stall",
    long: false,
    figures: &[
        Figure {
            number: "T1",
            what: "arrivals delayed by a server that stands still for 2 s of 10 s",
            unit: Unit::Percent,
            bar: Bar::Within(19.5, 25.0),
        },
        Figure {
            number: "T1",
            what: "their response time, 95th percentile of all",
            unit: Unit::Seconds,
            bar: Bar::Within(1.4, 1.6),
        },
        Figure {
            number: "T1",
            what: "farthest of p85, p90, p95 and maximum from what the pause makes them",
            unit: Unit::Seconds,
            bar: Bar::AtMost(0.1),
        },
        Figure {
            number: "T1",
            what: "service time, p95, above that of an undisturbed run",
            unit: Unit::Millis,
            bar: Bar::AtMost(5.0),
        },
        Figure {
            number: "T1",
            what: "arrivals more or fewer than planned, and those that did not succeed",
            unit: Unit::Count,
            bar: Bar::Exactly(0.0),
        },
        Figure {
            number: "T1",
            what: "operations of a closed load of 4 users that took over 1 s: one a user",
            unit: Unit::Count,
            bar: Bar::Exactly(USERS as f64),
        },
    ],
    run,
};

fn run(bench: &Bench) -> Result<Vec<Reading>, BenchError> {
    let open = || {
        let play = ping(bench).set("rate", format!("{RATE}/s")).set("max-users", USERS).set("connections", USERS);
        play.set("duration", format!("{SECONDS}s")).lasting(SECONDS)
    };
    let undisturbed = open().run()?;
    let (stalled, paused) = disturb(bench, open())?;
    let (held_up, _) = disturb(bench, ping(bench).users(USERS, 1, SECONDS).set("think", "20ms"))?;

    let responses = Responses::of(&stalled);
    let p95_s = responses.at_s(0.95);
    let expected_s = |part: f64| paused.as_secs_f64() - (1.0 - part) * f64::from(SECONDS);
    let astray_s = [0.85, 0.90, 0.95, 1.0].map(|part| (responses.at_s(part) - expected_s(part)).abs());
    let service_ms = |played: &Played| played.record.totals.service_us.p95 as f64 / 1000.0;
    let counts = &stalled.record.totals.iterations;
    let planned = (RATE * f64::from(SECONDS)) as u64;
    let astray = counts.offered.abs_diff(planned) + counts.offered.abs_diff(counts.succeeded);
    Ok(vec![
        Reading::alone(100.0 * responses.over(DELAYED_US) as f64 / planned as f64),
        Reading::alone(p95_s),
        Reading::alone(astray_s.into_iter().fold(0.0, f64::max)),
        Reading::alone(service_ms(&stalled) - service_ms(&undisturbed)),
        Reading::alone(astray as f64),
        Reading::alone(Responses::of(&held_up).over(HELD_UP_US) as f64),
    ])
}

fn ping(bench: &Bench) -> Play<'_> {
    Play::new(bench, "ping").set("pg", bench.tcp_url("postgres"))
}

/// Plays, and holds the server still in the middle of it. Says for how long.
fn disturb(bench: &Bench, play: Play<'_>) -> Result<(Played, Duration), BenchError> {
    let playing = play.run_until_it_plays()?;
    sleep(BEFORE);
    let still = Still::of(&bench.postgres);
    sleep(PAUSE);
    let paused = still.end();
    Ok((playing.end()?, paused))
}

/// A server that stands still until this is dropped.
struct Still<'a>(&'a ThrowawayPostgres, Instant);

impl<'a> Still<'a> {
    fn of(server: &'a ThrowawayPostgres) -> Self {
        server.pause();
        Self(server, Instant::now())
    }

    fn end(self) -> Duration {
        self.1.elapsed()
    }
}

impl Drop for Still<'_> {
    fn drop(&mut self) {
        self.0.resume();
    }
}

/// The response times of a run of one operation.
struct Responses(hdrhistogram::Histogram<u64>);

impl Responses {
    fn of(played: &Played) -> Self {
        let histogram = |operation: &OperationRecord| decode(&operation.histogram).ok();
        let mut whole = hdrhistogram::Histogram::new(3).expect("3 digits are allowed");
        for histogram in played.record.operations.iter().filter_map(histogram) {
            whole.add(histogram).expect("it grows as needed");
        }
        Self(whole)
    }

    fn at_s(&self, part: f64) -> f64 {
        self.0.value_at_quantile(part) as f64 / 1e6
    }

    fn over(&self, us: u64) -> u64 {
        self.0.len() - self.0.count_between(0, us)
    }
}
