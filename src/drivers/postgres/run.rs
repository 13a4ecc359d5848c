//! Runs a statement, in whichever way the target wants it sent.

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio_postgres::types::Type;

use super::channel::{Answer, Step};
use super::columns::Columns;
use super::connection::Connection;
use super::control;
use super::encode::with_literals;
use super::error::is_stale_statement;
use super::param::Param;
use super::prepared::Prepared;
use super::protocol::{Described, Message, WireError, affected, described, parameters, request};
use super::rows::{Rows, Store};
use super::statement::Statement;
use crate::drivers::Failure;
use crate::plan::target::StatementMode;

/// What becomes of the rows of a result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Keep {
    /// They are returned.
    Rows,
    /// They are only counted.
    Count,
}

/// A statement that was sent.
pub(super) struct Sent<'a> {
    answer: Answer<'a>,
    result: Gathered,
    keep: Keep,
}

/// What has come of an answer.
#[derive(Default)]
pub(super) struct Gathered {
    /// Known before for a prepared statement.
    columns: Option<Arc<Columns>>,
    /// What the answer itself says of its columns.
    described: Option<Vec<Described>>,
    store: Store,
    /// Rows returned or changed.
    pub affected: u64,
    /// Bytes of parameters sent and of rows received.
    pub bytes: u64,
    error: Option<WireError>,
}

/// The end of the names of prepared statements; no two connections of the process share one, lest a pooler mistakes
/// them.
static NEXT_NAME: AtomicU64 = AtomicU64::new(1);

impl Connection {
    /// Runs a statement and returns its rows.
    pub async fn query(&self, statement: &Statement, params: &[Param]) -> Result<Rows, Failure> {
        self.within_limit(statement, pin!(self.run(statement, params, self.mode, Keep::Rows))).await
    }

    /// Runs a statement and counts the rows that it returned or changed.
    pub async fn execute(&self, statement: &Statement, params: &[Param]) -> Result<Rows, Failure> {
        self.within_limit(statement, pin!(self.run(statement, params, self.mode, Keep::Count))).await
    }

    /// Runs an SQL text of any number of statements; what they return is passed over. A transaction that
    /// it begins it must end.
    pub async fn script(&self, sql: &str) -> Result<(), Failure> {
        let within = self.in_transaction();
        if within && control::is_in(sql) {
            return Err(Failure::Misuse {
                message: "a script begins or ends a transaction within another one".into(),
                hint: Some("use SAVEPOINT for a transaction within a transaction".into()),
            });
        }
        let result = self.within_default_limit("script", pin!(self.run_script(sql))).await;
        if within || !self.in_transaction() {
            return result;
        }
        // What failed is of more interest than how the rollback went; without it the connection is not used again.
        let _ = self.rollback().await;
        result.and(Err(Failure::Misuse {
            message: "a script leaves a transaction open".into(),
            hint: Some("end it with COMMIT or ROLLBACK in the same script".into()),
        }))
    }

    /// Runs an SQL text and passes over what it returns.
    pub(super) async fn run_script(&self, sql: &str) -> Result<(), Failure> {
        let run = async {
            let (mut answer, ()) = self.ask(|out| request::query(sql, out))?;
            let mut expects = false;
            answer.read(|message| expects_more(message, &mut expects)).await?;
            if expects { Err(WireError::Expects) } else { Ok(()) }
        };
        run.await.map_err(|error| self.failure(&error, None))
    }

    pub(super) async fn run(
        &self,
        statement: &Statement,
        params: &[Param],
        mode: StatementMode,
        keep: Keep,
    ) -> Result<Rows, Failure> {
        check_count(statement, params)?;
        let result = match self.attempt(statement, params, mode, keep).await {
            // Boxed, because it is rare.
            Err(error) if self.can_try_again(statement, &error) => {
                Box::pin(self.attempt(statement, params, mode, keep)).await
            }
            result => result,
        };
        result.map_err(|error| self.failure(&error, Some(statement)))
    }

    /// Whether a statement failed only because what was prepared of it no longer fits, which is forgotten then.
    pub(super) fn can_try_again(&self, statement: &Statement, error: &WireError) -> bool {
        if self.mode != StatementMode::Prepared || !is_stale_statement(error) {
            return false;
        }
        self.prepared.borrow_mut().remove(statement);
        self.types().forget();
        // Within a transaction the error has already spoilt it.
        !self.in_transaction()
    }

    pub(super) async fn attempt(
        &self,
        statement: &Statement,
        params: &[Param],
        mode: StatementMode,
        keep: Keep,
    ) -> Result<Rows, WireError> {
        let prepared = match mode {
            StatementMode::Prepared => Some(self.prepare(statement).await?),
            StatementMode::Unnamed | StatementMode::Simple => None,
        };
        let mut sent = self.send(statement, params, mode, prepared, keep)?;
        let gathered = sent.gather().await?;
        self.look_up_columns(gathered, statement).await?;
        Ok(sent.result.into_rows(statement))
    }

    /// Sends a statement; its answer is still to be gathered.
    pub(super) fn send(
        &self,
        statement: &Statement,
        params: &[Param],
        mode: StatementMode,
        prepared: Option<Arc<Prepared>>,
        keep: Keep,
    ) -> Result<Sent<'_>, WireError> {
        let (answer, bytes) = match (&prepared, mode) {
            (Some(prepared), _) => {
                let asked = self.ask(|out| {
                    self.prepared.borrow().tell_forgotten(out)?;
                    request::run_prepared(&prepared.name, &prepared.parameters, params, out)
                })?;
                self.prepared.borrow_mut().told();
                asked
            }
            (None, StatementMode::Simple) => {
                let text = with_literals(statement.sql(), params)?;
                self.ask(|out| request::query(&text, out).map(|()| text.len() as u64))?
            }
            (None, _) => self.ask(|out| request::run_unnamed(statement.sql(), params, out))?,
        };
        let columns = prepared.map(|prepared| prepared.columns.clone());
        let store = Store::new(mode == StatementMode::Simple);
        Ok(Sent { answer, result: Gathered { columns, store, bytes, ..Gathered::default() }, keep })
    }

    /// Looks the columns up that an answer described itself, which may take asking for types.
    pub(super) async fn look_up_columns(
        &self,
        gathered: &mut Gathered,
        statement: &Statement,
    ) -> Result<(), WireError> {
        if let Some(described) = gathered.described.take() {
            gathered.columns = Some(Box::pin(self.columns(statement, &described, gathered.store.text)).await?);
        }
        Ok(())
    }

    /// The prepared form of a statement, made if this connection has none.
    pub(super) async fn prepare(&self, statement: &Statement) -> Result<Arc<Prepared>, WireError> {
        if let Some(prepared) = self.prepared.borrow_mut().get(statement) {
            return Ok(prepared);
        }
        // Boxed, because preparing is rare and takes more room than all the rest.
        Box::pin(self.make_prepared(statement)).await
    }

    async fn make_prepared(&self, statement: &Statement) -> Result<Arc<Prepared>, WireError> {
        let name = format!("s{}", NEXT_NAME.fetch_add(1, Ordering::Relaxed));
        let (mut answer, ()) = self.ask(|out| request::prepare(&name, statement.sql(), out))?;
        let (mut taken, mut returned) = (Ok(Vec::new()), Ok(Vec::new()));
        answer
            .read(|message| {
                match message.tag {
                    b't' => taken = parameters(message.body),
                    b'T' => returned = described(message.body),
                    _ => {}
                }
                Step::Next
            })
            .await?;
        let mut types = Vec::new();
        for oid in taken? {
            types.push(self.type_of(oid).await?);
        }
        let columns = self.columns(statement, &returned?, false).await?;
        let prepared = Arc::new(Prepared { name, parameters: types, columns });
        self.prepared.borrow_mut().insert(statement, prepared.clone());
        Ok(prepared)
    }

    async fn columns(
        &self,
        statement: &Statement,
        described: &[Described],
        text: bool,
    ) -> Result<Arc<Columns>, WireError> {
        let mut types = Vec::with_capacity(described.len());
        for (_, oid) in described {
            types.push(if text { Type::TEXT } else { self.type_of(*oid).await? });
        }
        Ok(statement.share_columns(described.iter().map(|(name, _)| &**name).zip(&types)))
    }
}

impl Sent<'_> {
    /// Reads the answer to its end; what has come of it.
    pub(super) async fn gather(&mut self) -> Result<&mut Gathered, WireError> {
        let Self { answer, result, keep } = self;
        answer.read(|message| result.take(message, *keep)).await?;
        match result.error.take() {
            Some(error) => Err(error),
            None => Ok(result),
        }
    }
}

impl Gathered {
    /// The rows of a statement, once its columns are known.
    pub(super) fn into_rows(self, statement: &Statement) -> Rows {
        let Self { columns, store, affected, bytes, .. } = self;
        let columns = columns.unwrap_or_else(Columns::none);
        Rows { label: statement.label().clone(), columns, store, affected, bytes }
    }

    /// Takes a message. Of several statements in one text, the rows and the count of the last are kept.
    fn take(&mut self, message: Message<'_>, keep: Keep) -> Step {
        match message.tag {
            b'D' => {
                // The counts and, of text, the lengths do not count.
                let fields =
                    if self.store.text { message.body.first_chunk().map_or(0, |&n| u16::from_be_bytes(n)) } else { 0 };
                let head = 2 + 4 * u64::from(fields);
                self.bytes += (message.body.len() as u64).saturating_sub(head);
                if keep == Keep::Rows {
                    self.store.push(message.body);
                }
            }
            b'C' => self.affected = affected(message.body),
            b'T' if keep == Keep::Rows || self.store.text => {
                self.store.clear();
                match described(message.body) {
                    Ok(described) => self.described = Some(described),
                    Err(error) => self.error = Some(error),
                }
            }
            b'H' => self.error = Some(WireError::NotRows),
            b'G' | b'W' => {
                self.error = Some(WireError::Expects);
                return Step::Pause;
            }
            _ => {}
        }
        Step::Next
    }
}

/// Passes over a message, unless the server waits for what nobody is going to send.
fn expects_more(message: Message<'_>, expects: &mut bool) -> Step {
    *expects |= matches!(message.tag, b'G' | b'W');
    if *expects { Step::Pause } else { Step::Next }
}

/// Checks the number of parameters, so that the error can name the statement.
pub(super) fn check_count(statement: &Statement, params: &[Param]) -> Result<(), Failure> {
    let expected = statement.placeholders();
    if params.len() == expected {
        return Ok(());
    }
    let plural = if expected == 1 { "" } else { "s" };
    Err(Failure::Misuse {
        message: format!("statement `{}` takes {expected} parameter{plural}, got {}", statement.label(), params.len()),
        hint: None,
    })
}
