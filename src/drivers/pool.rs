//! A bounded pool of connections to one target, whatever its kind.
//!
//! What a kind adds is a [`Connector`]: how a connection is made, told to be sound, and ended.

use std::ops::{Deref, DerefMut};
use std::sync::Arc;
use std::time::Duration;

use deadpool::Runtime;
use deadpool::managed::{self, Metrics, Object, PoolError, RecycleError, RecycleResult};

use super::Failure;
use super::backoff::Backoff;
use super::pool_status::{PoolCounters, PoolStatus};
use crate::plan::target::PoolPlan;

/// Makes the connections of a pool, and knows what state they are in.
pub trait Connector: Send + Sync + 'static {
    /// What it makes.
    type Connection: Send;

    /// Opens a connection.
    fn connect(&self) -> impl Future<Output = Result<Self::Connection, Failure>> + Send;

    /// Makes sure that a connection which lay idle can be used; any failure has it replaced.
    fn verify(&self, connection: &mut Self::Connection) -> impl Future<Output = Result<(), Failure>> + Send;

    /// Whether the next user could use it as if it were new: it is open and in the middle of nothing.
    fn is_reusable(connection: &Self::Connection) -> bool;

    /// How long ago it was opened.
    fn age(connection: &Self::Connection) -> Duration;

    /// Takes note that a connection came back unfit to be used again.
    fn lost(&self) {}

    /// Ends an idle connection in an orderly way.
    fn close(connection: Self::Connection) -> impl Future<Output = ()>;

    /// Waits until the target has been told of everything that was broken off.
    fn settled(&self) -> impl Future<Output = ()>;
}

/// Connections that users take turns on. Cloning gives another handle to the same pool.
pub struct Pool<C: Connector> {
    inner: managed::Pool<Manager<C>>,
    name: Arc<str>,
    acquire_limit: Duration,
}

impl<C: Connector> Clone for Pool<C> {
    fn clone(&self) -> Self {
        Self { inner: self.inner.clone(), name: self.name.clone(), acquire_limit: self.acquire_limit }
    }
}

impl<C: Connector> Pool<C> {
    /// A pool of at most `size` connections, none of which is opened yet; `name` is for errors and figures.
    pub(super) fn with(connector: C, name: &str, plan: &PoolPlan, size: usize) -> Self {
        let manager = Manager {
            connector,
            lifetime: plan.lifetime,
            counters: PoolCounters::default(),
            backoff: Backoff::default(),
        };
        let inner = managed::Pool::builder(manager)
            .max_size(size.max(1))
            .wait_timeout(Some(plan.acquire_timeout))
            .runtime(Runtime::Tokio1)
            .build()
            .expect("a runtime is given");
        Self { inner, name: name.into(), acquire_limit: plan.acquire_timeout }
    }

    /// The name it was made with.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What makes its connections.
    pub(super) fn connector(&self) -> &C {
        &self.inner.manager().connector
    }

    /// Takes a connection, opening one if all are in use and there is room; waits for one otherwise.
    ///
    /// An attempt to connect that fails is reported at once; the next one waits, at most a second,
    /// so that a server that is away is not besieged.
    pub async fn acquire(&self) -> Result<Lease<C>, Failure> {
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

    /// Closes it: waiting users fail, idle connections end in an orderly way, and the target knows of what
    /// was broken off. Connections still lent end when they come back.
    pub async fn close(&self) {
        let idle = self.inner.retain(|_, _| false).removed;
        self.inner.close();
        futures_util::future::join_all(idle.into_iter().map(|connection| C::close(*connection))).await;
        self.connector().settled().await;
    }
}

/// A connection on loan; dropped, it goes back to the pool, or is closed if it is not fit for another user.
pub struct Lease<C: Connector> {
    object: Option<Object<Manager<C>>>,
}

impl<C: Connector> Deref for Lease<C> {
    type Target = C::Connection;

    fn deref(&self) -> &C::Connection {
        self.object.as_ref().expect("taken only by drop")
    }
}

impl<C: Connector> DerefMut for Lease<C> {
    fn deref_mut(&mut self) -> &mut C::Connection {
        self.object.as_mut().expect("taken only by drop")
    }
}

impl<C: Connector> Drop for Lease<C> {
    fn drop(&mut self) {
        if C::is_reusable(self) {
            return;
        }
        if let Some(object) = self.object.take() {
            if let Some(pool) = Object::pool(&object) {
                pool.manager().lost();
            }
            // Only a connection that is taken out of the pool makes room for its successor; its own drop
            // has the server stop what it was doing.
            drop(Object::take(object));
        }
    }
}

/// Opens connections and says which may be used again.
struct Manager<C> {
    connector: C,
    lifetime: Option<Duration>,
    counters: PoolCounters,
    backoff: Backoff,
}

impl<C: Connector> Manager<C> {
    fn lost(&self) {
        self.counters.lost();
        self.connector.lost();
    }
}

impl<C: Connector> managed::Manager for Manager<C> {
    /// Boxed, because it is moved with every loan.
    type Type = Box<C::Connection>;
    type Error = Failure;

    async fn create(&self) -> Result<Self::Type, Failure> {
        self.backoff.wait().await;
        // Boxed, because connecting is rare and takes much room, which every wait for a connection would take too.
        let connected = Box::pin(self.connector.connect()).await;
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

    async fn recycle(&self, connection: &mut Self::Type, _: &Metrics) -> RecycleResult<Failure> {
        self.connector.verify(connection).await.inspect_err(|_| self.counters.lost())?;
        if self.lifetime.is_some_and(|lifetime| C::age(connection) >= lifetime) {
            return Err(RecycleError::message("past its lifetime"));
        }
        Ok(())
    }
}
