//! Where the time of an operation went.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// What an operation asked of a target by one labelled statement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OperationStatement {
    /// The target.
    pub target: String,
    /// The statement's label.
    pub label: String,
    /// How often, over all executions of the operation.
    pub count: u64,
    /// From sending to the last row, summed, in µs.
    pub time_us: u64,
    /// Of that, the time of executions that failed: the server counts none of it.
    #[serde(default)]
    pub failed_us: u64,
}

/// The parts of an operation's mean response, in µs. They add up to it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct BreakdownRecord {
    /// Until a user took it up.
    pub wait: f64,
    /// Waiting for connections.
    pub pool: f64,
    /// In throng and in the script: all that is neither waiting nor asking a target.
    pub client: f64,
    /// Between throng and the execution of its statements: the way there and back, parsing, planning, committing.
    pub network: f64,
    /// The server's own time for its statements.
    pub server: f64,
    /// Asking targets, as far as no server's time is known for it: executions that failed, deadlocks for instance, are in it.
    pub unattributed: f64,
    /// The server's time by what its sessions were met doing: `CPU`, `Lock:transactionid`.
    pub events: BTreeMap<String, f64>,
}

impl BreakdownRecord {
    /// The parts but for `events`, which are parts of `server`.
    pub fn parts(&self) -> [(&'static str, f64); 6] {
        [
            ("wait", self.wait),
            ("pool", self.pool),
            ("client", self.client),
            ("network", self.network),
            ("server", self.server),
            ("unattributed", self.unattributed),
        ]
    }
}
