//! What a pool is doing and has done, for pools of every kind of target.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

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
    /// Connections opened so far.
    pub connects: u64,
    /// Of those, opened to replace one that was lost.
    pub reconnects: u64,
    /// Attempts to connect that failed so far.
    pub connect_failures: u64,
}

/// The counters that a pool's manager keeps beside the pool.
#[derive(Debug, Default)]
pub struct PoolCounters {
    connects: AtomicU64,
    reconnects: AtomicU64,
    connect_failures: AtomicU64,
    /// Lost connections that no new one has replaced yet.
    to_replace: AtomicU64,
    in_use_peak: AtomicU64,
    waiters_peak: AtomicU64,
}

impl PoolCounters {
    /// Counts a connection that was opened.
    pub fn connected(&self) {
        self.connects.fetch_add(1, Relaxed);
        let replaced = self.to_replace.fetch_update(Relaxed, Relaxed, |lost| lost.checked_sub(1));
        if replaced.is_ok() {
            self.reconnects.fetch_add(1, Relaxed);
        }
    }

    /// Counts an attempt to connect that failed.
    pub fn failed_to_connect(&self) {
        self.connect_failures.fetch_add(1, Relaxed);
    }

    /// Counts a connection that broke or had to be given up in mid-command.
    pub fn lost(&self) {
        self.to_replace.fetch_add(1, Relaxed);
    }

    /// Notes that a user asks for a connection of a pool that is in this state.
    pub fn asked(&self, pool: &deadpool::Status) {
        if pool.available == 0 && pool.size >= pool.max_size {
            self.waiters_peak.fetch_max(pool.waiting as u64 + 1, Relaxed);
        }
    }

    /// Notes that a user got a connection of a pool that is now in this state.
    pub fn lent(&self, pool: &deadpool::Status) {
        self.in_use_peak.fetch_max(in_use(pool), Relaxed);
    }

    /// Forgets the peaks, so that they tell of users and not of filling the pool.
    pub fn forget_peaks(&self) {
        self.in_use_peak.store(0, Relaxed);
        self.waiters_peak.store(0, Relaxed);
    }

    /// The whole status, with the state that `deadpool` knows.
    pub fn status(&self, pool: deadpool::Status) -> PoolStatus {
        PoolStatus {
            max_size: pool.max_size as u64,
            size: pool.size as u64,
            in_use: in_use(&pool),
            in_use_peak: self.in_use_peak.load(Relaxed),
            waiters: pool.waiting as u64,
            waiters_peak: self.waiters_peak.load(Relaxed),
            connects: self.connects.load(Relaxed),
            reconnects: self.reconnects.load(Relaxed),
            connect_failures: self.connect_failures.load(Relaxed),
        }
    }
}

fn in_use(pool: &deadpool::Status) -> u64 {
    pool.size.saturating_sub(pool.available) as u64
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
        let status = counters.status(deadpool::Status { max_size: 5, size: 3, available: 1, waiting: 0 });
        assert_eq!((status.connects, status.reconnects, status.connect_failures), (3, 1, 1));
        assert_eq!((status.max_size, status.size, status.in_use, status.waiters), (5, 3, 2, 0));
    }

    #[test]
    fn peaks_are_kept_though_nobody_looks() {
        let counters = PoolCounters::default();
        let state = |available, waiting| deadpool::Status { max_size: 5, size: 5, available, waiting };
        counters.lent(&state(1, 0));
        counters.asked(&state(0, 2));
        counters.asked(&state(3, 0));
        counters.lent(&state(4, 0));
        let status = counters.status(state(5, 0));
        assert_eq!((status.in_use, status.in_use_peak), (0, 4));
        assert_eq!((status.waiters, status.waiters_peak), (0, 3));
    }
}
