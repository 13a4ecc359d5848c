//! The processor time that throng takes.

use std::time::{Duration, Instant};

use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike;

/// Measures the processor time of this process between readings.
pub struct Processor {
    workers: usize,
    used: Duration,
    read: Instant,
    /// What was read last.
    percent: Option<f64>,
}

/// A reading over less than this says too little: of intervals that are gathered together, the later ones have the
/// figure of the first, which is over all of them.
const LEAST: Duration = Duration::from_millis(100);

impl Processor {
    /// Starts measuring; percentages will be of `workers` cores.
    pub fn start(workers: usize) -> Self {
        Self { workers, used: used(), read: Instant::now(), percent: None }
    }

    /// Percent of the worker threads' cores taken since the last reading; the main thread's share is in it.
    pub fn percent(&mut self) -> f64 {
        let (used, now) = (used(), Instant::now());
        if let Some(percent) = self.percent
            && now - self.read < LEAST
        {
            return percent;
        }
        let took = used.saturating_sub(self.used).as_secs_f64();
        let passed = (now - self.read).as_secs_f64() * self.workers as f64;
        (self.used, self.read) = (used, now);
        *self.percent.insert(if passed > 0.0 { 100.0 * took / passed } else { 0.0 })
    }
}

/// User and system time of the process so far.
pub(super) fn used() -> Duration {
    let Ok(usage) = getrusage(UsageWho::RUSAGE_SELF) else { return Duration::ZERO };
    let micros = usage.user_time().num_microseconds() + usage.system_time().num_microseconds();
    Duration::from_micros(micros.unsigned_abs())
}
