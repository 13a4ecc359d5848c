//! Runs a statement, in whichever way the target wants it sent.

use std::cell::Cell;
use std::pin::pin;
use std::sync::Arc;

use futures_util::TryStreamExt;
use tokio_postgres::types::Type;
use tokio_postgres::{Error, RowStream, SimpleQueryMessage, SimpleQueryStream};

use super::columns::Columns;
use super::connection::Connection;
use super::control::Control;
use super::encode::{Bound, with_literals};
use super::error::{is_stale_statement, unfit_parameter};
use super::param::Param;
use super::prepared::Prepared;
use super::rows::{RowData, Rows};
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

/// An answer that has begun.
enum Answer {
    Binary { stream: Box<RowStream>, columns: Option<Arc<Columns>> },
    Text(Box<SimpleQueryStream>),
}

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
        let run = pin!(async { self.client.batch_execute(sql).await.map_err(|error| self.failure(&error, None)) });
        let run = self.within_default_limit("script", run);
        match Control::of(sql) {
            Control::None => run.await,
            Control::Complete if !self.in_transaction() => self.in_own_transaction(run).await,
            Control::Complete => Err(Failure::Misuse {
                message: "a script begins or ends a transaction within another one".into(),
                hint: Some("use SAVEPOINT for a transaction within a transaction".into()),
            }),
            Control::LeftOpen => Err(Failure::Misuse {
                message: "a script leaves a transaction open".into(),
                hint: Some("end it with COMMIT or ROLLBACK in the same script".into()),
            }),
        }
    }

    /// Does what begins and ends a transaction of its own, unless it fails halfway.
    async fn in_own_transaction(&self, run: impl Future<Output = Result<(), Failure>>) -> Result<(), Failure> {
        self.in_transaction.set(true);
        let result = run.await;
        match result {
            Ok(()) => self.in_transaction.set(false),
            // What failed is of more interest than how the rollback went; without it the connection is not used again.
            Err(_) => drop(self.rollback().await),
        }
        result
    }

    pub(super) async fn run(
        &self,
        statement: &Statement,
        params: &[Param],
        mode: StatementMode,
        keep: Keep,
    ) -> Result<Rows, Failure> {
        check_count(statement, params)?;
        let text = match mode {
            StatementMode::Simple => Some(
                with_literals(statement.sql(), params).map_err(|unfit| unfit_parameter(&unfit, statement.label()))?,
            ),
            StatementMode::Prepared | StatementMode::Unnamed => None,
        };
        let mut result = self.attempt(statement, params, mode, text.as_deref(), keep).await;
        if let Err(error) = &result
            && mode == StatementMode::Prepared
            && is_stale_statement(error)
        {
            self.forget(statement);
            // Within a transaction the error has already spoilt it.
            if !self.in_transaction.get() {
                result = self.attempt(statement, params, mode, text.as_deref(), keep).await;
            }
        }
        result.map_err(|error| self.failure(&error, Some(statement)))
    }

    async fn attempt(
        &self,
        statement: &Statement,
        params: &[Param],
        mode: StatementMode,
        text: Option<&str>,
        keep: Keep,
    ) -> Result<Rows, Error> {
        let sent = Cell::new(0);
        let bound = params.iter().enumerate().map(|(index, param)| Bound { param, number: index + 1, sent: &sent });
        let answer = match (mode, text) {
            (StatementMode::Prepared, _) => {
                let prepared = self.prepare(statement).await?;
                let stream = Box::new(self.client.query_raw(&prepared.statement, bound).await?);
                Answer::Binary { stream, columns: Some(prepared.columns) }
            }
            (StatementMode::Simple, Some(text)) => {
                sent.set(text.len() as u64);
                Answer::Text(Box::new(self.client.simple_query_raw(text).await?))
            }
            _ => {
                let untyped = bound.map(|bound| (bound, Type::UNKNOWN));
                let stream = Box::new(self.client.query_typed_raw(statement.sql(), untyped).await?);
                Answer::Binary { stream, columns: None }
            }
        };
        let mut rows = match answer {
            Answer::Binary { stream, columns } => collect_binary(*stream, columns, statement, keep).await?,
            Answer::Text(stream) => collect_text(*stream, statement, keep).await?,
        };
        rows.bytes += sent.get();
        Ok(rows)
    }

    /// The prepared form of a statement, made if this connection has none.
    pub(super) async fn prepare(&self, statement: &Statement) -> Result<Prepared, Error> {
        if let Some(prepared) = self.prepared.borrow_mut().get(statement) {
            return Ok(prepared);
        }
        // Boxed, because preparing is rare and takes more room than all the rest.
        let made = Box::pin(self.client.prepare(statement.sql())).await?;
        let columns = statement.share_columns(made.columns().iter().map(|column| (column.name(), column.type_())));
        let prepared = Prepared { statement: made, columns };
        self.prepared.borrow_mut().insert(statement, prepared.clone());
        Ok(prepared)
    }

    /// Forgets the prepared form of a statement and what is known of the server's own types.
    pub(super) fn forget(&self, statement: &Statement) {
        self.prepared.borrow_mut().remove(statement);
        self.client.clear_type_cache();
    }
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

async fn collect_binary(
    stream: RowStream,
    columns: Option<Arc<Columns>>,
    statement: &Statement,
    keep: Keep,
) -> Result<Rows, Error> {
    let mut stream = pin!(stream);
    let mut rows = Vec::new();
    let mut bytes = 0;
    let mut columns = columns;
    while let Some(row) = stream.try_next().await? {
        bytes += row.raw_size_bytes() as u64;
        if keep == Keep::Count {
            continue;
        }
        if columns.is_none() {
            let described = row.columns().iter().map(|column| (column.name(), column.type_()));
            columns = Some(statement.share_columns(described));
        }
        rows.push(RowData::Binary(row));
    }
    let columns = columns.unwrap_or_else(Columns::none);
    let affected = stream.rows_affected().unwrap_or(0);
    Ok(Rows { label: statement.label().clone(), columns, rows, affected, bytes })
}

/// Of several statements in one text, the rows and the count of the last are kept.
async fn collect_text(stream: SimpleQueryStream, statement: &Statement, keep: Keep) -> Result<Rows, Error> {
    let mut stream = pin!(stream);
    let mut rows = Vec::new();
    let mut bytes = 0;
    let mut columns = None;
    let mut affected = 0;
    while let Some(message) = stream.try_next().await? {
        match message {
            SimpleQueryMessage::RowDescription(described) => {
                rows.clear();
                let described = described.iter().map(|column| (column.name(), &Type::TEXT));
                columns = Some(statement.share_columns(described));
            }
            SimpleQueryMessage::Row(row) => {
                bytes += (0..row.len()).filter_map(|index| row.get(index)).map(|text| text.len() as u64).sum::<u64>();
                if keep == Keep::Rows {
                    rows.push(RowData::Text(row));
                }
            }
            SimpleQueryMessage::CommandComplete(count) => affected = count,
            _ => {}
        }
    }
    let columns = columns.unwrap_or_else(Columns::none);
    Ok(Rows { label: statement.label().clone(), columns, rows, affected, bytes })
}
