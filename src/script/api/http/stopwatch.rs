//! The time that a request takes on its way, without what the script does in between and what it waits within throng.

use std::cell::Cell;
use std::future::Future;
use std::pin::pin;
use std::time::{Duration, Instant};

use crate::clock::within;
use crate::drivers::Failure;
use crate::script::asked::Took;
use crate::stats::micros;

/// Adds up the time spent waiting for the server, and ends the waiting when a limit on the sum is reached.
pub(super) struct Stopwatch {
    what: String,
    limit: Duration,
    started: Instant,
    spent: Cell<Duration>,
    /// Of the waiting that is being timed, what is none of the server's time.
    off: Cell<Duration>,
}

/// Waiting that is being timed; it counts also when it is given up.
struct Waiting<'a> {
    watch: &'a Stopwatch,
    begun: Instant,
}

impl Waiting<'_> {
    /// What is left of the limit.
    fn left(&self) -> Duration {
        let so_far = self.watch.spent.get() + self.begun.elapsed();
        (self.watch.limit + self.watch.off.get()).saturating_sub(so_far)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        let waited = self.begun.elapsed().saturating_sub(self.watch.off.take());
        self.watch.spent.set(self.watch.spent.get() + waited);
    }
}

impl Took for &Stopwatch {
    fn so_far(&self) -> (Instant, u64) {
        (self.started, micros(self.spent.get()))
    }
}

impl Stopwatch {
    /// A stopwatch for `what`, such as ``request `GET /` ``, with a limit on the whole.
    pub(super) fn new(what: String, limit: Duration) -> Self {
        Self { what, limit, started: Instant::now(), spent: Cell::default(), off: Cell::default() }
    }

    /// Waits for `work` as long as the limit allows, and counts the time.
    pub(super) async fn time<F: Future>(&self, work: F) -> Result<F::Output, Failure> {
        let waiting = Waiting { watch: self, begun: Instant::now() };
        let mut work = pin!(work);
        loop {
            let off = self.off.get();
            match within(waiting.left(), work.as_mut()).await {
                Ok(output) => return Ok(output),
                // What the script did meanwhile is none of the server's time, so there is more left.
                Err(_) if self.off.get() > off => {}
                Err(_) => return Err(Failure::Timeout { what: self.what.clone(), limit: self.limit }),
            }
        }
    }

    /// Takes off what was none of the server's time while the waiting was timed: what the script did, or how long the
    /// request lay within throng.
    pub(super) fn take_off(&self, time: Duration) {
        self.off.set(self.off.get() + time);
    }
}
