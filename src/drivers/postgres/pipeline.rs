//! Many executions on one connection without waiting for each answer.

use std::collections::{HashSet, VecDeque};
use std::future::Future;
use std::pin::{Pin, pin};
use std::task::Poll;

use futures_util::poll;

use super::connection::Connection;
use super::param::Param;
use super::rows::Rows;
use super::run::{Keep, check_count};
use super::statement::Statement;
use crate::drivers::Failure;
use crate::plan::target::StatementMode;

/// Most executions on their way at a time; bounds the memory for answers.
const WINDOW: usize = 256;

/// An execution that was sent.
enum Sent<'a> {
    Waiting(Pin<Box<dyn Future<Output = Result<Rows, Failure>> + 'a>>),
    Answered(Result<Rows, Failure>),
}

impl Connection {
    /// Runs statements one after the other, sent without waiting. Each has a result of its own, in order;
    /// outside a transaction each commits on its own. A broken connection or a timeout fails the whole.
    pub async fn pipeline(&self, calls: &[(&Statement, &[Param])]) -> Result<Vec<Result<Rows, Failure>>, Failure> {
        let mut results = Vec::with_capacity(calls.len());
        self.send_all(calls, Keep::Rows, |result| {
            results.push(result);
            Ok(())
        })
        .await?;
        Ok(results)
    }

    /// Runs one statement with many sets of parameters, sent without waiting; returns the rows
    /// returned or changed, and the bytes. The first set that fails fails the whole; outside a
    /// transaction the sets before it, and those already sent after it, stay done.
    pub async fn batch(&self, statement: &Statement, sets: &[Vec<Param>]) -> Result<(u64, u64), Failure> {
        let calls: Vec<(&Statement, &[Param])> = sets.iter().map(|set| (statement, &set[..])).collect();
        let (mut affected, mut bytes) = (0, 0);
        self.send_all(&calls, Keep::Count, |result| {
            let rows = result?;
            affected += rows.affected();
            bytes += rows.bytes();
            Ok(())
        })
        .await?;
        Ok((affected, bytes))
    }

    /// Sends `calls` in order and hands their results over in order, until one is refused.
    async fn send_all(
        &self,
        calls: &[(&Statement, &[Param])],
        keep: Keep,
        mut each: impl FnMut(Result<Rows, Failure>) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        self.prepare_all(calls).await?;
        let mut sent = VecDeque::with_capacity(WINDOW.min(calls.len()));
        for (statement, params) in calls {
            if sent.len() == WINDOW {
                self.take_first(&mut sent, &mut each).await?;
            }
            let mut work: Pin<Box<dyn Future<Output = _>>> = Box::pin(async move {
                self.within_limit(statement, pin!(self.run(statement, params, self.mode, keep))).await
            });
            // The first poll sends, as everything is prepared; so the order is the order of this loop.
            sent.push_back(match poll!(work.as_mut()) {
                Poll::Ready(result) => Sent::Answered(result),
                Poll::Pending => Sent::Waiting(work),
            });
        }
        while !sent.is_empty() {
            self.take_first(&mut sent, &mut each).await?;
        }
        Ok(())
    }

    async fn take_first(
        &self,
        sent: &mut VecDeque<Sent<'_>>,
        each: &mut impl FnMut(Result<Rows, Failure>) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let result = match sent.pop_front() {
            Some(Sent::Answered(result)) => result,
            Some(Sent::Waiting(work)) => work.await,
            None => return Ok(()),
        };
        let outcome = match result {
            Err(lost @ (Failure::ConnectionLost { .. } | Failure::Timeout { .. })) => Err(lost),
            result => each(result),
        };
        if outcome.is_err() {
            // The answers still to come are read, so that the connection can be used again.
            for rest in sent.drain(..) {
                if let Sent::Waiting(work) = rest {
                    let _ = work.await;
                }
            }
        }
        outcome
    }

    async fn prepare_all(&self, calls: &[(&Statement, &[Param])]) -> Result<(), Failure> {
        let mut seen = HashSet::new();
        for (statement, params) in calls {
            check_count(statement, params)?;
            if self.mode == StatementMode::Prepared && seen.insert(statement.id()) {
                let prepare = pin!(async {
                    self.prepare(statement).await.map_err(|error| self.failure(&error, Some(statement)))
                });
                self.within_limit(statement, prepare).await?;
            }
        }
        Ok(())
    }
}
