//! What targets told of their time for each statement, beside how long the clients waited for it.

use std::collections::HashMap;

use super::{postgres, redis};
use crate::record::{Record, WARM_UP};

/// What is known of one statement.
#[derive(Debug, Default)]
pub(super) struct Known {
    /// The part of the clients' waiting for executions that succeeded in which the server worked on them; none if that is
    /// not known.
    pub(super) server_share: Option<f64>,
    /// How that splits by event: shares.
    pub(super) events: Vec<(String, f64)>,
}

/// How the clients waited for one statement.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Waited {
    /// For executions that succeeded, in µs.
    pub(super) us: f64,
    /// How many these were.
    pub(super) count: f64,
    /// For those that failed, in µs.
    pub(super) failed_us: f64,
}

impl Waited {
    /// What part of it is so much of the server's time; none of nothing.
    pub(super) fn share(&self, server_us: f64) -> Option<f64> {
        // Others may run the same statement; more than was waited for it can't be the users'.
        (self.us > 0.0).then(|| (server_us / self.us).min(1.0))
    }
}

/// By target and label.
pub(super) type Statements = HashMap<(String, String), Known>;

/// What is known of every statement that was asked of a target which tells its time.
pub(super) fn known_statements(record: &Record) -> Statements {
    let mut statements = Statements::new();
    for ((target, label), waited) in waited(record) {
        let monitor = &record.monitor;
        let known = if let Some(source) = monitor.source("postgres", target) {
            postgres::known(source, label, waited)
        } else if let Some(source) = monitor.source("redis", target) {
            redis::known(source, label, waited)
        } else {
            continue;
        };
        statements.insert((target.to_owned(), label.to_owned()), known);
    }
    statements
}

/// How long the clients waited for each statement while the server counted.
fn waited(record: &Record) -> HashMap<(&str, &str), Waited> {
    let mut waited: HashMap<(&str, &str), Waited> = HashMap::new();
    // Statements count where they began in a measured phase, in or out of operations; the server counts the drain too.
    for statement in &record.statements {
        let all_us = statement.time_us.mean * (statement.succeeded + statement.failed) as f64;
        let own = waited.entry((&statement.target, &statement.label)).or_default();
        own.us += (all_us - statement.failed_us as f64).max(0.0);
        own.count += statement.succeeded as f64;
        own.failed_us += statement.failed_us as f64;
    }
    let drained = record.operations.iter().filter(|operation| !record.is_measured(&operation.phase));
    for used in drained.filter(|operation| operation.phase != WARM_UP).flat_map(|operation| &operation.statements) {
        let own = waited.entry((&used.target, &used.label)).or_default();
        own.us += used.time_us.saturating_sub(used.failed_us) as f64;
        own.count += used.count as f64;
        own.failed_us += used.failed_us as f64;
    }
    waited
}
