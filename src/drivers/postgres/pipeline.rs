//! Many executions on one connection without waiting for each answer.

use std::collections::{HashSet, VecDeque};
use std::pin::pin;
use std::sync::Arc;

use super::connection::Connection;
use super::param::Param;
use super::prepared::Prepared;
use super::protocol::WireError;
use super::rows::Rows;
use super::run::{Gathered, Keep, Sent, check_count};
use super::statement::Statement;
use crate::drivers::Failure;
use crate::plan::target::StatementMode;

/// Most executions on their way at a time; bounds the memory for answers.
const WINDOW: usize = 256;

/// A statement and its parameters.
type Call<'a> = (&'a Statement, &'a [Param]);

/// What has come of a call, before its columns are looked up.
type Outcome = Result<Gathered, WireError>;

impl Connection {
    /// Runs statements one after the other, sent without waiting. Each has a result of its own, in order;
    /// outside a transaction each commits on its own. A broken connection or a timeout fails the whole.
    pub async fn pipeline(&self, calls: &[(&Statement, &[Param])]) -> Result<Vec<Result<Rows, Failure>>, Failure> {
        let mut outcomes = Vec::with_capacity(calls.len());
        self.send_all(calls, Keep::Rows, |call, outcome| {
            outcomes.push((call, outcome));
            Ok(())
        })
        .await?;
        let mut results = Vec::with_capacity(calls.len());
        for ((statement, _), outcome) in outcomes {
            let finish = pin!(async {
                let looked_up = async {
                    let mut gathered = outcome?;
                    self.look_up_columns(&mut gathered, statement).await?;
                    Ok(gathered.into_rows(statement))
                };
                looked_up.await.map_err(|error| self.failure(&error, Some(statement)))
            });
            results.push(self.within_limit(statement, finish).await);
        }
        Ok(results)
    }

    /// Runs one statement with many sets of parameters, sent without waiting; returns the rows
    /// returned or changed, and the bytes. The first set that fails fails the whole; outside a
    /// transaction the sets before it, and those already sent after it, stay done.
    pub async fn batch(&self, statement: &Statement, sets: &[Vec<Param>]) -> Result<(u64, u64), Failure> {
        let calls: Vec<Call<'_>> = sets.iter().map(|set| (statement, &set[..])).collect();
        let (mut affected, mut bytes) = (0, 0);
        self.send_all(&calls, Keep::Count, |_, outcome| {
            let counted = outcome.map_err(|error| self.failure(&error, Some(statement)))?;
            affected += counted.affected;
            bytes += counted.bytes;
            Ok(())
        })
        .await?;
        Ok((affected, bytes))
    }

    /// Sends `calls` in order and hands what comes of them over in order, until that is refused.
    async fn send_all<'c>(
        &self,
        calls: &[Call<'c>],
        keep: Keep,
        mut each: impl FnMut(Call<'c>, Outcome) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        for (statement, params) in calls {
            check_count(statement, params)?;
        }
        self.prepare_all(calls).await?;
        let mut sent = VecDeque::with_capacity(WINDOW.min(calls.len()));
        for &call in calls {
            if sent.len() == WINDOW {
                self.take_first(&mut sent, keep, &mut each).await?;
            }
            // It is forgotten if what was prepared before no longer fits.
            let prepared = match self.known(call.0) {
                None if self.mode == StatementMode::Prepared => {
                    while !sent.is_empty() {
                        self.take_first(&mut sent, keep, &mut each).await?;
                    }
                    self.prepare_all(&[call]).await?;
                    self.known(call.0)
                }
                known => known,
            };
            sent.push_back((call, self.send(call.0, call.1, self.mode, prepared, keep)));
        }
        while !sent.is_empty() {
            self.take_first(&mut sent, keep, &mut each).await?;
        }
        Ok(())
    }

    async fn take_first<'c>(
        &self,
        sent: &mut VecDeque<(Call<'c>, Result<Sent<'_>, WireError>)>,
        keep: Keep,
        each: &mut impl FnMut(Call<'c>, Outcome) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let Some((call, first)) = sent.pop_front() else { return Ok(()) };
        let outcome = self.outcome(call, first).await?;
        if let Err(error) = &outcome
            && self.can_try_again(call.0, error)
        {
            return self.try_again(call, sent, keep, each).await;
        }
        let result = each(call, outcome);
        if result.is_err() {
            // The answers still to come are read, so that the connection can be used again.
            for (call, rest) in sent.drain(..) {
                self.outcome(call, rest).await?.ok();
            }
        }
        result
    }

    /// Runs what failed because what was prepared of it no longer fits, once all that was sent behind it is answered.
    async fn try_again<'c>(
        &self,
        first: Call<'c>,
        sent: &mut VecDeque<(Call<'c>, Result<Sent<'_>, WireError>)>,
        keep: Keep,
        each: &mut impl FnMut(Call<'c>, Outcome) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let mut answered = Vec::with_capacity(sent.len() + 1);
        answered.push((first, None));
        for (call, rest) in sent.drain(..) {
            let outcome = self.outcome(call, rest).await?;
            let again = outcome.as_ref().is_err_and(|error| self.can_try_again(call.0, error));
            answered.push((call, (!again).then_some(outcome)));
        }
        for (call, outcome) in answered {
            let outcome = match outcome {
                Some(outcome) => outcome,
                None => {
                    self.prepare_all(&[call]).await?;
                    let again = self.send(call.0, call.1, self.mode, self.known(call.0), keep);
                    self.outcome(call, again).await?
                }
            };
            each(call, outcome)?;
        }
        Ok(())
    }

    /// What comes of a call, within its statement's limit. What is the end of the connection is the end of all.
    async fn outcome(&self, call: Call<'_>, sent: Result<Sent<'_>, WireError>) -> Result<Outcome, Failure> {
        let gather = pin!(async {
            let outcome = match sent {
                Ok(mut sent) => sent.gather().await.map(std::mem::take),
                Err(error) => Err(error),
            };
            match outcome {
                Err(error) if error.ends_connection() => Err(self.failure(&error, Some(call.0))),
                outcome => Ok(outcome),
            }
        });
        self.within_limit(call.0, gather).await
    }

    fn known(&self, statement: &Statement) -> Option<Arc<Prepared>> {
        match self.mode {
            StatementMode::Prepared => self.prepared.borrow_mut().get(statement),
            StatementMode::Unnamed | StatementMode::Simple => None,
        }
    }

    async fn prepare_all(&self, calls: &[Call<'_>]) -> Result<(), Failure> {
        let mut seen = HashSet::new();
        for (statement, _) in calls {
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
