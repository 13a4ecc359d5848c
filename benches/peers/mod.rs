//! The tools that throng is measured against, each in a file of its own.
//!
//! Where they can be told what to do, they do exactly what throng's scenario does; where they have
//! a mode that costs them less, they are given it.

mod pgbench;
mod redis_benchmark;
mod sysbench;

pub use pgbench::{Pgbench, Reach};
pub use redis_benchmark::RedisBenchmark;
pub use sysbench::{READ_WRITE_ROWS, Sysbench};

use std::time::Duration;

/// What a peer may take beyond its turn.
const ALLOWANCE: Duration = Duration::from_secs(60);

/// The number that follows `before` in a text, up to the next character that belongs to no number.
fn number_after(text: &str, before: &str) -> Option<f64> {
    let rest = text.split_once(before)?.1.trim_start();
    let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
    rest[..end].parse().ok()
}
