//! The connection by which one PostgreSQL is watched. It never waits long, and holds nobody up.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::{Duration, Instant};

use super::super::sampler::SampleError;
use crate::drivers::Failure;
use crate::drivers::postgres::{Connection, Rows, Statement, Value};
use crate::plan::Limits;
use crate::plan::target::{PostgresTarget, StatementMode};
use crate::record::MissingRecord;

/// How the server sees it, and by what it leaves itself out. Not the name of a run, which begins with `throng `.
pub(super) const APPLICATION_NAME: &str = "throng-monitor";

/// Stands in each of its statements, so that they can be left out of what the server counts.
pub(in crate::monitor) const MARK: &str = "/* throng monitor */";

/// Holds for one look and no longer, so that a pooler hands none of it on. The limit on locks is short because views
/// need none that anybody else minds; what does need one can wait for the next look.
const MANNERS: &str = "SET LOCAL /* throng monitor */ statement_timeout = '2s'; \
    SET LOCAL /* throng monitor */ lock_timeout = '100ms'; SET LOCAL /* throng monitor */ jit = off; ";

/// Keeps a superuser's looks out of `pg_stat_statements` altogether; the first of a look, so that the manners are not in
/// it either.
const UNTRACKED: &str = "SET LOCAL /* throng monitor */ pg_stat_statements.track = 'none'; ";

/// The limit on a look as throng sees it, past the server's own.
const PATIENCE: Duration = Duration::from_secs(4);

/// How long a server that is away is left alone.
const RECONNECT_AFTER: Duration = Duration::from_secs(2);

/// SQLSTATEs of what will not work the next time either: no such thing, no right, not loaded, not supported.
const FOR_GOOD: [&str; 7] = ["42501", "42P01", "42883", "42703", "42704", "55000", "0A000"];

/// A connection that is made anew when it is lost.
pub(super) struct Link {
    target: PostgresTarget,
    limits: Limits,
    connection: RefCell<Option<Rc<Connection>>>,
    /// When no connection could be had, since the last one that could.
    tried: Cell<Option<Instant>>,
    looks: Cell<u64>,
    /// The process that serves the connection.
    process: Rc<Cell<Option<u32>>>,
    untracked: Cell<bool>,
}

impl Link {
    /// One that is not open yet.
    pub(super) fn new(target: &PostgresTarget, limits: &Limits) -> Self {
        Self {
            // One text with its manners, answered in one go, needs no preparing and no memory of a pooler's.
            target: PostgresTarget { statements: StatementMode::Simple, ..target.clone() },
            limits: limits.with_statement(PATIENCE),
            connection: RefCell::default(),
            tried: Cell::default(),
            looks: Cell::new(0),
            process: Rc::default(),
            untracked: Cell::new(false),
        }
    }

    /// From now on a look is not tracked by `pg_stat_statements`, as a superuser may wish.
    pub(super) fn leave_untracked(&self) {
        self.untracked.set(true);
    }

    /// How many transactions of its own the server has counted.
    pub(super) fn looks(&self) -> u64 {
        self.looks.get()
    }

    /// Which of the server's processes serves the connection at the moment, by the server's own count.
    pub(super) fn process(&self) -> Rc<Cell<Option<u32>>> {
        self.process.clone()
    }

    /// The text that is sent for a `SELECT` without that word.
    pub(super) fn statement(&self, name: &str, select: &str) -> Statement {
        let untracked = if self.untracked.get() { UNTRACKED } else { "" };
        Statement::labelled(format!("monitor {name}"), format!("{untracked}{MANNERS}SELECT {MARK} {select}"))
    }

    /// The rows of a statement made by [`Link::statement`].
    pub(super) async fn rows(&self, statement: &Statement) -> Result<Rows, SampleError> {
        let connection = self.connection().await?;
        self.looks.set(self.looks.get() + 1);
        let result = connection.query(statement, &[]).await;
        if !connection.is_reusable() {
            self.connection.borrow_mut().take();
        }
        result.map_err(|failure| refusal(statement.label(), &failure))
    }

    async fn connection(&self) -> Result<Rc<Connection>, SampleError> {
        if let Some(connection) = &*self.connection.borrow()
            && connection.is_reusable()
        {
            return Ok(connection.clone());
        }
        let now = Instant::now();
        if self.tried.get().is_some_and(|tried| now - tried < RECONNECT_AFTER) {
            return Err(SampleError::Failed("the connection was lost".to_owned()));
        }
        self.tried.set(Some(now));
        let failed = |failure: Failure| SampleError::Failed(failure.to_string());
        let connection = Rc::new(Connection::open(&self.target, &self.limits).await.map_err(failed)?);
        // A pooler keeps track of this one, so that it does not stay on a connection of others.
        connection.script(&format!("SET {MARK} application_name = '{APPLICATION_NAME}'")).await.map_err(failed)?;
        let question = Statement::plain(format!("SELECT {MARK} pg_backend_pid()"));
        let served = connection.query(&question, &[]).await.map_err(failed)?;
        self.process.set(text(&served, 0, 0).and_then(|pid| pid.parse().ok()));
        // These two were transactions as well.
        self.looks.set(self.looks.get() + 2);
        *self.connection.borrow_mut() = Some(connection.clone());
        // The server is there: should this one be lost, the next look need not wait.
        self.tried.set(None);
        Ok(connection)
    }
}

/// Why a look failed, and whether it will again.
fn refusal(label: &str, failure: &Failure) -> SampleError {
    match failure {
        Failure::Sql { code, .. } if FOR_GOOD.contains(&code.as_str()) => {
            SampleError::Unavailable(MissingRecord { what: format!("`{label}`: {failure}"), fix: None })
        }
        _ => SampleError::Failed(failure.to_string()),
    }
}

/// The value in a row and a column; none for NULL.
pub(super) fn text(rows: &Rows, row: usize, column: usize) -> Option<String> {
    let mut scratch = String::new();
    match rows.value(row, column, &mut scratch) {
        Ok(Value::Text(text)) => Some(String::from_utf8_lossy(text).into_owned()),
        // All values come as text, so that nothing else is to be expected.
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::plan::target::{PoolPlan, SecretUrl, SessionPlan};
    use crate::servers::{PostgresOptions, ThrowawayPostgres};

    #[test]
    fn a_look_that_is_broken_off_does_not_cost_the_next_one() {
        let server = ThrowawayPostgres::start(&PostgresOptions::default()).expect("PostgreSQL starts");
        let target = PostgresTarget {
            url: Some(SecretUrl::new(server.url().reveal())),
            statements: StatementMode::Simple,
            pool: PoolPlan::default(),
            session: SessionPlan::default(),
            server: Default::default(),
        };
        let link = Link::new(&target, &Limits::default());
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            let one = link.statement("one", "1");
            link.rows(&one).await.expect("an answer");
            let slow = link.statement("slow", "pg_sleep(1)");
            let broken_off = tokio::time::timeout(Duration::from_millis(1), link.rows(&slow)).await;
            assert!(broken_off.is_err(), "it takes a second");
            link.rows(&one).await.expect("an answer, at once");
        });
    }
}
