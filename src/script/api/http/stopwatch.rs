//! The time that a request takes on its way, without what the script does in between.

use std::cell::Cell;
use std::future::Future;
use std::time::{Duration, Instant};

use crate::clock::within;
use crate::drivers::Failure;

/// Adds up the time spent waiting for the server, and ends the waiting when a limit on the sum is reached.
pub(super) struct Stopwatch {
    what: String,
    limit: Duration,
    spent: Cell<Duration>,
}

impl Stopwatch {
    /// A stopwatch for `what`, such as ``request `GET /` ``, with a limit on the whole.
    pub(super) fn new(what: String, limit: Duration) -> Self {
        Self { what, limit, spent: Cell::default() }
    }

    /// Waits for `work` as long as the limit allows, and counts the time.
    pub(super) async fn time<F: Future>(&self, work: F) -> Result<F::Output, Failure> {
        let begun = Instant::now();
        let result = within(self.limit.saturating_sub(self.spent.get()), work).await;
        self.spent.set(self.spent.get() + begun.elapsed());
        result.map_err(|_| Failure::Timeout { what: self.what.clone(), limit: self.limit })
    }

    /// Takes off what the script did while the waiting was timed.
    pub(super) fn take_off(&self, time: Duration) {
        self.spent.set(self.spent.get().saturating_sub(time));
    }

    /// The time counted so far.
    pub(super) fn spent(&self) -> Duration {
        self.spent.get()
    }
}
