//! Phases of a run's timeline, and which of them count.

use serde::{Deserialize, Serialize};

use crate::stats::Summary;

/// Before the measured load.
pub const WARM_UP: &str = "warm_up";

/// The measured load, unless the scenario names phases of its own.
pub const MAIN: &str = "main";

/// After the load's end, while iterations that were under way finish.
pub const DRAIN: &str = "drain";

/// While somebody has the load stand still.
pub const PAUSED: &str = "paused";

/// Whether the figures of a phase count: those of all but warm-up, drain and pauses do.
pub fn is_measured(phase: &str) -> bool {
    ![WARM_UP, DRAIN, PAUSED].contains(&phase)
}

/// A named stretch of the run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PhaseRecord {
    /// Its name.
    pub name: String,
    /// When it began, in seconds of the run's clock.
    pub from_s: f64,
    /// When it ended.
    pub to_s: f64,
    /// Whether its figures count in totals and thresholds.
    pub measured: bool,
    /// Response times of the operations that were due in the phase of this name.
    #[serde(default)]
    pub response_us: Summary,
}

impl PhaseRecord {
    /// A phase that counts unless it is warm-up, drain or a pause, without figures as yet.
    pub fn new(name: &str, from_s: f64, to_s: f64) -> Self {
        let (measured, response_us) = (is_measured(name), Summary::default());
        Self { name: name.to_owned(), from_s, to_s, measured, response_us }
    }
}
