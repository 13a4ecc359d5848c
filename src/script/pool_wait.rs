//! A user's loan of a connection from a pool, with the wait for it.

use std::time::Instant;

use super::host::Host;
use super::user::{Tally, User};
use crate::drivers::{Connector, Failure, Lease, Pool};
use crate::stats::micros;

/// Lends `user` a connection of the pool, and counts how long that took.
pub(super) async fn lend<C: Connector>(host: &Host, user: &User, pool: &Pool<C>) -> Result<Lease<C>, Failure> {
    if let Some(lease) = pool.acquire_at_once() {
        host.recorder.borrow_mut().pool_wait(pool.name(), 0);
        return Ok(lease);
    }
    let _wait = PoolWait { host, user, pool: pool.name(), started: Instant::now() };
    // Boxed, so that the room for it is taken by those who have to wait.
    Box::pin(pool.acquire()).await
}

/// Counts the time from its making to its drop as waiting for a pool. So a wait that was cut off
/// counts too, and not as the target's service.
struct PoolWait<'a> {
    host: &'a Host,
    user: &'a User,
    pool: &'a str,
    started: Instant,
}

impl Drop for PoolWait<'_> {
    fn drop(&mut self) {
        let waited_us = micros(self.started.elapsed());
        Tally::add(&self.user.tally.pool_us, waited_us);
        self.host.recorder.borrow_mut().pool_wait(self.pool, waited_us);
    }
}
