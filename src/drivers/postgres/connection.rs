//! One connection: what it has prepared, what it is in the middle of, and whether it can be used again.

use std::cell::{Cell, RefCell};
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::BytesMut;

use super::channel::{self, Answer, Channel};
use super::config::Settings;
use super::connect::{self, Opened, Place};
use super::error;
use super::notify::Notified;
use super::prepared::PreparedStatements;
use super::protocol::{Session, Status, WireError};
use super::statement::Statement;
use super::types::Types;
use crate::clock;
use crate::drivers::Failure;
use crate::drivers::socket::Departure;
use crate::plan::Limits;
use crate::plan::target::{PostgresTarget, StatementMode};

/// How long a request to cancel, or a farewell, may take before the connection is simply dropped.
const FAREWELL_LIMIT: Duration = Duration::from_secs(5);

/// A connection. Its methods take `&self` and may overlap, in which case they are pipelined; only during a COPY
/// nothing else can be done.
///
/// Whatever is dropped in the middle of its work leaves a mark: such a connection asks the server
/// to stop when it is dropped itself, and [`Connection::is_reusable`] says that no other user may have it.
pub struct Connection {
    channel: RefCell<Channel>,
    pub(super) mode: StatementMode,
    pub(super) prepared: RefCell<PreparedStatements>,
    /// Whether a COPY is under way.
    pub(super) copying: Cell<bool>,
    statement_limit: Duration,
    settings: Arc<Settings>,
    place: Place,
    session: Session,
    departure: Departure,
    opened: Instant,
    in_flight: Cell<u32>,
    given_up: Cell<bool>,
}

impl Connection {
    /// Opens a connection outside any pool, once and without trying again.
    pub async fn open(target: &PostgresTarget, limits: &Limits) -> Result<Self, Failure> {
        Self::connect(&settings_of(target, limits)?, target.statements, limits).await
    }

    /// The same, keeping the notifications that come.
    pub(super) async fn open_listening(target: &PostgresTarget, limits: &Limits) -> Result<Self, Failure> {
        let settings = settings_of(target, limits)?;
        let mut opened = connect::open(&settings, limits.connect).await?;
        opened.wire.notifications = Some(Default::default());
        Ok(Self::new(opened, &settings, target.statements, limits))
    }

    pub(super) async fn connect(
        settings: &Arc<Settings>,
        mode: StatementMode,
        limits: &Limits,
    ) -> Result<Self, Failure> {
        let opened = connect::open(settings, limits.connect).await?;
        Ok(Self::new(opened, settings, mode, limits))
    }

    fn new(mut opened: Opened, settings: &Arc<Settings>, mode: StatementMode, limits: &Limits) -> Self {
        Self {
            departure: opened.wire.socket().departure(),
            channel: RefCell::new(Channel::new(opened.wire)),
            mode,
            prepared: RefCell::default(),
            copying: Cell::new(false),
            statement_limit: limits.statement,
            settings: settings.clone(),
            place: opened.place,
            session: opened.session,
            opened: Instant::now(),
            in_flight: Cell::new(0),
            given_up: Cell::new(false),
        }
    }

    /// Whether another user may have it: it is not known to have ended, idle, and in no transaction.
    pub fn is_reusable(&self) -> bool {
        let channel = self.channel.borrow();
        !channel.has_ended() && self.in_flight.get() == 0 && channel.status() == Status::Idle
    }

    /// Whether it has ended, known without asking the server.
    pub fn is_closed(&self) -> bool {
        let mut channel = self.channel.borrow_mut();
        channel.look();
        channel.has_ended()
    }

    /// Whether it is within a transaction.
    pub fn in_transaction(&self) -> bool {
        self.channel.borrow().status() != Status::Idle
    }

    /// Whether it is within a transaction that an error has spoilt.
    pub fn transaction_failed(&self) -> bool {
        self.channel.borrow().status() == Status::Failed
    }

    /// How long ago it was opened.
    pub(super) fn age(&self) -> Duration {
        self.opened.elapsed()
    }

    /// The target's own types.
    pub(super) fn types(&self) -> &Types {
        &self.settings.types
    }

    /// Sends a request and takes a place in line for its answer.
    pub(super) fn ask<T>(
        &self,
        write: impl FnOnce(&mut BytesMut) -> Result<T, WireError>,
    ) -> Result<(Answer<'_>, T), WireError> {
        // The server would take it for rows, or we the copied rows for its answer.
        if self.copying.get() {
            return Err(WireError::Copying);
        }
        channel::ask(&self.channel, write)
    }

    /// Waits for the next notification; an error once it has ended.
    pub(super) async fn notification(&self) -> Result<Notified, Failure> {
        let notified = poll_fn(|context| self.channel.borrow_mut().poll_notification(context)).await;
        notified.ok_or_else(|| self.failure(&WireError::Closed, None))
    }

    /// Tells when what is sent leaves.
    pub fn departure(&self) -> &Departure {
        &self.departure
    }

    /// Does `work` for `statement` within its time limit. It is taken pinned, because a future that is handed on
    /// by value takes room at every stage, and each waiting user has one.
    pub(super) fn within_limit<'a, T: 'a>(
        &'a self,
        statement: &'a Statement,
        work: Pin<&'a mut impl Future<Output = Result<T, Failure>>>,
    ) -> impl Future<Output = Result<T, Failure>> + 'a {
        let limit = statement.timeout().unwrap_or(self.statement_limit);
        self.within(limit, || format!("statement `{}`", statement.label()), work)
    }

    /// Does `work`, called `what`, within the target's time limit.
    pub(super) fn within_default_limit<'a, T: 'a>(
        &'a self,
        what: &'a str,
        work: Pin<&'a mut impl Future<Output = Result<T, Failure>>>,
    ) -> impl Future<Output = Result<T, Failure>> + 'a {
        self.within(self.statement_limit, || what.to_owned(), work)
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
        let result = clock::within(limit, work).await;
        underway.end();
        result.unwrap_or_else(|_| {
            self.give_up();
            Err(Failure::Timeout { what: what(), limit })
        })
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
    pub(super) fn failure(&self, error: &WireError, statement: Option<&Statement>) -> Failure {
        if matches!(error, WireError::Expects) {
            self.give_up();
        }
        error::failure(error, statement, &self.settings.host, self.channel.borrow().epitaph())
    }

    /// Closes it in an orderly way: the server is told.
    pub async fn close(self) {
        let wire = if self.is_reusable() { self.channel.borrow_mut().take() } else { None };
        if let Some(mut wire) = wire {
            // The server may be one that does not take anything any more.
            let _ = tokio::time::timeout(FAREWELL_LIMIT, wire.say_farewell()).await;
        }
    }

    /// Asks the server to stop what it does for this connection, then drops it.
    fn cancel(&self) {
        let Some(mut wire) = self.channel.borrow_mut().take() else { return };
        // What has not left yet must not begin.
        wire.socket().take_back();
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
        let (settings, place, session) = (self.settings.clone(), self.place.clone(), self.session);
        // Nobody but the end of a pool writes, and then nothing new is cancelled.
        let on_its_way = settings.cancelling.clone().try_read_owned();
        runtime.spawn(async move {
            let _on_its_way = on_its_way;
            // Best effort: a server that cannot be reached stops of its own when it meets the closed socket.
            let _ = tokio::time::timeout(FAREWELL_LIMIT, connect::cancel(&settings, &place, session)).await;
            drop(wire);
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
    /// Tells the server, without waiting for that to leave.
    fn drop(&mut self) {
        if !self.is_reusable() {
            self.cancel();
        } else if let Some(mut wire) = self.channel.borrow_mut().take() {
            wire.terminate();
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
