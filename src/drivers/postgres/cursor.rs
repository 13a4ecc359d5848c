//! Server-side cursors, for results too large to hold.

use std::pin::pin;
use std::sync::atomic::{AtomicU64, Ordering};

use super::connection::Connection;
use super::param::Param;
use super::rows::Rows;
use super::run::Keep;
use super::statement::Statement;
use crate::drivers::Failure;
use crate::plan::target::StatementMode;

static NEXT_NAME: AtomicU64 = AtomicU64::new(1);

/// A cursor within a transaction of a connection; gone when that ends.
#[derive(Debug)]
pub struct Cursor {
    name: String,
    fetch: Statement,
}

impl Connection {
    /// Opens a cursor over the rows of `statement`, to be fetched `size` at a time. Needs a transaction.
    pub async fn open_cursor(&self, statement: &Statement, params: &[Param], size: u32) -> Result<Cursor, Failure> {
        if !self.in_transaction() {
            return Err(Failure::Misuse { message: "a cursor needs a transaction".into(), hint: None });
        }
        let name = format!("throng_{}", NEXT_NAME.fetch_add(1, Ordering::Relaxed));
        let derived =
            |sql: String| Statement::labelled(statement.label().clone(), sql).with_timeout(statement.timeout());
        let prefix = format!("DECLARE {name} NO SCROLL CURSOR FOR ");
        let declare = derived(format!("{prefix}{}", statement.sql()));
        self.run_once(&declare, params, Keep::Count).await.map_err(|failure| failure.behind(&prefix))?;
        Ok(Cursor { fetch: derived(format!("FETCH {size} FROM {name}")), name })
    }

    /// The next rows; none at the end.
    pub async fn fetch(&self, cursor: &Cursor) -> Result<Rows, Failure> {
        self.run_once(&cursor.fetch, &[], Keep::Rows).await
    }

    /// Closes a cursor before its transaction ends. Once a statement has failed in that, see
    /// [`Connection::transaction_failed`], there is none to close.
    pub async fn close_cursor(&self, cursor: &Cursor) -> Result<(), Failure> {
        self.script(&format!("CLOSE {}", cursor.name)).await
    }

    /// A cursor's name is used once, so preparing statements with it would be a waste.
    async fn run_once(&self, statement: &Statement, params: &[Param], keep: Keep) -> Result<Rows, Failure> {
        let mode = match self.mode {
            StatementMode::Prepared | StatementMode::Unnamed => StatementMode::Unnamed,
            StatementMode::Simple => StatementMode::Simple,
        };
        self.within_limit(statement, pin!(self.run(statement, params, mode, keep))).await
    }
}
