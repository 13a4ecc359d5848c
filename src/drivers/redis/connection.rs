//! One connection, used by one user at a time.

use std::time::{Duration, Instant};

use redis::aio::MultiplexedConnection;
use redis::{Pipeline, RedisResult, Value};

use super::address::Address;
use super::command::{Block, Command};
use super::{Script, failure, refusal, script, size};
use crate::drivers::Failure;

/// A connection that takes commands, pipelines, transactions and scripts.
pub struct Connection {
    inner: MultiplexedConnection,
    place: String,
    resp3: bool,
    opened: Instant,
    state: State,
    bytes: u64,
    pub(super) verified_in: u64,
}

/// What a connection may be used for next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Anything.
    Idle,
    /// Its watched keys bind the next transaction.
    Watching,
    /// Nothing: a reply is still to come, and nobody waits for it.
    Busy,
    /// Nothing: it broke.
    Lost,
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
        Ok(Self {
            inner: address.connect().await?,
            place: address.place().to_owned(),
            resp3: address.is_resp3(),
            opened: Instant::now(),
            state: State::Idle,
            bytes: 0,
            verified_in: 0,
        })
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

    /// Bytes sent and received since this was last asked.
    pub fn take_bytes(&mut self) -> u64 {
        std::mem::take(&mut self.bytes)
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
        let cmd = command.as_cmd();
        self.bytes += cmd.get_packed_command().len() as u64;
        let before = self.begin()?;
        let result = within(limit, command.block(), self.inner.send_packed_command(cmd)).await;
        let value = self.end(before, result, || format!("command `{}`", command.name()), limit)?;
        self.bytes += size::on_the_wire(&value, self.resp3);
        match refusal(&value) {
            Some(failure) => Err(failure),
            None => Ok(value),
        }
    }

    async fn send_all(&mut self, commands: &[Command], limit: Duration) -> Result<Vec<Value>, Failure> {
        let mut pipeline = Pipeline::with_capacity(commands.len());
        for command in commands {
            pipeline.add_command(command.as_cmd().clone());
        }
        pipeline.ignore_errors();
        let block = commands.iter().map(Command::block).fold(Block::Most(Duration::ZERO), Block::then);
        self.bytes += pipeline.get_packed_pipeline().len() as u64;
        let before = self.begin()?;
        let result = within(limit, block, self.inner.send_packed_commands(&pipeline, 0, commands.len())).await;
        let what = || format!("pipeline of {} commands from `{}` on", commands.len(), commands[0].name());
        let values = self.end(before, result, what, limit)?;
        self.bytes += values.iter().map(|value| size::on_the_wire(value, self.resp3)).sum::<u64>();
        Ok(values)
    }

    /// Marks the connection as busy: should the caller be cancelled before the reply, it stays so and is not used again.
    fn begin(&mut self) -> Result<State, Failure> {
        match self.state {
            State::Idle | State::Watching => Ok(std::mem::replace(&mut self.state, State::Busy)),
            State::Busy | State::Lost => {
                Err(Failure::ConnectionLost { message: format!("connection to `{}` was given up", self.place) })
            }
        }
    }

    fn end<T>(
        &mut self,
        before: State,
        result: Option<RedisResult<T>>,
        what: impl FnOnce() -> String,
        limit: Duration,
    ) -> Result<T, Failure> {
        let result = match result {
            Some(result) => result.map_err(|error| failure::of(error, &self.place)),
            None => return Err(Failure::Timeout { what: what(), limit }),
        };
        self.state = match &result {
            Err(Failure::ConnectionLost { .. }) => State::Lost,
            _ => before,
        };
        result
    }

    fn unexpected(&mut self, value: &Value) -> Failure {
        self.state = State::Lost;
        Failure::ConnectionLost { message: format!("`{}` answered `EXEC` with {value:?}", self.place) }
    }
}

/// Waits for a reply within `limit` beyond the command's own wait; `None` when it did not come.
async fn within<T>(limit: Duration, block: Block, reply: impl Future<Output = T>) -> Option<T> {
    match block {
        Block::Most(wait) => tokio::time::timeout(limit.saturating_add(wait), reply).await.ok(),
        Block::Forever => Some(reply.await),
    }
}
