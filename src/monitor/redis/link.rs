//! The connection by which one Redis is watched. It never waits long.

use std::cell::Cell;
use std::time::{Duration, Instant};

use redis::Value;

use super::super::sampler::SampleError;
use crate::drivers::Failure;
use crate::drivers::redis::{Command, Lease, Pool, refusal};
use crate::plan::Limits;
use crate::plan::target::RedisTarget;

/// How the server sees it.
pub(super) const NAME: &str = "throng-monitor";

/// The limit on a look.
const PATIENCE: Duration = Duration::from_secs(4);

/// How long a server that is away is left alone.
const RECONNECT_AFTER: Duration = Duration::from_secs(2);

/// A connection that is made anew when it is lost.
pub(super) struct Link {
    pool: Pool,
    /// Taken out while it is in use.
    lease: Cell<Option<Lease>>,
    tried: Cell<Option<Instant>>,
    sent: Cell<u64>,
}

impl Link {
    /// One that is not open yet.
    pub(super) fn new(name: &str, target: &RedisTarget, limits: &Limits) -> Result<Self, Failure> {
        let limits = Limits { connect: limits.connect.min(PATIENCE), ..limits.clone() };
        let pool = Pool::new(name, target, 1, &limits)?;
        Ok(Self { pool, lease: Cell::default(), tried: Cell::default(), sent: Cell::new(0) })
    }

    /// How many commands it has sent, as the server counts them.
    pub(super) fn sent(&self) -> u64 {
        self.sent.get()
    }

    /// The reply to one command.
    pub(super) async fn ask(&self, command: &Command) -> Result<Value, Failure> {
        let reply = self.ask_all(std::slice::from_ref(command)).await?.pop().unwrap_or_default();
        refusal(&reply).map_or(Ok(reply), Err)
    }

    /// The replies to several, refusals among them.
    pub(super) async fn ask_all(&self, commands: &[Command]) -> Result<Vec<Value>, Failure> {
        let mut lease = self.connection().await?;
        self.sent.set(self.sent.get() + commands.len() as u64);
        // One that fails, or on which nobody waits for the reply any longer, is not used again.
        let replies = lease.pipeline(commands, PATIENCE).await?;
        self.lease.set(Some(lease));
        Ok(replies)
    }

    async fn connection(&self) -> Result<Lease, Failure> {
        if let Some(lease) = self.lease.take() {
            return Ok(lease);
        }
        let now = Instant::now();
        if self.tried.get().is_some_and(|tried| now - tried < RECONNECT_AFTER) {
            return Err(Failure::ConnectionLost { message: "the connection was lost".to_owned() });
        }
        self.tried.set(Some(now));
        let mut lease = self.pool.acquire().await?;
        // Who may not give itself a name goes without.
        lease.pipeline(&[command(&["CLIENT", "SETNAME", NAME])], PATIENCE).await?;
        self.sent.set(self.sent.get() + 1);
        Ok(lease)
    }
}

/// A command of these words.
pub(super) fn command(words: &[&str]) -> Command {
    let mut command = Command::new(words[0].as_bytes());
    command.args(&words[1..]);
    command
}

/// Why a look failed. What the server refuses was asked for before the load; it may come to be allowed again.
pub(super) fn failed(failure: Failure) -> SampleError {
    SampleError::Failed(failure.to_string())
}
