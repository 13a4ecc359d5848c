//! LISTEN: notifications come on a connection of their own, outside any pool.

use super::connection::Connection;
use crate::drivers::Failure;
use crate::plan::Limits;
use crate::plan::target::PostgresTarget;

/// A connection that listens.
pub struct Listener(Connection);

/// What was notified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notified {
    /// The channel.
    pub channel: String,
    /// What the sender said.
    pub payload: String,
    /// The sender's backend process.
    pub process_id: i32,
}

impl Listener {
    /// Opens a connection and listens on `channels`. Needs a session of the server's own, not a pooler's in transaction mode.
    pub async fn open(target: &PostgresTarget, limits: &Limits, channels: &[String]) -> Result<Self, Failure> {
        let connection = Connection::open_listening(target, limits).await?;
        let listen: String = channels.iter().map(|channel| format!("LISTEN {};", quote_name(channel))).collect();
        connection.script(&listen).await?;
        Ok(Self(connection))
    }

    /// Waits for the next notification.
    ///
    /// # Errors
    /// Once the connection has ended, with what the server gave as the reason.
    pub async fn next(&mut self) -> Result<Notified, Failure> {
        self.0.notification().await
    }

    /// Stops listening and closes the connection.
    pub async fn close(self) {
        self.0.close().await;
    }
}

/// A name in double quotes.
fn quote_name(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
