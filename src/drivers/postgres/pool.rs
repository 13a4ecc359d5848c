//! A bounded pool of connections to one target.

use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

use deadpool::Runtime;
use deadpool::managed::{self, Metrics, Object, PoolError, RecycleError, RecycleResult};

use super::config::Settings;
use super::connection::{Connection, settings_of};
use crate::drivers::{Backoff, Failure, PoolCounters, PoolStatus};
use crate::plan::Limits;
use crate::plan::target::{PostgresTarget, StatementMode};

/// Connections that users take turns on. Cloning gives another handle to the same pool.
#[derive(Clone)]
pub struct Pool {
    inner: managed::Pool<Manager>,
    name: Arc<str>,
    acquire_limit: Duration,
}

impl Pool {
    /// A pool of at most `size` connections, none of which is opened yet; `name` is for errors and figures.
    pub fn new(name: &str, target: &PostgresTarget, size: usize, limits: &Limits) -> Result<Self, Failure> {
        let manager = Manager {
            settings: settings_of(target)?,
            mode: target.statements,
            limits: limits.clone(),
            lifetime: target.pool.lifetime,
            counters: PoolCounters::default(),
            backoff: Backoff::default(),
        };
        let inner = managed::Pool::builder(manager)
            .max_size(size.max(1))
            .wait_timeout(Some(target.pool.acquire_timeout))
            .runtime(Runtime::Tokio1)
            .build()
            .expect("a runtime is given");
        Ok(Self { inner, name: name.into(), acquire_limit: target.pool.acquire_timeout })
    }

    /// The name it was made with.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Takes a connection, opening one if all are in use and there is room; waits for one otherwise.
    ///
    /// An attempt to connect that fails is reported at once; the next one waits, at most a second,
    /// so that a server that is away is not besieged.
    pub async fn acquire(&self) -> Result<Lease, Failure> {
        let counters = &self.inner.manager().counters;
        counters.asked(&self.inner.status());
        match self.inner.get().await {
            Ok(object) => {
                counters.lent(&self.inner.status());
                Ok(Lease { object: Some(object) })
            }
            Err(PoolError::Backend(failure)) => Err(failure),
            Err(PoolError::Timeout(_)) => {
                Err(Failure::PoolTimeout { pool: self.name.to_string(), limit: self.acquire_limit })
            }
            Err(error @ (PoolError::Closed | PoolError::NoRuntimeSpecified | PoolError::PostCreateHook(_))) => {
                Err(Failure::ConnectionLost { message: format!("pool `{}`: {error}", self.name) })
            }
        }
    }

    /// Opens all its connections, so that no user meets the cost of the first one.
    pub async fn fill(&self) -> Result<(), Failure> {
        let size = self.inner.status().max_size;
        // All leases are held until the last is there, or one connection would be lent again and again.
        let filled = futures_util::future::try_join_all((0..size).map(|_| self.acquire())).await.map(drop);
        self.inner.manager().counters.forget_peaks();
        filled
    }

    /// Its state and counters.
    pub fn status(&self) -> PoolStatus {
        self.inner.manager().counters.status(self.inner.status())
    }

    /// Closes it: idle connections say farewell to the server, and what was broken off has been cancelled
    /// there. Connections still lent end when they come back.
    pub async fn close(&self) {
        let idle = self.inner.retain(|_, _| false).removed;
        self.inner.close();
        futures_util::future::join_all(idle.into_iter().map(|connection| connection.close())).await;
        drop(self.inner.manager().settings.cancelling.write().await);
    }
}

/// A connection on loan; dropped, it goes back to the pool, or is closed if it is not fit for another user.
pub struct Lease {
    object: Option<Object<Manager>>,
}

impl Deref for Lease {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        self.object.as_ref().expect("taken only by drop")
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        if self.is_reusable() {
            return;
        }
        if let Some(object) = self.object.take() {
            if let Some(pool) = Object::pool(&object) {
                pool.manager().counters.lost();
            }
            // Outside the pool, its own drop has the server stop what it was doing.
            drop(Object::take(object));
        }
    }
}

/// Opens connections and says which may be used again.
struct Manager {
    settings: Arc<Settings>,
    mode: StatementMode,
    limits: Limits,
    lifetime: Option<Duration>,
    counters: PoolCounters,
    backoff: Backoff,
}

impl managed::Manager for Manager {
    /// Boxed, because it is moved with every loan.
    type Type = Box<Connection>;
    type Error = Failure;

    async fn create(&self) -> Result<Box<Connection>, Failure> {
        self.backoff.wait().await;
        let connected = Connection::connect(&self.settings, self.mode, &self.limits, None).await;
        match connected {
            Ok(_) => {
                self.backoff.succeeded();
                self.counters.connected();
            }
            Err(_) => {
                self.backoff.failed();
                self.counters.failed_to_connect();
            }
        }
        connected.map(Box::new)
    }

    async fn recycle(&self, connection: &mut Box<Connection>, _: &Metrics) -> RecycleResult<Failure> {
        // The connection's own task has seen its end, so no round trip is spent on asking.
        if connection.is_closed() {
            self.counters.lost();
            return Err(RecycleError::message("closed"));
        }
        if self.lifetime.is_some_and(|lifetime| connection.age() >= lifetime) {
            return Err(RecycleError::message("past its lifetime"));
        }
        Ok(())
    }
}
