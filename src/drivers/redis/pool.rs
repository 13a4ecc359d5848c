//! A pool of connections to one Redis.

use std::ops::{Deref, DerefMut};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use deadpool::Runtime;
use deadpool::managed::{self, Metrics, Object, PoolError, RecycleError, RecycleResult};

use super::address::Address;
use super::{Connection, Subscription};
use crate::drivers::{Backoff, Failure, PoolCounters, PoolStatus};
use crate::plan::Limits;
use crate::plan::target::RedisTarget;

/// Connections that users take turns on. Cloning gives another handle to the same pool.
#[derive(Clone)]
pub struct Pool {
    inner: managed::Pool<Manager>,
    name: Arc<str>,
    acquire_limit: Duration,
}

impl Pool {
    /// A pool of at most `size` connections, none of which is opened yet; `name` is for errors and figures.
    pub fn new(name: &str, target: &RedisTarget, size: usize, limits: &Limits) -> Result<Self, Failure> {
        let url = target.url.as_ref().ok_or_else(|| Failure::Misuse {
            message: format!("target `{name}` has no URL"),
            hint: Some("give one with `--redis URL` or in `throng.toml`".into()),
        })?;
        let manager = Manager {
            address: Address::parse(url, limits.connect)?,
            connect_limit: limits.connect,
            lifetime: target.pool.lifetime,
            counters: PoolCounters::default(),
            backoff: Backoff::default(),
            losses: AtomicU64::new(0),
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

    /// Opens a connection outside the pool that receives messages of channels and patterns.
    pub async fn subscribe<A: AsRef<[u8]>>(&self, channels: &[A], patterns: &[A]) -> Result<Subscription, Failure> {
        Subscription::open(&self.inner.manager().address, channels, patterns).await
    }

    /// Its state and counters.
    pub fn status(&self) -> PoolStatus {
        self.inner.manager().counters.status(self.inner.status())
    }

    /// Closes idle connections and lets waiting users fail.
    pub fn close(&self) {
        self.inner.close();
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

impl DerefMut for Lease {
    fn deref_mut(&mut self) -> &mut Connection {
        self.object.as_mut().expect("taken only by drop")
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        if self.is_reusable() {
            return;
        }
        if let Some(object) = self.object.take() {
            if let Some(pool) = Object::pool(&object) {
                pool.manager().lose();
            }
            // Only a connection that is taken out of the pool makes room for its successor.
            drop(Object::take(object));
        }
    }
}

/// Opens connections and says which may be used again.
struct Manager {
    address: Address,
    connect_limit: Duration,
    lifetime: Option<Duration>,
    counters: PoolCounters,
    backoff: Backoff,
    /// Connections lost so far. When one is lost others may be, so each is verified before it is used
    /// the next time; while nothing is lost, no round trip is spent on that.
    losses: AtomicU64,
}

impl Manager {
    fn lose(&self) {
        self.counters.lost();
        self.losses.fetch_add(1, Relaxed);
    }
}

impl managed::Manager for Manager {
    type Type = Connection;
    type Error = Failure;

    async fn create(&self) -> Result<Connection, Failure> {
        self.backoff.wait().await;
        match Connection::open(&self.address).await {
            Ok(mut connection) => {
                self.backoff.succeeded();
                self.counters.connected();
                connection.verified_in = self.losses.load(Relaxed);
                Ok(connection)
            }
            Err(failure) => {
                self.backoff.failed();
                self.counters.failed_to_connect();
                Err(failure)
            }
        }
    }

    async fn recycle(&self, connection: &mut Connection, _: &Metrics) -> RecycleResult<Failure> {
        if self.lifetime.is_some_and(|lifetime| connection.is_older_than(lifetime)) {
            return Err(RecycleError::message("past its lifetime"));
        }
        let losses = self.losses.load(Relaxed);
        if connection.verified_in != losses {
            connection.verify(self.connect_limit).await.inspect_err(|_| self.counters.lost())?;
            connection.verified_in = losses;
        }
        Ok(())
    }
}
