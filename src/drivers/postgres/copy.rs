//! COPY, in and out, in chunks.

use std::pin::{Pin, pin};

use bytes::Bytes;
use futures_util::{SinkExt, TryStreamExt};
use tokio_postgres::{CopyInSink, CopyOutStream};

use super::connection::{Connection, Underway};
use super::statement::Statement;
use super::transaction::TransactionOptions;
use crate::drivers::Failure;
use crate::plan::target::StatementMode;

/// A `COPY … FROM STDIN` that takes chunks. Ended by [`CopyIn::finish`] or [`CopyIn::abort`];
/// dropped before, it leaves the connection unusable.
pub struct CopyIn<'a> {
    copying: Copying<'a>,
    sink: Pin<Box<CopyInSink<Bytes>>>,
    bytes: u64,
}

/// A `COPY … TO STDOUT` that gives chunks. Read to its end, it leaves the connection usable; dropped before,
/// unusable.
pub struct CopyOut<'a> {
    copying: Copying<'a>,
    stream: Pin<Box<CopyOutStream>>,
}

/// What both directions share.
struct Copying<'a> {
    connection: &'a Connection,
    statement: &'a Statement,
    /// Whether a transaction was begun only to stay on one server connection behind a pooler.
    own_transaction: bool,
    /// Also between two chunks the connection is in the middle of the copy; `None` once that has ended.
    underway: Option<Underway<'a>>,
}

impl Connection {
    /// Starts a `COPY … FROM STDIN`.
    pub async fn copy_in<'a>(&'a self, statement: &'a Statement) -> Result<CopyIn<'a>, Failure> {
        let mut copying = self.start_copying(statement).await?;
        let start = async {
            let prepared = self.client.prepare(statement.sql()).await?;
            self.client.copy_in(&prepared).await
        };
        let sink = Box::pin(copying.step(start).await?);
        Ok(CopyIn { copying, sink, bytes: 0 })
    }

    /// Starts a `COPY … TO STDOUT`.
    pub async fn copy_out<'a>(&'a self, statement: &'a Statement) -> Result<CopyOut<'a>, Failure> {
        let mut copying = self.start_copying(statement).await?;
        let start = async {
            let prepared = self.client.prepare(statement.sql()).await?;
            self.client.copy_out(&prepared).await
        };
        let stream = Box::pin(copying.step(start).await?);
        Ok(CopyOut { copying, stream })
    }

    /// The client library prepares a COPY before it runs it; a pooler keeps the two together only in a transaction.
    async fn start_copying<'a>(&'a self, statement: &'a Statement) -> Result<Copying<'a>, Failure> {
        let own_transaction = self.mode != StatementMode::Prepared && !self.in_transaction();
        if own_transaction {
            self.begin(TransactionOptions::default()).await?;
        }
        Ok(Copying { connection: self, statement, own_transaction, underway: Some(self.underway()) })
    }
}

impl Copying<'_> {
    /// One step, within the statement's time limit. A failure ends the copy.
    async fn step<T>(&mut self, work: impl Future<Output = Result<T, tokio_postgres::Error>>) -> Result<T, Failure> {
        let work = pin!(async { work.await.map_err(|error| self.connection.failure(&error, Some(self.statement))) });
        let result = self.connection.within_limit(self.statement, work).await;
        if result.is_err() {
            self.has_ended();
            if self.own_transaction && self.connection.in_transaction() {
                // What failed is of more interest than how the rollback went.
                let _ = self.connection.rollback().await;
            }
        }
        result
    }

    /// From here on the connection can do something else.
    fn has_ended(&mut self) {
        if let Some(underway) = self.underway.take() {
            underway.end();
        }
    }

    async fn commit(&mut self) -> Result<(), Failure> {
        self.has_ended();
        if self.own_transaction { self.connection.commit().await } else { Ok(()) }
    }

    async fn roll_back(&mut self) -> Result<(), Failure> {
        self.has_ended();
        if self.own_transaction { self.connection.rollback().await } else { Ok(()) }
    }
}

impl CopyIn<'_> {
    /// Sends a chunk; rows may be split anywhere.
    pub async fn send(&mut self, chunk: Bytes) -> Result<(), Failure> {
        self.bytes += chunk.len() as u64;
        let sink = &mut self.sink;
        self.copying.step(async { sink.send(chunk).await }).await
    }

    /// Ends it; returns the rows copied and the bytes sent.
    pub async fn finish(mut self) -> Result<(u64, u64), Failure> {
        let sink = &mut self.sink;
        let rows = self.copying.step(async { sink.as_mut().finish().await }).await?;
        self.copying.commit().await?;
        Ok((rows, self.bytes))
    }

    /// Has the server forget what it was sent.
    pub async fn abort(self) -> Result<(), Failure> {
        let Self { mut copying, sink, .. } = self;
        // Dropping the sink sends the failure; the answer to the next message comes after the server's to that.
        drop(sink);
        let connection = copying.connection;
        copying.step(connection.client.check_connection()).await?;
        copying.roll_back().await
    }
}

impl CopyOut<'_> {
    /// The next chunk, one row or part of the header in a binary copy; `None` at the end.
    pub async fn next(&mut self) -> Result<Option<Bytes>, Failure> {
        if self.copying.underway.is_none() {
            return Ok(None);
        }
        let stream = &mut self.stream;
        let chunk = self.copying.step(async { stream.try_next().await }).await?;
        if chunk.is_none() {
            self.copying.commit().await?;
        }
        Ok(chunk)
    }
}
