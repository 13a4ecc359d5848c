//! What a pool is doing and has done, for pools of every kind of target.

use std::cell::Cell;

/// A pool at one moment, with its counters since it was made.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PoolStatus {
    /// Most connections it may hold.
    pub max_size: u64,
    /// Connections it holds now.
    pub size: u64,
    /// Connections in use now.
    pub in_use: u64,
    /// Most connections in use at a time so far.
    pub in_use_peak: u64,
    /// Users waiting for a connection now.
    pub waiters: u64,
    /// Most users waiting at a time so far.
    pub waiters_peak: u64,
    /// Users who had to wait so far, each as often as it did.
    pub waited: u64,
    /// Connections opened so far.
    pub connects: u64,
    /// Of those, opened to replace one that was lost.
    pub reconnects: u64,
    /// Attempts to connect that failed so far.
    pub connect_failures: u64,
}

/// The counters that a pool keeps.
#[derive(Debug, Default)]
pub struct PoolCounters {
    connects: Cell<u64>,
    reconnects: Cell<u64>,
    connect_failures: Cell<u64>,
    /// Lost connections that no new one has replaced yet.
    to_replace: Cell<u64>,
    in_use_peak: Cell<u64>,
    waiters_peak: Cell<u64>,
    waited: Cell<u64>,
}

impl PoolCounters {
    /// Counts a connection that was opened.
    pub fn connected(&self) {
        count(&self.connects);
        if let Some(left) = self.to_replace.get().checked_sub(1) {
            self.to_replace.set(left);
            count(&self.reconnects);
        }
    }

    /// Counts an attempt to connect that failed.
    pub fn failed_to_connect(&self) {
        count(&self.connect_failures);
    }

    /// Counts a connection that broke or had to be given up in mid-command.
    pub fn lost(&self) {
        count(&self.to_replace);
    }

    /// Counts a user that has to wait, one of so many.
    pub fn waiting(&self, waiters: u64) {
        count(&self.waited);
        self.waiters_peak.set(self.waiters_peak.get().max(waiters));
    }

    /// Notes that so many connections are in use.
    pub fn lent(&self, in_use: u64) {
        self.in_use_peak.set(self.in_use_peak.get().max(in_use));
    }

    /// Forgets peaks and waits, so that they tell of users and not of filling the pool.
    pub fn forget_peaks(&self) {
        self.in_use_peak.set(0);
        self.waiters_peak.set(0);
        self.waited.set(0);
    }

    /// What was counted; how many there are now is not known here.
    pub fn status(&self) -> PoolStatus {
        PoolStatus {
            in_use_peak: self.in_use_peak.get(),
            waiters_peak: self.waiters_peak.get(),
            waited: self.waited.get(),
            connects: self.connects.get(),
            reconnects: self.reconnects.get(),
            connect_failures: self.connect_failures.get(),
            ..PoolStatus::default()
        }
    }
}

fn count(counter: &Cell<u64>) {
    counter.set(counter.get() + 1);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reconnect_is_a_connect_that_follows_a_loss() {
        let counters = PoolCounters::default();
        counters.connected();
        counters.lost();
        counters.failed_to_connect();
        counters.connected();
        counters.connected();
        let status = counters.status();
        assert_eq!((status.connects, status.reconnects, status.connect_failures), (3, 1, 1));
    }

    #[test]
    fn peaks_are_kept_though_nobody_looks() {
        let counters = PoolCounters::default();
        for number in [4, 1] {
            counters.lent(number);
            counters.waiting(number - 1);
        }
        let status = counters.status();
        assert_eq!((status.in_use_peak, status.waiters_peak, status.waited), (4, 3, 2));
    }
}
