//! What a pool of connections to Redis needs to know.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use super::address::Address;
use super::{Connection, Subscription};
use crate::drivers::{self, Failure};
use crate::plan::Limits;
use crate::plan::target::RedisTarget;

/// A pool of connections to one Redis.
pub type Pool = drivers::Pool<Connector>;

/// A connection of a [`Pool`], on loan.
pub type Lease = drivers::Lease<Connector>;

/// Makes connections to one Redis.
pub struct Connector {
    address: Address,
    connect_limit: Duration,
    /// For what is asked without a limit of its own.
    statement_limit: Duration,
    /// Connections lost so far. When one is lost others may be, so each is verified before it is used
    /// the next time; while nothing is lost, no round trip is spent on that.
    losses: AtomicU64,
}

impl Pool {
    /// A pool of at most `size` connections, none of which is opened yet; `name` is for errors and figures.
    pub fn new(name: &str, target: &RedisTarget, size: usize, limits: &Limits) -> Result<Self, Failure> {
        let url = target.url.as_ref().ok_or_else(|| Failure::Misuse {
            message: format!("target `{name}` has no URL"),
            hint: Some("give one with `--redis URL` or in `throng.toml`".into()),
        })?;
        let address = Address::parse(url, limits.connect)?;
        let connector = Connector {
            address,
            connect_limit: limits.connect,
            statement_limit: limits.statement,
            losses: AtomicU64::new(0),
        };
        Ok(Self::with(connector, name, &target.pool, size))
    }

    /// Opens a connection outside the pool that receives messages of channels and patterns. Each change of what it is
    /// subscribed to, the first too, has the time that a statement has.
    pub async fn subscribe<A: AsRef<[u8]>>(&self, channels: &[A], patterns: &[A]) -> Result<Subscription, Failure> {
        let Connector { address, statement_limit, .. } = self.connector();
        Subscription::open(address, channels, patterns, *statement_limit).await
    }
}

impl drivers::Connector for Connector {
    type Connection = Connection;

    async fn connect(&self) -> Result<Connection, Failure> {
        let mut connection = Connection::open(&self.address).await?;
        connection.verified_in = self.losses.load(Relaxed);
        Ok(connection)
    }

    fn is_sound(&self, connection: &Connection) -> bool {
        connection.verified_in == self.losses.load(Relaxed)
    }

    async fn verify(&self, connection: &mut Connection) -> Result<(), Failure> {
        let losses = self.losses.load(Relaxed);
        if connection.verified_in != losses {
            // Boxed, because it is rare and takes much room, which every wait for a connection would take too.
            Box::pin(connection.verify(self.connect_limit)).await?;
            connection.verified_in = losses;
        }
        Ok(())
    }

    fn is_reusable(connection: &Connection) -> bool {
        connection.is_reusable()
    }

    fn age(connection: &Connection) -> Duration {
        connection.age()
    }

    fn lost(&self) {
        self.losses.fetch_add(1, Relaxed);
    }

    /// Redis takes a closed socket for a farewell.
    async fn close(connection: Connection) {
        drop(connection);
    }

    /// What a connection waits for in Redis ends with its socket.
    async fn settled(&self) {}
}
