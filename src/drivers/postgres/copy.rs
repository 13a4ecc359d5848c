//! COPY, in and out, in chunks.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;

use bytes::Bytes;
use postgres_protocol::message::frontend::{self, CopyData};

use super::channel::{Answer, Progress, Step};
use super::connection::{Connection, Underway};
use super::protocol::{Message, WireError, affected, request};
use super::statement::Statement;
use crate::drivers::Failure;

/// How much may be on its way to the server before the next chunk waits: enough to keep it at work.
const AHEAD: usize = 256 * 1024;

/// What the server is told of rows that are broken off.
const BROKEN_OFF: &str = "the copy was broken off";

/// A `COPY … FROM STDIN` that takes chunks. Ended by [`CopyIn::finish`] or [`CopyIn::abort`];
/// dropped before, it leaves the connection unusable.
pub struct CopyIn<'a> {
    copying: Copying<'a>,
    rows: u64,
    bytes: u64,
}

/// A `COPY … TO STDOUT` that gives chunks. Read to its end, it leaves the connection usable; dropped before,
/// unusable.
pub struct CopyOut<'a> {
    copying: Copying<'a>,
    /// Chunks that have come already.
    chunks: VecDeque<Bytes>,
}

/// What both directions share. The simple protocol serves for both: it keeps to one of a pooler's server connections.
struct Copying<'a> {
    connection: &'a Connection,
    statement: &'a Statement,
    answer: Answer<'a>,
    /// Also between two chunks the connection is in the middle of the copy; `None` once that has ended.
    underway: Option<Underway<'a>>,
}

impl Connection {
    /// Starts a `COPY … FROM STDIN`.
    pub async fn copy_in<'a>(&'a self, statement: &'a Statement) -> Result<CopyIn<'a>, Failure> {
        Ok(CopyIn { copying: self.start_copying(statement, b'G').await?, rows: 0, bytes: 0 })
    }

    /// Starts a `COPY … TO STDOUT`.
    pub async fn copy_out<'a>(&'a self, statement: &'a Statement) -> Result<CopyOut<'a>, Failure> {
        Ok(CopyOut { copying: self.start_copying(statement, b'H').await?, chunks: VecDeque::new() })
    }

    /// Sends a COPY, which the server must answer by `expected`.
    async fn start_copying<'a>(&'a self, statement: &'a Statement, expected: u8) -> Result<Copying<'a>, Failure> {
        let start = pin!(async {
            let ask = self.ask(|out| request::query(statement.sql(), out));
            let (mut answer, ()) = ask.map_err(|error| self.failure(&error, Some(statement)))?;
            let mut began = None;
            let begin = |message: Message<'_>| {
                if matches!(message.tag, b'G' | b'H' | b'W') {
                    began = Some(message.tag);
                    return Step::Pause;
                }
                Step::Next
            };
            answer.read(begin).await.map_err(|error| self.failure(&error, Some(statement)))?;
            if began == Some(expected) {
                return Ok(answer);
            }
            if began.is_some() {
                // The other direction: the server would wait for rows, or we for the end of them.
                self.give_up();
            }
            let direction = if expected == b'G' { "FROM STDIN" } else { "TO STDOUT" };
            let message = format!("statement `{}` is no COPY … {direction}", statement.label());
            Err(Failure::Misuse { message, hint: None })
        });
        let answer = self.within_limit(statement, start).await?;
        self.copying.set(true);
        Ok(Copying { connection: self, statement, answer, underway: Some(self.underway()) })
    }
}

impl Copying<'_> {
    /// Does a step of the copy, within the statement's time limit; `true` at the copy's end. A failure is its end too.
    async fn step(
        &mut self,
        work: impl AsyncFnOnce(&mut Answer<'_>) -> Result<Progress, WireError>,
    ) -> Result<bool, Failure> {
        let result = {
            let Self { connection, statement, answer, .. } = self;
            let work = async { work(answer).await.map_err(|error| connection.failure(&error, Some(statement))) };
            connection.within_limit(statement, pin!(work)).await
        };
        if !matches!(result, Ok(Progress::Paused)) {
            self.has_ended();
        }
        result.map(|progress| progress == Progress::Done)
    }

    /// From here on the connection can do something else.
    fn has_ended(&mut self) {
        if let Some(underway) = self.underway.take() {
            self.connection.copying.set(false);
            underway.end();
        }
    }
}

impl CopyIn<'_> {
    /// Sends a chunk; rows may be split anywhere. Waits while the server has too much to take.
    pub async fn send(&mut self, chunk: Bytes) -> Result<(), Failure> {
        self.bytes += chunk.len() as u64;
        let step = self.copying.step(async |answer| {
            answer.send(|out| {
                CopyData::new(chunk).map_err(WireError::Unsendable)?.write(out);
                Ok(())
            })?;
            poll_fn(|context| match answer.poll(context, |_| Step::Next) {
                // The server refuses before it has seen all.
                Poll::Ready(Err(error)) => Poll::Ready(Err(error)),
                Poll::Ready(Ok(_)) => Poll::Ready(Err(WireError::Alien)),
                Poll::Pending => answer.poll_drained(context, AHEAD).map(|()| Ok(Progress::Paused)),
            })
            .await
        });
        step.await.map(drop)
    }

    /// Ends it; returns the rows copied and the bytes sent.
    pub async fn finish(mut self) -> Result<(u64, u64), Failure> {
        let Self { copying, rows, bytes } = &mut self;
        let step = copying.step(async |answer| {
            answer.send(|out| {
                frontend::copy_done(out);
                Ok(())
            })?;
            answer.read(|message| count(message, rows)).await
        });
        step.await?;
        Ok((*rows, *bytes))
    }

    /// Has the server forget what it was sent.
    pub async fn abort(mut self) -> Result<(), Failure> {
        let step = self.copying.step(async |answer| {
            answer.send(|out| frontend::copy_fail(BROKEN_OFF, out).map_err(WireError::Unsendable))?;
            match answer.read(|_| Step::Next).await {
                // That it was broken off, or that it was wrong before.
                Err(WireError::Refused(refusal)) if !refusal.is_fatal() => Ok(Progress::Done),
                other => other,
            }
        });
        step.await.map(drop)
    }
}

fn count(message: Message<'_>, rows: &mut u64) -> Step {
    if message.tag == b'C' {
        *rows = affected(message.body);
    }
    Step::Next
}

impl CopyOut<'_> {
    /// The next chunk, one row or part of the header in a binary copy; `None` at the end.
    pub async fn next(&mut self) -> Result<Option<Bytes>, Failure> {
        if self.chunks.is_empty() && self.copying.underway.is_some() {
            let chunks = &mut self.chunks;
            let read = self.copying.step(async |answer| answer.read(|message| take_chunk(message, chunks)).await);
            read.await?;
        }
        Ok(self.at_hand())
    }

    /// A chunk that has come already, without waiting for more.
    pub fn at_hand(&mut self) -> Option<Bytes> {
        self.chunks.pop_front()
    }
}

/// Takes what has come already, but no more than so many rows: the others wait at the server.
const CHUNKS: usize = 256;

fn take_chunk(message: Message<'_>, chunks: &mut VecDeque<Bytes>) -> Step {
    if message.tag != b'd' {
        return Step::Next;
    }
    chunks.push_back(Bytes::copy_from_slice(message.body));
    if chunks.len() == CHUNKS { Step::Pause } else { Step::Enough }
}
