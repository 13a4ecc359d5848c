//! What was asked for: scenario, load, targets.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The scenario that was played.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ScenarioRecord {
    /// Its name: the file name without the extension.
    pub name: String,
    /// One line on what it models.
    pub about: String,
    /// SHA-256 of its source, in hex.
    pub source_hash: String,
    /// The profile in force.
    pub profile: Option<String>,
    /// Parameters with the values in force.
    pub params: Map<String, Value>,
}

/// The load that was asked for.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct LoadRecord {
    /// Seconds of warm-up before anything counts.
    pub warm_up_s: f64,
    /// Seconds that unfinished iterations were given at the end.
    pub graceful_stop_s: f64,
    /// The number of users that the scaling estimate is made for.
    pub scale_to: u64,
    /// Populations, each with a load of its own.
    pub groups: Vec<GroupRecord>,
}

/// A population and its load. What a model does not have is `null`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct GroupRecord {
    /// The load model's name, such as `users x iterations`.
    pub model: String,
    /// The most users at a time.
    pub users: Option<u64>,
    /// Iterations of each user, or of all together, as the model says.
    pub iterations: Option<u64>,
    /// Arrivals a second; the highest, when it changes.
    pub rate_per_s: Option<f64>,
    /// Seconds the load lasts, without warm-up, if that is fixed.
    pub duration_s: Option<f64>,
    /// Seconds over which users start.
    pub ramp_up_s: Option<f64>,
    /// Open load: `regular` or `poisson` arrivals.
    pub arrivals: Option<String>,
    /// Open load: `queue` or `drop`, for arrivals that find nobody free.
    pub overflow: Option<String>,
    /// Stages of a changing load, in order.
    pub stages: Vec<StageRecord>,
    /// Who plays what.
    pub personas: Vec<PersonaLoad>,
}

/// One stage of a changing load.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StageRecord {
    /// Seconds it lasts.
    pub duration_s: f64,
    /// Users, or arrivals a second, at its end.
    pub target: f64,
}

/// A persona's part of a population.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PersonaLoad {
    /// Its name.
    pub name: String,
    /// Whether it is a mix of operations (one an iteration) or a flow.
    pub mix: bool,
    /// Its part of the users or arrivals, in percent.
    pub share_percent: f64,
    /// Users that play it; `null` in open load.
    pub users: Option<u64>,
    /// How long its users think, for people: `50 ms to 150 ms`.
    pub think: String,
    /// The mean of that in µs.
    pub think_mean_us: f64,
}

/// A system under test.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TargetRecord {
    /// Its name in the scenario.
    pub name: String,
    /// `postgres`, `redis`.
    pub kind: String,
    /// The server's version, if it was reached.
    pub version: Option<String>,
    /// Where it is, without a password.
    pub address: String,
}
