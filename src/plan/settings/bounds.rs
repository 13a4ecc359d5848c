//! Settings that must keep within sensible bounds.

use std::time::Duration;

use super::super::{Limits, PlanError};
use super::Settings;

/// Less Lua memory, and not even the standard library fits.
const LEAST_MEMORY: u64 = 1 << 20;

/// A count from 1 to `most`, if it is given.
pub(super) fn bounded(name: &str, value: Option<u64>, most: u64) -> Result<Option<u64>, PlanError> {
    match value {
        Some(value) if value < 1 || value > most => {
            Err(PlanError::OutOfBounds { name: name.to_owned(), least: 1, most, value })
        }
        _ => Ok(value),
    }
}

/// A time longer than nothing, if it is given.
pub(super) fn positive(name: &str, value: Option<Duration>) -> Result<Option<Duration>, PlanError> {
    match value {
        Some(Duration::ZERO) => {
            Err(PlanError::BadSetting { name: name.to_owned(), problem: "must be more than zero".to_owned() })
        }
        _ => Ok(value),
    }
}

/// Timeouts and ceilings, with defaults.
pub(super) fn limits(settings: &Settings) -> Result<Limits, PlanError> {
    let default = Limits::default();
    let memory_bytes = match settings.memory_limit {
        Some(limit) if limit.0 < LEAST_MEMORY => {
            let problem = "must be at least `1MiB`".to_owned();
            return Err(PlanError::BadSetting { name: "memory_limit".to_owned(), problem });
        }
        Some(limit) => usize::try_from(limit.0).unwrap_or(usize::MAX),
        None => default.memory_bytes,
    };
    Ok(Limits {
        statement: positive("statement_timeout", settings.statement_timeout)?.unwrap_or(default.statement),
        operation: positive("operation_timeout", settings.operation_timeout)?.unwrap_or(default.operation),
        connect: positive("connect_timeout", settings.connect_timeout)?.unwrap_or(default.connect),
        lock: settings.lock_timeout,
        idle_in_transaction: settings.idle_in_transaction_timeout,
        memory_bytes,
    })
}
