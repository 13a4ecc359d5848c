//! What a pool of connections to PostgreSQL needs to know.

use std::sync::Arc;
use std::time::Duration;

use super::config::Settings;
use super::connection::{Connection, settings_of};
use crate::drivers::{self, Failure};
use crate::plan::Limits;
use crate::plan::target::{PoolPlan, PostgresTarget, StatementMode};

/// A pool of connections to one PostgreSQL.
pub type Pool = drivers::Pool<Connector>;

/// A connection of a [`Pool`], on loan.
pub type Lease = drivers::Lease<Connector>;

/// Makes connections to one PostgreSQL. A clone of it shares what is known of the server, and what is under way to it.
#[derive(Clone)]
pub struct Connector {
    settings: Arc<Settings>,
    mode: StatementMode,
    limits: Limits,
}

impl Connector {
    /// What connects to `target`.
    ///
    /// # Errors
    /// What is wrong with its connection string.
    pub fn new(target: &PostgresTarget, limits: &Limits) -> Result<Self, Failure> {
        Ok(Self { settings: settings_of(target, limits)?, mode: target.statements, limits: limits.clone() })
    }

    /// A pool of at most `size` connections, none of which is opened yet; `name` is for errors and figures.
    pub fn pool(&self, name: &str, plan: &PoolPlan, size: usize) -> Pool {
        Pool::with(self.clone(), name, plan, size)
    }
}

impl Pool {
    /// A pool with a connector of its own.
    ///
    /// # Errors
    /// What is wrong with the target's connection string.
    pub fn new(name: &str, target: &PostgresTarget, size: usize, limits: &Limits) -> Result<Self, Failure> {
        Ok(Connector::new(target, limits)?.pool(name, &target.pool, size))
    }
}

impl drivers::Connector for Connector {
    type Connection = Connection;

    async fn connect(&self) -> Result<Connection, Failure> {
        Connection::connect(&self.settings, self.mode, &self.limits).await
    }

    fn is_sound(&self, connection: &Connection) -> bool {
        !connection.is_closed()
    }

    /// The runtime hears of a socket's end by itself, so no round trip is spent on asking.
    async fn verify(&self, connection: &mut Connection) -> Result<(), Failure> {
        if connection.is_closed() {
            return Err(Failure::ConnectionLost { message: format!("connection to `{}` lost", self.settings.host) });
        }
        Ok(())
    }

    fn is_reusable(connection: &Connection) -> bool {
        connection.is_reusable()
    }

    fn age(connection: &Connection) -> Duration {
        connection.age()
    }

    async fn close(connection: Connection) {
        connection.close().await;
    }

    async fn settled(&self) {
        drop(self.settings.cancelling.write().await);
    }
}
