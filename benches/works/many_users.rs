//! 100,000 users that think 1 s, on one worker.

use crate::support::{Bar, Bench, BenchError, Case, Figure, Play, Played, Reading, Unit};

/// Users of the crowd.
const USERS: u32 = 100_000;

/// Over how long they come.
const RAMP_S: u32 = 10;

pub const ENTRY: Case = Case {
    name: "many_users",
    long: false,
    figures: &[
        Figure {
            number: "9",
            what: "resident memory a user of 100,000, above that of an idle process",
            unit: Unit::Kib,
            bar: Bar::AtMost(8.0),
        },
        Figure {
            number: "9",
            what: "until all of them were there, after a ramp of 10 s, to the second",
            unit: Unit::Seconds,
            // The series of a run is told by seconds, and the last user comes just before the ramp ends.
            bar: Bar::AtMost(RAMP_S as f64 + 1.0),
        },
        Figure {
            number: "9",
            what: "lag of the worker's loop, 99th percentile",
            unit: Unit::Millis,
            bar: Bar::AtMost(5.0),
        },
    ],
    run,
};

fn run(bench: &Bench) -> Result<Vec<Reading>, BenchError> {
    let play = |users: u32, ramp_s: u32, seconds: u32| -> Result<Played, BenchError> {
        let play = Play::new(bench, "null").set("users", users).set("workers", 1).set("think", "1s");
        let play = play.set("ramp-up", format!("{ramp_s}s")).set("duration", format!("{seconds}s"));
        play.lasting(seconds).watch_memory().run()
    };
    let idle = play(1, 0, 2)?;
    let crowd = play(USERS, RAMP_S, RAMP_S + bench.options.short_or(5, 15))?;
    let above_idle = crowd.process.memory_peak().saturating_sub(idle.process.memory_peak());
    let full = crowd.record.intervals.iter().find(|interval| interval.users == u64::from(USERS));
    let all_there_s = full.map_or(f64::INFINITY, |interval| interval.start_s + interval.length_s);
    Ok(vec![
        Reading::alone(above_idle as f64 / 1024.0 / f64::from(USERS)),
        Reading::alone(all_there_s),
        Reading::alone(crowd.record.generator.loop_lag_us.p99 as f64 / 1000.0),
    ])
}
