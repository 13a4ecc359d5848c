//! Connections that a run gave up because others needed theirs.

use serde::{Deserialize, Serialize};

/// From when on the pools of a target had how many connections; there is none for pools that kept all of theirs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HeadroomRecord {
    /// The target's name.
    pub target: String,
    /// Seconds of the run's clock from which this holds.
    pub at_s: f64,
    /// Connections that the pools may have from then on, over all workers.
    pub connections: u64,
    /// Connections that they would have had.
    pub planned: u64,
}
