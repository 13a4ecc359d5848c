//! redis-benchmark, Redis's own load generator, written in C.

use std::cell::Cell;
use std::process::Command;
use std::time::Duration;

use super::ALLOWANCE;
use crate::support::{Bench, BenchError, Effort, Finished, Program, program};

/// Keys that are read.
const KEYS: u32 = 100_000;

/// Requests of the turn that finds out how many make a turn of the length asked for.
const TRIAL: u64 = 50_000;

/// redis-benchmark on the bench's Redis.
pub struct RedisBenchmark<'a> {
    bench: &'a Bench,
    /// Requests a second that it was last seen to make.
    pace: Cell<f64>,
}

impl<'a> RedisBenchmark<'a> {
    /// redis-benchmark and the keys that it reads.
    pub fn filled(bench: &'a Bench, connections: u32) -> Result<Self, BenchError> {
        let fill = format!("for n = 0, {KEYS} - 1 do redis.call('SET', string.format('key:%012d', n), 'xxx') end");
        bench.once("redis, filled", || {
            let mut command = Command::new(program("redis-cli", "redis-tools")?);
            command.args(["-h", "127.0.0.1", "-p", &bench.redis.port().to_string(), "-e", "EVAL", &fill, "0"]);
            bench.prepare("redis-cli", command).map(drop)
        })?;
        let peer = Self { bench, pace: Cell::new(0.0) };
        peer.requests(connections, TRIAL, ALLOWANCE)?;
        Ok(peer)
    }

    /// Sends GET for about so long; it can only be told how many requests to make.
    pub fn get(&self, connections: u32, seconds: u32) -> Result<Effort, BenchError> {
        let requests = (self.pace.get() * f64::from(seconds)) as u64;
        self.requests(connections, requests.max(TRIAL), ALLOWANCE + Duration::from_secs(seconds.into()))
    }

    fn requests(&self, connections: u32, requests: u64, limit: Duration) -> Result<Effort, BenchError> {
        let mut command = Command::new(program("redis-benchmark", "redis-tools")?);
        command.args(["-h", "127.0.0.1", "-p", &self.bench.redis.port().to_string(), "--csv", "-t", "get"]);
        command.args(["-c", &connections.to_string(), "-n", &requests.to_string(), "-r", &KEYS.to_string()]);
        let finished = Program::new("redis-benchmark", command, limit).run()?;
        let per_s = pace(&finished).ok_or_else(|| finished.untold("redis-benchmark", "its rate"))?;
        self.pace.set(per_s);
        Ok(Effort { operations: requests, per_s, cpu: finished.cpu, wall: finished.wall })
    }
}

/// Requests a second, out of a line such as `"GET","123456.78","0.055",…`.
fn pace(finished: &Finished) -> Option<f64> {
    let line = finished.stdout.lines().find(|line| line.starts_with("\"GET\""))?;
    line.split(',').nth(1)?.trim_matches('"').parse().ok()
}
