//! One connection, used by one user at a time.

use std::pin::{Pin, pin};
use std::time::{Duration, Instant};

use redis::Value;

use super::address::Address;
use super::command::{Block, Command};
use super::link::Link;
use super::{Script, refusal, script};
use crate::clock::within;
use crate::drivers::Failure;
use crate::drivers::socket::Departure;

/// A wait that nobody sees the end of: longer ones could not be added to a moment.
const FOR_EVER: Duration = Duration::from_secs(365 * 24 * 3600);

/// A connection that takes commands, pipelines, transactions and scripts.
pub struct Connection {
    link: Link,
    opened: Instant,
    state: State,
    pub(super) verified_in: u64,
}

/// What a connection may be used for next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Anything.
    Idle,
    /// Its watched keys bind the next transaction.
    Watching,
    /// Nothing: a reply is still to come, and nobody waits for it; or it broke.
    GivenUp,
}

/// How a transaction ended.
#[derive(Debug, Clone, PartialEq)]
pub enum Executed {
    /// All commands ran; their replies in order, errors among them as [`Value::ServerError`].
    Done(Vec<Value>),
    /// None ran, because a watched key had changed.
    Conflict,
}

impl Connection {
    /// Opens one.
    pub(super) async fn open(address: &Address) -> Result<Self, Failure> {
        let link = address.connect().await?;
        Ok(Self { link, opened: Instant::now(), state: State::Idle, verified_in: 0 })
    }

    /// Sends one command and gives its reply. `limit` does not count the time for which
    /// a command such as `BLPOP` asks the server to wait.
    pub async fn call(&mut self, command: &Command, limit: Duration) -> Result<Value, Failure> {
        command.check()?;
        self.send(command, limit).await
    }

    /// Sends all commands at once and gives their replies in order, errors among them as [`Value::ServerError`].
    pub async fn pipeline(&mut self, commands: &[Command], limit: Duration) -> Result<Vec<Value>, Failure> {
        commands.iter().try_for_each(Command::check)?;
        if commands.is_empty() {
            return Ok(Vec::new());
        }
        self.send_all(commands, limit).await
    }

    /// Makes the next [`Self::execute`] fail if any of the keys changes before it.
    pub async fn watch<A: AsRef<[u8]>>(&mut self, keys: &[A], limit: Duration) -> Result<(), Failure> {
        let mut command = Command::new(b"WATCH");
        command.args(keys);
        self.send(&command, limit).await?;
        self.state = State::Watching;
        Ok(())
    }

    /// Forgets watched keys.
    pub async fn unwatch(&mut self, limit: Duration) -> Result<(), Failure> {
        self.send(&Command::new(b"UNWATCH"), limit).await?;
        self.state = State::Idle;
        Ok(())
    }

    /// Runs all commands as one transaction, in one round trip. A command that Redis refuses
    /// to queue fails the whole, and nothing runs.
    pub async fn execute(&mut self, commands: &[Command], limit: Duration) -> Result<Executed, Failure> {
        commands.iter().try_for_each(Command::check)?;
        let mut all = vec![Command::new(b"MULTI")];
        all.extend_from_slice(commands);
        all.push(Command::new(b"EXEC"));
        let mut replies = self.send_all(&all, limit).await?;
        self.state = State::Idle;
        let executed = replies.pop().unwrap_or_default();
        match (replies.iter().find_map(refusal), executed) {
            (Some(failure), _) => Err(failure),
            (None, Value::Array(replies)) => Ok(Executed::Done(replies)),
            (None, Value::Nil) => Ok(Executed::Conflict),
            (None, other) => Err(refusal(&other).unwrap_or_else(|| self.unexpected(&other))),
        }
    }

    /// Runs a script by its hash, and by its source when Redis does not know it.
    pub async fn run<A: AsRef<[u8]>>(
        &mut self,
        script: &Script,
        keys: &[A],
        arguments: &[A],
        limit: Duration,
    ) -> Result<Value, Failure> {
        match self.send(&script.by_hash(keys, arguments), limit).await {
            Err(failure) if script::is_unknown(&failure) => self.send(&script.by_source(keys, arguments), limit).await,
            result => result,
        }
    }

    /// Tells when what is sent leaves.
    pub fn departure(&self) -> Departure {
        self.link.departure()
    }

    /// Bytes sent and received since this was last asked.
    pub fn take_bytes(&mut self) -> u64 {
        self.link.take_bytes()
    }

    /// Whether watched keys bind the next transaction.
    pub fn is_watching(&self) -> bool {
        self.state == State::Watching
    }

    /// Whether the next user could use it as if it were new.
    pub(super) fn is_reusable(&self) -> bool {
        self.state == State::Idle
    }

    /// How long ago it was opened.
    pub(super) fn age(&self) -> Duration {
        self.opened.elapsed()
    }

    /// Asks the server whether it is still there.
    pub(super) async fn verify(&mut self, limit: Duration) -> Result<(), Failure> {
        self.send(&Command::new(b"PING"), limit).await.map(drop)
    }

    async fn send(&mut self, command: &Command, limit: Duration) -> Result<Value, Failure> {
        let before = self.begin()?;
        self.link.send(std::slice::from_ref(command));
        let what = || format!("command `{}`", command.name());
        let value = in_time(limit, command.block(), pin!(self.link.reply()), what).await?;
        self.state = before;
        match refusal(&value) {
            Some(failure) => Err(failure),
            None => Ok(value),
        }
    }

    async fn send_all(&mut self, commands: &[Command], limit: Duration) -> Result<Vec<Value>, Failure> {
        let before = self.begin()?;
        self.link.send(commands);
        let link = &mut self.link;
        let replies = pin!(async {
            let mut replies = Vec::with_capacity(commands.len());
            for _ in commands {
                replies.push(link.reply().await?);
            }
            Ok(replies)
        });
        let block = commands.iter().map(Command::block).fold(Block::Most(Duration::ZERO), Block::then);
        let what = || format!("pipeline of {} commands from `{}` on", commands.len(), commands[0].name());
        let values = in_time(limit, block, replies, what).await?;
        self.state = before;
        Ok(values)
    }

    /// Gives the connection up for the time being: should the caller be cancelled before the reply, or the reply not
    /// come, it stays so and is not used again.
    fn begin(&mut self) -> Result<State, Failure> {
        match self.state {
            State::Idle | State::Watching => Ok(std::mem::replace(&mut self.state, State::GivenUp)),
            State::GivenUp => {
                Err(Failure::ConnectionLost { message: format!("connection to `{}` was given up", self.link.place()) })
            }
        }
    }

    fn unexpected(&mut self, value: &Value) -> Failure {
        self.state = State::GivenUp;
        Failure::ConnectionLost { message: format!("`{}` answered `EXEC` with {value:?}", self.link.place()) }
    }
}

/// Waits for a reply within `limit` beyond the command's own wait. It is taken pinned, because a future that is handed
/// on by value takes room at every stage, and each waiting user has one.
async fn in_time<T>(
    limit: Duration,
    block: Block,
    reply: Pin<&mut impl Future<Output = Result<T, Failure>>>,
    what: impl FnOnce() -> String,
) -> Result<T, Failure> {
    match block {
        Block::Most(wait) => {
            let reply = within(limit.saturating_add(wait).min(FOR_EVER), reply).await;
            reply.unwrap_or_else(|_| Err(Failure::Timeout { what: what(), limit }))
        }
        Block::Forever => reply.await,
    }
}
