//! Asks one PostgreSQL for plans, in transactions that only read and are rolled back.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use super::super::postgres::MARK;
use super::harmless;
use super::reading::{Read, read};
use crate::drivers::Failure;
use crate::drivers::postgres::{Connection, Exemplar, Isolation, Param, Statement, TransactionOptions, Value};
use crate::plan::target::PostgresTarget;
use crate::plan::{Limits, ShownParams};

/// How long planning may take.
const PLANNING_LIMIT: Duration = Duration::from_secs(2);

/// The least and the longest time that a statement may take which is run for its plan.
const RUNNING_LIMITS: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(10));

/// It may take so many times as long as its slowest execution: measuring each step slows it down.
const SLACK: u32 = 3;

/// How long anything waits for a lock, so that nobody waits behind it.
const LOCK_LIMIT: Duration = Duration::from_millis(200);

/// The isolation that no user has, so that `pg_stat_statements` does not take this `BEGIN` for one of theirs.
const TRANSACTION: TransactionOptions =
    TransactionOptions { isolation: Some(Isolation::ReadUncommitted), read_only: true, deferrable: false };

/// One PostgreSQL that is asked for plans.
pub(super) struct Explainer {
    target: PostgresTarget,
    limits: Limits,
    shown: ShownParams,
    connection: RefCell<Option<Rc<Connection>>>,
    /// Why it can't be asked, once that is known.
    off: RefCell<Option<String>>,
}

impl Explainer {
    /// Opens a connection. Where none can be had, nor a transaction, as through a pooler that hands each statement to
    /// another session, no plan is taken.
    pub(super) async fn open(target: &PostgresTarget, limits: &Limits, shown: ShownParams) -> Self {
        let limits = limits.with_statement(RUNNING_LIMITS.1 + PLANNING_LIMIT);
        let (connection, off) = (RefCell::default(), RefCell::default());
        let explainer = Self { target: target.clone(), limits, shown, connection, off };
        if let Err(failure) = explainer.within(PLANNING_LIMIT, async |_| Ok(())).await {
            *explainer.off.borrow_mut() = Some(format!("no plan can be taken: {failure}"));
        }
        explainer
    }

    /// The plan for an execution's parameters; the statement is not run.
    pub(super) async fn plan(&self, exemplar: &Exemplar) -> Result<Read, String> {
        let text = self.explain("FORMAT JSON", exemplar, PLANNING_LIMIT).await?;
        read(&text, self.shown).ok_or_else(|| "the server's plan can't be read".to_owned())
    }

    /// The plan with what happened when the statement was run for it, if that does no harm.
    pub(super) async fn run(&self, exemplar: &Exemplar) -> Result<Read, String> {
        let verbose = self.explain("VERBOSE, FORMAT JSON", exemplar, PLANNING_LIMIT).await?;
        let called = harmless::called(&exemplar.sql, &verbose)?;
        let volatile = self.within(PLANNING_LIMIT, async |connection| volatile(connection, &called).await).await;
        if let Some(function) = volatile.map_err(|failure| failure.to_string())? {
            return Err(format!("not run for its plan: `{function}` may do more than read"));
        }
        let slowest = Duration::from_micros(exemplar.time_us);
        let limit = slowest.saturating_mul(SLACK).clamp(RUNNING_LIMITS.0, RUNNING_LIMITS.1);
        let text = self.explain("ANALYZE, BUFFERS, FORMAT JSON", exemplar, limit).await;
        let text = text.map_err(|why| format!("run for its plan in vain: {why}"))?;
        read(&text, self.shown).ok_or_else(|| "the server's plan can't be read".to_owned())
    }

    /// Says farewell to the server.
    pub(super) async fn close(self) {
        if let Some(Ok(connection)) = self.connection.into_inner().map(Rc::try_unwrap) {
            connection.close().await;
        }
    }

    /// What the server says of a statement.
    async fn explain(&self, options: &str, exemplar: &Exemplar, limit: Duration) -> Result<String, String> {
        if let Some(why) = &*self.off.borrow() {
            return Err(why.clone());
        }
        let prefix = format!("EXPLAIN {MARK} ({options}) ");
        let statement = Statement::plain(format!("{prefix}{}", exemplar.sql));
        let asked = self.within(limit, async |connection| text(connection, &statement, &exemplar.params).await);
        asked.await.map_err(|failure| self.told(failure.behind(&prefix)))
    }

    /// Why there is no plan. The server's messages may quote a parameter's value, so where none are to be shown the kind
    /// of error must do.
    fn told(&self, failure: Failure) -> String {
        match failure {
            Failure::Sql { code, name, .. } if self.shown == ShownParams::Types => {
                format!("the server refused with sqlstate {code} {name}").trim_end().to_owned()
            }
            failure => failure.to_string(),
        }
    }

    /// Does `work` in a transaction that can't write and is rolled back, within a time that the server keeps.
    async fn within<T>(
        &self,
        limit: Duration,
        work: impl AsyncFnOnce(&Connection) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let connection = self.connection().await?;
        connection.begin(TRANSACTION).await?;
        let manners = format!(
            "SET LOCAL {MARK} statement_timeout = {}; SET LOCAL {MARK} lock_timeout = {}",
            limit.as_millis(),
            LOCK_LIMIT.as_millis()
        );
        let done = match connection.script(&manners).await {
            Ok(()) => work(&connection).await,
            Err(failure) => Err(failure),
        };
        let ended = connection.rollback().await;
        if !connection.is_reusable() {
            self.connection.borrow_mut().take();
        }
        ended.and(done)
    }

    async fn connection(&self) -> Result<Rc<Connection>, Failure> {
        if let Some(connection) = &*self.connection.borrow()
            && connection.is_reusable()
        {
            return Ok(connection.clone());
        }
        let connection = Rc::new(Connection::open(&self.target, &self.limits).await?);
        *self.connection.borrow_mut() = Some(connection.clone());
        Ok(connection)
    }
}

/// The first value that a statement returns, a text.
async fn text(connection: &Connection, statement: &Statement, params: &[Param]) -> Result<String, Failure> {
    let rows = connection.query(statement, params).await?;
    let mut scratch = String::new();
    Ok(match rows.value(0, 0, &mut scratch)? {
        Value::Json(text) | Value::Text(text) => String::from_utf8_lossy(text).into_owned(),
        _ => String::new(),
    })
}

/// One of these functions of which the server does not know that it has no effect; none if there is none.
async fn volatile(connection: &Connection, called: &[String]) -> Result<Option<String>, Failure> {
    let sql = format!(
        "SELECT {MARK} coalesce(min(proname::text), '') FROM pg_proc \
         WHERE provolatile = 'v' AND proname::text = ANY ($1::text[])"
    );
    let names = Param::List(called.iter().map(|name| Param::from(name.as_str())).collect());
    let name = text(connection, &Statement::plain(sql), &[names]).await?;
    Ok(Some(name).filter(|name| !name.is_empty()))
}
