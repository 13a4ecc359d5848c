//! A user's wait for a connection of a pool.

use std::time::Instant;

use super::host::Host;
use super::user::{Tally, User};
use crate::stats::micros;

/// Counts the time from its making to its drop as waiting for a pool. So a wait that was cut off
/// counts too, and not as the target's service.
pub(super) struct PoolWait<'a> {
    host: &'a Host,
    user: &'a User,
    pool: &'a str,
    started: Instant,
}

impl<'a> PoolWait<'a> {
    /// `user` begins to wait for a connection of the pool of this name.
    pub(super) fn begin(host: &'a Host, user: &'a User, pool: &'a str) -> Self {
        Self { host, user, pool, started: Instant::now() }
    }
}

impl Drop for PoolWait<'_> {
    fn drop(&mut self) {
        let waited_us = micros(self.started.elapsed());
        Tally::add(&self.user.tally.pool_us, waited_us);
        self.host.recorder.borrow_mut().pool_wait(self.pool, waited_us);
    }
}
