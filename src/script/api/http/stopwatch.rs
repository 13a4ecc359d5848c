//! The time that a request takes on its way, without what the script does in between.

use std::cell::Cell;
use std::future::Future;
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
}

/// Waiting that is being timed; it counts also when it is given up.
struct Waiting<'a> {
    watch: &'a Stopwatch,
    begun: Instant,
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.watch.spent.set(self.watch.spent.get() + self.begun.elapsed());
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
        Self { what, limit, started: Instant::now(), spent: Cell::default() }
    }

    /// Waits for `work` as long as the limit allows, and counts the time.
    pub(super) async fn time<F: Future>(&self, work: F) -> Result<F::Output, Failure> {
        let _waiting = Waiting { watch: self, begun: Instant::now() };
        let result = within(self.limit.saturating_sub(self.spent.get()), work).await;
        result.map_err(|_| Failure::Timeout { what: self.what.clone(), limit: self.limit })
    }

    /// Takes off what the script did while the waiting was timed.
    pub(super) fn take_off(&self, time: Duration) {
        self.spent.set(self.spent.get().saturating_sub(time));
    }
}
