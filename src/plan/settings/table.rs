//! Everything that a layer may set.

use std::time::Duration;

use super::super::load::Shape;
use super::super::nearest::hint_for;
use super::super::scenario::TargetKind;
use super::super::target::{PoolSharing, StatementMode};
use super::super::{Data, Explained, PlanError, ShownParams, Think};
use super::registry::{self, all};
use super::{Bytes, Input, Names, OnScriptBug, ParamInputs, PresetChoice, Thresholds, Unwatched, Urls};

/// What one place sets; what it does not set is `None`.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Settings {
    /// The load.
    pub shape: Shape,
    /// Played first, unmeasured.
    pub warm_up: Option<Duration>,
    /// How long unfinished iterations may go on.
    pub graceful_stop: Option<Duration>,
    /// Thinking of all personas.
    pub think: Option<Think>,
    /// Only these personas.
    pub persona: Option<Names>,
    /// Values of parameters.
    pub params: Option<ParamInputs>,
    /// Rules of pass and fail.
    pub thresholds: Option<Thresholds>,
    /// Rules that hold besides the thresholds.
    pub budget: Option<Thresholds>,
    /// Limits of ratings and findings.
    pub preset: Option<PresetChoice>,
    /// URLs of PostgreSQL targets.
    pub postgres: Option<Urls>,
    /// URLs of Redis targets.
    pub redis: Option<Urls>,
    /// URLs of HTTP targets.
    pub http: Option<Urls>,
    /// Connections of each pool.
    pub connections: Option<u64>,
    /// Connections of each PostgreSQL that are left to others.
    pub reserve: Option<u64>,
    /// Who shares them.
    pub pool: Option<PoolSharing>,
    /// Age at which a connection is replaced.
    pub connection_lifetime: Option<Duration>,
    /// How long a user waits for a connection.
    pub acquire_timeout: Option<Duration>,
    /// How statements travel.
    pub statements: Option<StatementMode>,
    /// Limit for a statement or command.
    pub statement_timeout: Option<Duration>,
    /// Limit for waiting for a lock, kept by PostgreSQL.
    pub lock_timeout: Option<Duration>,
    /// Limit for idling in a transaction, kept by PostgreSQL.
    pub idle_in_transaction_timeout: Option<Duration>,
    /// Limit for an operation.
    pub operation_timeout: Option<Duration>,
    /// Limit for opening a connection.
    pub connect_timeout: Option<Duration>,
    /// What is not watched.
    pub no_monitor: Option<Unwatched>,
    /// How many keys of each Redis are sized after the load.
    pub big_keys: Option<u64>,
    /// Whose plans are looked at.
    pub explain: Option<Explained>,
    /// From when on a statement is slow.
    pub explain_over: Option<Duration>,
    /// What is kept of parameters.
    pub explain_params: Option<ShownParams>,
    /// Lua memory of a worker.
    pub memory_limit: Option<Bytes>,
    /// Worker threads.
    pub workers: Option<u64>,
    /// The seed of every random stream.
    pub seed: Option<u64>,
    /// Users the scaling estimate is stated for.
    pub scale_to: Option<u64>,
    /// The mean response time that counts as served in it.
    pub scale_target: Option<Duration>,
    /// What the first script bug does.
    pub on_script_bug: Option<OnScriptBug>,
}

impl Settings {
    /// Reads a table of settings; `path` names it in errors, such as `load`.
    ///
    /// A stage may be a table with the key `1` or `duration`, and `users` or `rate`.
    pub fn from_data(data: &Data, path: &str) -> Result<Self, PlanError> {
        let mut settings = Self::default();
        match data {
            Data::Map(fields) => {
                for (name, value) in fields {
                    let full = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                    settings.set(name, Input::Typed(value), &full)?;
                }
                Ok(settings)
            }
            // An empty table is as good a list as a map.
            Data::List(items) if items.is_empty() => Ok(settings),
            other => Err(PlanError::NotATable { path: path.to_owned(), got: other.kind() }),
        }
    }

    /// Sets one of them by name; `written` is how errors name the place: `load.users`, `--users`.
    pub fn set(&mut self, name: &str, input: Input<'_>, written: &str) -> Result<(), PlanError> {
        let Some(setting) = registry::find(name) else {
            let hint = hint_for(name, all().iter().map(|setting| setting.name));
            return Err(PlanError::UnknownSetting { name: written.to_owned(), hint });
        };
        (setting.read)(self, input)
            .map_err(|problem| PlanError::BadSetting { name: written.to_owned(), problem: problem.0 })
    }

    /// Adds another place's values of parameters to these.
    pub fn add_params(&mut self, other: Settings) {
        if let Some(params) = other.params {
            self.params.get_or_insert_default().0.extend(params.0);
        }
    }

    /// The URLs of targets of a kind.
    pub fn urls(&self, kind: TargetKind) -> Option<&Urls> {
        match kind {
            TargetKind::Postgres => self.postgres.as_ref(),
            TargetKind::Redis => self.redis.as_ref(),
            TargetKind::Http => self.http.as_ref(),
        }
    }

    /// The same, to be changed.
    pub fn urls_mut(&mut self, kind: TargetKind) -> &mut Option<Urls> {
        match kind {
            TargetKind::Postgres => &mut self.postgres,
            TargetKind::Redis => &mut self.redis,
            TargetKind::Http => &mut self.http,
        }
    }

    /// Only what is about targets; no load.
    pub fn of_targets(self) -> Self {
        Self {
            postgres: self.postgres,
            redis: self.redis,
            http: self.http,
            connections: self.connections,
            reserve: self.reserve,
            statements: self.statements,
            statement_timeout: self.statement_timeout,
            lock_timeout: self.lock_timeout,
            idle_in_transaction_timeout: self.idle_in_transaction_timeout,
            operation_timeout: self.operation_timeout,
            connect_timeout: self.connect_timeout,
            ..Self::default()
        }
    }

    /// The names of what is set.
    pub fn names(&self) -> Vec<&'static str> {
        self.shown().into_iter().map(|(name, _)| name).collect()
    }

    /// What is set, as it would be written.
    pub fn shown(&self) -> Vec<(&'static str, String)> {
        all().iter().filter_map(|setting| Some((setting.name, (setting.show)(self)?))).collect()
    }
}
