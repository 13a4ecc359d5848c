//! A bounded pool of connections to one target.

use std::ops::Deref;
use std::sync::Arc;
use std::time::{Duration, Instant};

use deadpool::Runtime;
use deadpool::managed::{self, Object, PoolError, TimeoutType, Timeouts};

use super::connection::{Connection, settings_of};
use super::manager::Manager;
use crate::drivers::{Failure, PoolStatus};
use crate::plan::Limits;
use crate::plan::target::PostgresTarget;

/// A pool. Connections are opened as they are needed and kept.
#[derive(Clone)]
pub struct Pool {
    pool: managed::Pool<Manager>,
    name: Arc<str>,
    acquire_timeout: Duration,
}

/// A connection lent by a pool; dropped, it goes back if another user may have it.
pub struct Lease {
    object: Option<Object<Manager>>,
}

impl Pool {
    /// A pool of up to `size` connections, called `name` in errors. Opens none yet.
    pub fn new(name: &str, target: &PostgresTarget, size: usize, limits: &Limits) -> Result<Self, Failure> {
        let manager = Manager::new(settings_of(target)?, target, limits);
        let pool = managed::Pool::builder(manager)
            .max_size(size)
            .runtime(Runtime::Tokio1)
            .build()
            .map_err(|error| Failure::Misuse { message: format!("pool `{name}`: {error}"), hint: None })?;
        Ok(Self { pool, name: name.into(), acquire_timeout: target.pool.acquire_timeout })
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Waits for a connection. A server that cannot be reached is tried again, at most every
    /// 50 ms to 1 s, until the acquire timeout; a refusal that will not change is reported at once.
    pub async fn acquire(&self) -> Result<Lease, Failure> {
        let deadline = Instant::now() + self.acquire_timeout;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let timeouts =
                Timeouts { wait: Some(left.max(Duration::from_nanos(1))), create: Some(left), recycle: None };
            match self.pool.timeout_get(&timeouts).await {
                Ok(object) => return Ok(Lease { object: Some(object) }),
                Err(PoolError::Backend(error)) if error.permanent || Instant::now() >= deadline => {
                    return Err(error.failure);
                }
                // The manager keeps the distance between attempts.
                Err(PoolError::Backend(_)) => {}
                Err(PoolError::Timeout(TimeoutType::Wait | TimeoutType::Create | TimeoutType::Recycle)) => {
                    return Err(self.timed_out());
                }
                Err(error) => {
                    let message = format!("pool `{}`: {error}", self.name);
                    return Err(Failure::ConnectionLost { message });
                }
            }
        }
    }

    /// While no connection can be made, that is what a caller waited for in vain.
    fn timed_out(&self) -> Failure {
        self.pool
            .manager()
            .last_failure()
            .unwrap_or_else(|| Failure::PoolTimeout { pool: self.name.to_string(), limit: self.acquire_timeout })
    }

    /// Its state now.
    pub fn status(&self) -> PoolStatus {
        let status = self.pool.status();
        let counts = self.pool.manager().counts();
        PoolStatus {
            max_size: status.max_size as u64,
            size: status.size as u64,
            in_use: status.size.saturating_sub(status.available) as u64,
            waiters: status.waiting as u64,
            connects: counts.connects,
            reconnects: counts.reconnects,
            connect_failures: counts.failures,
        }
    }

    /// Closes it: idle connections say farewell to the server, lent ones end when they come back.
    pub async fn close(&self) {
        let idle = self.pool.retain(|_, _| false).removed;
        self.pool.close();
        futures_util::future::join_all(idle.into_iter().map(Connection::close)).await;
    }
}

impl Deref for Lease {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        // The object is taken in `drop` only.
        self.object.as_ref().expect("a lease holds its connection until it is dropped")
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        let Some(object) = self.object.take() else { return };
        if object.is_reusable() {
            return;
        }
        if let Some(pool) = Object::pool(&object) {
            pool.manager().note_lost();
        }
        // Outside the pool, its own drop has the server stop what it was doing.
        drop(Object::take(object));
    }
}
