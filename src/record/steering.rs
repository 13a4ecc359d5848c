//! What somebody changed of the load while the run went on.

use std::fmt;

use serde::{Deserialize, Serialize};

/// One change that somebody made by hand.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SteeringRecord {
    /// Seconds of the run's clock at which it took effect.
    pub at_s: f64,
    /// What was changed.
    pub what: SteeredFigure,
    /// What it was: users, or arrivals a second; `null` for a pause.
    pub from: Option<f64>,
    /// What it became.
    pub to: Option<f64>,
}

/// What can be changed of a load while a run goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SteeredFigure {
    /// No iteration began and nothing fell due from then on.
    Paused,
    /// It went on.
    Resumed,
    /// The number of users.
    Users,
    /// The rate of arrivals.
    Rate,
}

impl fmt::Display for SteeringRecord {
    /// `paused at 12.3 s`, `users 50 → 55 at 12.3 s`, `rate 100 → 110/s at 12.3 s`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, unit) = match self.what {
            SteeredFigure::Paused => ("paused", ""),
            SteeredFigure::Resumed => ("resumed", ""),
            SteeredFigure::Users => ("users", ""),
            SteeredFigure::Rate => ("rate", "/s"),
        };
        f.write_str(name)?;
        if let (Some(from), Some(to)) = (self.from, self.to) {
            // No more digits than a change by a tenth needs.
            let round = |figure: f64| (figure * 1e3).round() / 1e3;
            write!(f, " {} → {}{unit}", round(from), round(to))?;
        }
        let precision = if self.at_s < 9.995 { 2 } else { 1 };
        write!(f, " at {:.precision$} s", self.at_s)
    }
}
