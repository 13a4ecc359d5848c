//! One connection: what it has prepared, what it is in the middle of, and whether it can be used again.

use std::cell::{Cell, RefCell};
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::mpsc::UnboundedSender;
use tokio::task::JoinHandle;
use tokio_postgres::{Client, Notification};

use super::config::Settings;
use super::connect::{self, Epitaph};
use super::error::{self, Aftermath};
use super::learn::learn_types;
use super::prepared::PreparedStatements;
use super::statement::Statement;
use crate::clock::within;
use crate::drivers::Failure;
use crate::plan::Limits;
use crate::plan::target::{PostgresTarget, StatementMode};

/// How long a request to cancel may take before the connection is simply dropped.
const CANCEL_LIMIT: Duration = Duration::from_secs(5);

/// A connection. Its methods take `&self` and may overlap, in which case they are pipelined.
///
/// Whatever is dropped in the middle of its work leaves a mark: such a connection asks the server
/// to stop when it is dropped itself, and [`Connection::is_reusable`] says that no other user may have it.
pub struct Connection {
    pub(super) client: Client,
    pub(super) mode: StatementMode,
    pub(super) prepared: RefCell<PreparedStatements>,
    /// Whether a transaction was begun through [`Connection::begin`].
    pub(super) in_transaction: Cell<bool>,
    /// Whether a statement failed in it.
    pub(super) transaction_failed: Cell<bool>,
    statement_limit: Duration,
    settings: Arc<Settings>,
    /// Moves its bytes; taken by [`Connection::close`].
    task: Option<JoinHandle<()>>,
    epitaph: Epitaph,
    opened: Instant,
    in_flight: Cell<u32>,
    given_up: Cell<bool>,
}

impl Connection {
    /// Opens a connection outside any pool, once and without trying again.
    pub async fn open(target: &PostgresTarget, limits: &Limits) -> Result<Self, Failure> {
        Self::open_listening(target, limits, None).await
    }

    /// The same, with notifications going to `notifications`.
    pub(super) async fn open_listening(
        target: &PostgresTarget,
        limits: &Limits,
        notifications: Option<UnboundedSender<Notification>>,
    ) -> Result<Self, Failure> {
        let settings = settings_of(target, limits)?;
        Self::connect(&settings, target.statements, limits, notifications).await
    }

    pub(super) async fn connect(
        settings: &Arc<Settings>,
        mode: StatementMode,
        limits: &Limits,
        notifications: Option<UnboundedSender<Notification>>,
    ) -> Result<Self, Failure> {
        let opened = connect::open(settings, limits.connect, notifications).await?;
        if mode == StatementMode::Unnamed {
            let learning = tokio::time::timeout(limits.statement, learn_types(&opened.client)).await;
            // Broken off it would be in the middle of a transaction.
            learning
                .map_err(|_| Failure::Timeout {
                    what: "looking up the database's own types".into(),
                    limit: limits.statement,
                })?
                .map_err(|error| error::connect_failure(&error, &settings.host))?;
        }
        Ok(Self {
            client: opened.client,
            mode,
            prepared: RefCell::default(),
            in_transaction: Cell::new(false),
            transaction_failed: Cell::new(false),
            statement_limit: limits.statement,
            settings: settings.clone(),
            task: Some(opened.task),
            epitaph: opened.epitaph,
            opened: Instant::now(),
            in_flight: Cell::new(0),
            given_up: Cell::new(false),
        })
    }

    /// Whether another user may have it: it is open, idle, and in no transaction.
    pub fn is_reusable(&self) -> bool {
        !self.is_closed() && !self.given_up.get() && self.in_flight.get() == 0 && !self.in_transaction.get()
    }

    /// Whether it has ended, known without asking the server.
    pub fn is_closed(&self) -> bool {
        self.client.is_closed()
    }

    /// Whether it is within a transaction begun through [`Connection::begin`].
    pub fn in_transaction(&self) -> bool {
        self.in_transaction.get()
    }

    /// How long ago it was opened.
    pub(super) fn age(&self) -> Duration {
        self.opened.elapsed()
    }

    /// Does `work` for `statement` within its time limit. It is taken pinned, because a future that is handed on
    /// by value takes room at every stage, and each waiting user has one.
    pub(super) async fn within_limit<T>(
        &self,
        statement: &Statement,
        work: Pin<&mut impl Future<Output = Result<T, Failure>>>,
    ) -> Result<T, Failure> {
        let limit = statement.timeout().unwrap_or(self.statement_limit);
        self.within(limit, || format!("statement `{}`", statement.label()), work).await
    }

    /// Does `work`, called `what`, within the target's time limit.
    pub(super) async fn within_default_limit<T>(
        &self,
        what: &str,
        work: Pin<&mut impl Future<Output = Result<T, Failure>>>,
    ) -> Result<T, Failure> {
        self.within(self.statement_limit, || what.to_owned(), work).await
    }

    async fn within<T>(
        &self,
        limit: Duration,
        what: impl FnOnce() -> String,
        work: Pin<&mut impl Future<Output = Result<T, Failure>>>,
    ) -> Result<T, Failure> {
        if self.given_up.get() {
            let message = format!("connection to `{}` was given up after an earlier failure", self.settings.host);
            return Err(Failure::ConnectionLost { message });
        }
        let underway = self.underway();
        let result = within(limit, work).await;
        underway.end();
        match result {
            Ok(result) => {
                if result.is_err() && self.in_transaction.get() {
                    self.transaction_failed.set(true);
                }
                result
            }
            Err(_) => {
                self.give_up();
                Err(Failure::Timeout { what: what(), limit })
            }
        }
    }

    /// Marks it as in the middle of something.
    pub(super) fn underway(&self) -> Underway<'_> {
        self.in_flight.set(self.in_flight.get() + 1);
        Underway(self)
    }

    /// Marks it as not usable again and asks the server to stop what it does.
    pub(super) fn give_up(&self) {
        if !self.given_up.replace(true) {
            self.cancel();
        }
    }

    /// The failure behind an error, of `statement` if it was one.
    pub(super) fn failure(&self, error: &tokio_postgres::Error, statement: Option<&Statement>) -> Failure {
        match error::aftermath(error) {
            Aftermath::Usable => {}
            // Its task may not have met the closed socket yet.
            Aftermath::Ended => self.given_up.set(true),
            Aftermath::MidAnswer => self.give_up(),
        }
        let epitaph = self.epitaph.read();
        error::failure(error, statement, &self.settings.host, epitaph.as_deref())
    }

    /// Closes it in an orderly way: the server is told, and the task has ended.
    pub async fn close(mut self) {
        if self.is_reusable()
            && let Some(task) = self.task.take()
        {
            drop(self);
            // The task sends the farewell; it may be waiting on a server that does not answer.
            let _ = tokio::time::timeout(CANCEL_LIMIT, task).await;
        }
    }

    /// Asks the server to stop what it does for this connection, then ends the task.
    fn cancel(&self) {
        let Some(task) = self.task.as_ref().map(JoinHandle::abort_handle) else { return };
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return task.abort() };
        let token = self.client.cancel_token();
        let tls = self.settings.tls.clone();
        // Nobody but the end of a pool writes, and then nothing new is cancelled.
        let on_its_way = self.settings.cancelling.clone().try_read_owned();
        runtime.spawn(async move {
            let _on_its_way = on_its_way;
            // Best effort: a server that cannot be reached stops of its own when it meets the closed socket.
            let _ = tokio::time::timeout(CANCEL_LIMIT, token.cancel_query(tls)).await;
            task.abort();
        });
    }
}

/// Something that a connection is in the middle of until [`Underway::end`]. If that is never reached, since
/// whoever did it was dropped on the way, the connection stays marked, which is how that is known later.
pub(super) struct Underway<'a>(&'a Connection);

impl Underway<'_> {
    pub(super) fn end(self) {
        self.0.in_flight.set(self.0.in_flight.get() - 1);
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        if !self.is_closed() && !self.is_reusable() && !self.given_up.get() {
            self.cancel();
        }
    }
}

/// Understands a target's connection string; `limits` are what its server is to keep to.
pub(super) fn settings_of(target: &PostgresTarget, limits: &Limits) -> Result<Arc<Settings>, Failure> {
    match &target.url {
        Some(url) => Ok(Arc::new(Settings::parse(url.reveal())?.introduced(&target.session, limits))),
        None => Err(Failure::Misuse {
            message: "a PostgreSQL target has no URL".into(),
            hint: Some("give one with `--pg URL` or in `throng.toml`".into()),
        }),
    }
}
