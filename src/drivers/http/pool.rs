//! What a pool of connections to an HTTP server needs to know.

use std::time::Duration;

use super::{Address, Connection};
use crate::clock::within;
use crate::drivers::{self, Failure};
use crate::plan::Limits;
use crate::plan::target::HttpTarget;

/// A pool of kept-alive connections to one server.
pub type Pool = drivers::Pool<Connector>;

/// A connection of a [`Pool`], on loan.
pub type Lease = drivers::Lease<Connector>;

/// Makes connections to one server.
pub struct Connector {
    address: Address,
}

impl Pool {
    /// A pool of at most `size` connections, none of which is opened yet; `name` is for errors and figures.
    ///
    /// # Errors
    /// When the target has no URL, or one that can't be understood.
    pub fn new(name: &str, target: &HttpTarget, size: usize, limits: &Limits) -> Result<Self, Failure> {
        let url = target.url.as_ref().ok_or_else(|| Failure::Misuse {
            message: format!("target `{name}` has no URL"),
            hint: Some("give one with `--http URL` or in `throng.toml`".into()),
        })?;
        let address = Address::parse(url, limits.connect)?;
        Ok(Self::with(Connector { address }, name, &target.pool, size))
    }

    /// Where its connections lead.
    pub fn address(&self) -> &Address {
        &self.connector().address
    }
}

impl drivers::Connector for Connector {
    type Connection = Connection;

    async fn connect(&self) -> Result<Connection, Failure> {
        Connection::open(&self.address).await
    }

    /// Servers close connections that lie idle as a matter of course, so each is looked at; that costs no system call.
    fn is_sound(&self, connection: &Connection) -> bool {
        connection.is_ready()
    }

    async fn verify(&self, connection: &mut Connection) -> Result<(), Failure> {
        let limit = self.address.connect_limit;
        let ready = within(limit, connection.ready()).await;
        ready.unwrap_or_else(|_| Err(Failure::Timeout { what: "the end of a request before".to_owned(), limit }))
    }

    fn is_reusable(connection: &Connection) -> bool {
        connection.is_reusable()
    }

    /// Servers may end a connection after an answer in which they say so, and `HTTP/1.0` ones do it each time.
    fn is_lost(connection: &Connection) -> bool {
        connection.is_lost()
    }

    fn age(connection: &Connection) -> Duration {
        connection.age()
    }

    /// A server takes a closed socket for a farewell.
    async fn close(connection: Connection) {
        drop(connection);
    }

    /// What a server does for a request that was broken off is its own matter.
    async fn settled(&self) {}
}
