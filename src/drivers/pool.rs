//! A bounded pool of connections to one target, whatever its kind.
//!
//! What a kind adds is a [`Connector`]: how a connection is made, told to be sound, and ended. A pool belongs to
//! one worker, so that a loan which need not wait is a few moves between cells; who has to wait does so in the
//! order of asking. The connection that came back last goes out first, since its memory is still at hand.

use std::cell::{Cell, RefCell};
use std::ops::{Deref, DerefMut};
use std::rc::Rc;
use std::time::Duration;

use tokio::sync::Semaphore;

use super::Failure;
use super::backoff::Backoff;
use super::pool_status::{PoolCounters, PoolStatus};
use crate::clock::within;
use crate::plan::target::PoolPlan;

/// Makes the connections of a pool, and knows what state they are in.
pub trait Connector: 'static {
    /// What it makes.
    type Connection;

    /// Opens a connection.
    fn connect(&self) -> impl Future<Output = Result<Self::Connection, Failure>>;

    /// Whether a connection which lay idle is known to be sound, so that [`Connector::verify`] need not be asked.
    fn is_sound(&self, connection: &Self::Connection) -> bool;

    /// Makes sure that a connection which lay idle can be used; any failure has it replaced.
    fn verify(&self, connection: &mut Self::Connection) -> impl Future<Output = Result<(), Failure>>;

    /// Whether the next user could use it as if it were new: it is open and in the middle of nothing.
    fn is_reusable(connection: &Self::Connection) -> bool;

    /// Whether a connection that came back and can't be used again was lost, rather than ended in good order by the other side.
    fn is_lost(_connection: &Self::Connection) -> bool {
        true
    }

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
pub struct Pool<C: Connector>(Rc<Inner<C>>);

struct Inner<C: Connector> {
    connector: C,
    name: String,
    max_size: Cell<usize>,
    /// Permits that are to go when they come back, since the pool was made smaller.
    owed: Cell<usize>,
    acquire_limit: Duration,
    lifetime: Option<Duration>,
    /// A permit for each connection that there may be; whoever uses one, or opens it, has a permit. Closed with
    /// the pool.
    permits: Semaphore,
    /// Boxed, because a connection is moved with every loan.
    idle: RefCell<Vec<Box<C::Connection>>>,
    /// Connections open, lent or idle.
    size: Cell<usize>,
    waiters: Cell<usize>,
    counters: PoolCounters,
    backoff: Backoff,
}

impl<C: Connector> Clone for Pool<C> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<C: Connector> Pool<C> {
    /// A pool of at most `size` connections, none of which is opened yet; `name` is for errors and figures.
    pub(super) fn with(connector: C, name: &str, plan: &PoolPlan, size: usize) -> Self {
        let max_size = size.max(1);
        Self(Rc::new(Inner {
            connector,
            name: name.to_owned(),
            max_size: Cell::new(max_size),
            owed: Cell::new(0),
            acquire_limit: plan.acquire_timeout,
            lifetime: plan.lifetime,
            permits: Semaphore::new(max_size),
            idle: RefCell::default(),
            size: Cell::new(0),
            waiters: Cell::new(0),
            counters: PoolCounters::default(),
            backoff: Backoff::default(),
        }))
    }

    /// The name it was made with.
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// What makes its connections.
    pub(super) fn connector(&self) -> &C {
        &self.0.connector
    }

    /// Takes a connection that lies ready, if there is one: no waiting, no clock.
    pub fn acquire_at_once(&self) -> Option<Lease<C>> {
        let pool = &self.0;
        let permit = pool.permits.try_acquire().ok()?;
        let mut idle = pool.idle.borrow_mut();
        let connection = idle.pop_if(|last| pool.connector.is_sound(last) && !pool.is_too_old(last))?;
        drop(idle);
        permit.forget();
        Some(self.lend(connection))
    }

    /// Takes a connection, opening one if all are in use and there is room; waits for one otherwise.
    ///
    /// An attempt to connect that fails is reported at once; the next one waits, at most a second,
    /// so that a server that is away is not besieged.
    pub async fn acquire(&self) -> Result<Lease<C>, Failure> {
        let pool = &*self.0;
        let permit = match pool.permits.try_acquire() {
            Ok(permit) => permit,
            Err(_) => {
                let _waiting = pool.wait();
                match within(pool.acquire_limit, pool.permits.acquire()).await {
                    Ok(Ok(permit)) => permit,
                    Ok(Err(_)) => {
                        let message = format!("pool `{}`: it has been closed", pool.name);
                        return Err(Failure::ConnectionLost { message });
                    }
                    Err(_) => {
                        return Err(Failure::PoolTimeout { pool: pool.name.clone(), limit: pool.acquire_limit });
                    }
                }
            }
        };
        let connection = match pool.take_idle().await {
            Some(connection) => connection,
            None => Box::new(pool.connect().await?),
        };
        permit.forget();
        Ok(self.lend(connection))
    }

    fn lend(&self, connection: Box<C::Connection>) -> Lease<C> {
        let pool = &self.0;
        pool.counters.lent(pool.in_use());
        Lease { pool: pool.clone(), connection: Some(connection) }
    }

    /// Opens all its connections, so that no user meets the cost of the first one.
    pub async fn fill(&self) -> Result<(), Failure> {
        // All leases are held until the last is there, or one connection would be lent again and again.
        let filled =
            futures_util::future::try_join_all((0..self.0.max_size.get()).map(|_| self.acquire())).await.map(drop);
        self.0.counters.forget_peaks();
        filled
    }

    /// Lets it hold at most `size` connections from now on, but at least one. Of those beyond, idle ones go at once and
    /// lent ones when they come back; users wait meanwhile as they would for any other.
    pub fn resize(&self, size: usize) {
        let pool = &*self.0;
        let size = size.max(1);
        let before = pool.max_size.replace(size);
        if size >= before {
            let forgiven = pool.owed.get().min(size - before);
            pool.owed.set(pool.owed.get() - forgiven);
            pool.permits.add_permits(size - before - forgiven);
            return;
        }
        let taken = pool.permits.forget_permits(before - size);
        pool.owed.set(pool.owed.get() + before - size - taken);
        while pool.size.get() > size {
            // Its own drop says farewell to the server, as far as that needs no waiting.
            let Some(connection) = pool.idle.borrow_mut().pop() else { break };
            drop(connection);
            pool.shrink();
        }
    }

    /// Closes the connections that nobody uses at the moment; those to come are opened anew.
    pub fn close_idle(&self) {
        for connection in self.0.idle.take() {
            // Its own drop says farewell to the server.
            drop(connection);
            self.0.shrink();
        }
    }

    /// Its state and counters.
    pub fn status(&self) -> PoolStatus {
        let pool = &self.0;
        PoolStatus {
            max_size: pool.max_size.get() as u64,
            size: pool.size.get() as u64,
            in_use: pool.in_use(),
            waiters: pool.waiters.get() as u64,
            ..pool.counters.status()
        }
    }

    /// Closes it: waiting users fail, idle connections end in an orderly way, and the target knows of what
    /// was broken off. Connections still lent end when they come back.
    pub async fn close(&self) {
        let pool = &self.0;
        pool.permits.close();
        let idle = pool.idle.take();
        pool.size.set(pool.size.get() - idle.len());
        futures_util::future::join_all(idle.into_iter().map(|connection| C::close(*connection))).await;
        self.connector().settled().await;
    }
}

impl<C: Connector> Inner<C> {
    fn in_use(&self) -> u64 {
        (self.size.get() - self.idle.borrow().len()) as u64
    }

    fn is_too_old(&self, connection: &C::Connection) -> bool {
        self.lifetime.is_some_and(|lifetime| C::age(connection) >= lifetime)
    }

    /// Counts a user as waiting for as long as the result lives.
    fn wait(&self) -> Waiting<'_> {
        self.waiters.set(self.waiters.get() + 1);
        self.counters.waiting(self.waiters.get() as u64);
        Waiting(&self.waiters)
    }

    /// An idle connection that can be used; those that can't be are dropped on the way.
    async fn take_idle(&self) -> Option<Box<C::Connection>> {
        loop {
            let connection = self.idle.borrow_mut().pop()?;
            // Counted as gone if whoever asks is interrupted here.
            let mut checked = Checked { pool: self, connection: Some(connection) };
            let connection = checked.connection.as_mut()?;
            let sound = self.connector.is_sound(connection) || self.connector.verify(connection).await.is_ok();
            if !sound {
                self.counters.lost();
            } else if !self.is_too_old(connection) {
                return checked.connection.take();
            }
        }
    }

    async fn connect(&self) -> Result<C::Connection, Failure> {
        self.backoff.wait().await;
        // Boxed, because connecting is rare and takes much room, which every wait for a connection would take too.
        let connected = Box::pin(self.connector.connect()).await;
        match connected {
            Ok(_) => {
                self.backoff.succeeded();
                self.counters.connected();
                self.size.set(self.size.get() + 1);
            }
            Err(_) => {
                self.backoff.failed();
                self.counters.failed_to_connect();
            }
        }
        connected
    }

    /// Takes note that one connection less is open.
    fn shrink(&self) {
        self.size.set(self.size.get() - 1);
    }
}

/// A user that waits for a permit.
struct Waiting<'a>(&'a Cell<usize>);

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.set(self.0.get() - 1);
    }
}

/// A connection out of the idle ones that is looked at; unless it is taken on, it is gone.
struct Checked<'a, C: Connector> {
    pool: &'a Inner<C>,
    connection: Option<Box<C::Connection>>,
}

impl<C: Connector> Drop for Checked<'_, C> {
    fn drop(&mut self) {
        if self.connection.is_some() {
            self.pool.shrink();
        }
    }
}

/// A connection on loan; dropped, it goes back to the pool, or is closed if it is not fit for another user.
pub struct Lease<C: Connector> {
    pool: Rc<Inner<C>>,
    /// Taken only by drop.
    connection: Option<Box<C::Connection>>,
}

impl<C: Connector> Deref for Lease<C> {
    type Target = C::Connection;

    fn deref(&self) -> &C::Connection {
        self.connection.as_ref().expect("taken only by drop")
    }
}

impl<C: Connector> DerefMut for Lease<C> {
    fn deref_mut(&mut self) -> &mut C::Connection {
        self.connection.as_mut().expect("taken only by drop")
    }
}

impl<C: Connector> Drop for Lease<C> {
    fn drop(&mut self) {
        let Some(connection) = self.connection.take() else { return };
        let pool = &*self.pool;
        let owed = pool.owed.get();
        if C::is_reusable(&connection) && !pool.permits.is_closed() && owed == 0 {
            pool.idle.borrow_mut().push(connection);
        } else {
            if !C::is_reusable(&connection) && C::is_lost(&connection) {
                pool.counters.lost();
                pool.connector.lost();
            }
            // Its own drop has the server stop what it was doing.
            drop(connection);
            pool.shrink();
        }
        match owed {
            0 => pool.permits.add_permits(1),
            owed => pool.owed.set(owed - 1),
        }
    }
}
