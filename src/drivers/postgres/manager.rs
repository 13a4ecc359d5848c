//! Makes a pool's connections and says which may be used again.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use deadpool::managed::{self, Metrics, RecycleError, RecycleResult};

use super::config::Settings;
use super::connection::Connection;
use super::error::ConnectError;
use crate::drivers::Failure;
use crate::plan::Limits;
use crate::plan::target::{PostgresTarget, StatementMode};

/// Distance between attempts after the first failure; doubles with each further one.
const BACKOFF_MIN: Duration = Duration::from_millis(50);

/// Largest distance between attempts.
const BACKOFF_MAX: Duration = Duration::from_secs(1);

/// Makes connections for a pool.
pub(super) struct Manager {
    settings: Settings,
    mode: StatementMode,
    limits: Limits,
    lifetime: Option<Duration>,
    state: Mutex<State>,
}

/// What a manager counted.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Counts {
    pub connects: u64,
    pub reconnects: u64,
    pub failures: u64,
}

#[derive(Default)]
struct State {
    counts: Counts,
    /// Connections lost and not replaced yet.
    lost: u64,
    /// Failures since a connection was last made.
    failures_in_a_row: u32,
    last_failure: Option<Failure>,
    not_before: Option<Instant>,
}

impl Manager {
    pub(super) fn new(settings: Settings, target: &PostgresTarget, limits: &Limits) -> Self {
        Self {
            settings,
            mode: target.statements,
            limits: limits.clone(),
            lifetime: target.pool.lifetime,
            state: Mutex::default(),
        }
    }

    /// One more connection is gone that will have to be replaced.
    pub(super) fn note_lost(&self) {
        self.state().lost += 1;
    }

    /// Why no connection can be made at present; `None` if the last attempt worked.
    pub(super) fn last_failure(&self) -> Option<Failure> {
        self.state().last_failure.clone()
    }

    pub(super) fn counts(&self) -> Counts {
        self.state().counts
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn note_connected(&mut self) {
        self.counts.connects += 1;
        if self.lost > 0 {
            self.lost -= 1;
            self.counts.reconnects += 1;
        }
        self.failures_in_a_row = 0;
        self.last_failure = None;
        self.not_before = None;
    }

    fn note_failed(&mut self, failure: &Failure) {
        self.counts.failures += 1;
        self.last_failure = Some(failure.clone());
        let backoff = BACKOFF_MIN.saturating_mul(1 << self.failures_in_a_row.min(8)).min(BACKOFF_MAX);
        self.failures_in_a_row += 1;
        self.not_before = Some(Instant::now() + backoff);
    }
}

impl managed::Manager for Manager {
    type Type = Connection;
    type Error = ConnectError;

    async fn create(&self) -> Result<Connection, ConnectError> {
        let not_before = self.state().not_before;
        if let Some(at) = not_before {
            tokio::time::sleep_until(at.into()).await;
        }
        let connected = Connection::connect(&self.settings, self.mode, &self.limits, None).await;
        let mut state = self.state();
        match &connected {
            Ok(_) => state.note_connected(),
            Err(error) => state.note_failed(&error.failure),
        }
        connected
    }

    async fn recycle(&self, connection: &mut Connection, _: &Metrics) -> RecycleResult<ConnectError> {
        if connection.is_closed() {
            self.note_lost();
            return Err(RecycleError::message("closed"));
        }
        match self.lifetime {
            Some(lifetime) if connection.age() >= lifetime => Err(RecycleError::message("past its lifetime")),
            _ => Ok(()),
        }
    }
}
