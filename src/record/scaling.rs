//! How the system scaled, in a run that went through several numbers of users.

use serde::{Deserialize, Serialize};

/// A staircase of loads, and what follows from it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ScalingRecord {
    /// Each number of users that was held for a while, the smallest first.
    pub steps: Vec<ScalingStep>,
    /// The mean response time that counts as served, in µs.
    pub target_us: f64,
    /// The number of users asked about.
    pub to: u64,
    /// What users spent neither waiting for an operation nor in one, by operation, in µs: the median over the steps.
    pub think_us: f64,
    /// The curve through the steps; `null` if there can be none.
    pub curve: Option<CurveRecord>,
    /// Why there is no curve.
    pub refused: Option<String>,
    /// What makes the curve doubtful, a sentence each.
    pub warnings: Vec<String>,
    /// What to do, in a sentence or two.
    pub recommendation: String,
}

/// A number of users that was held for a while.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ScalingStep {
    /// Users.
    pub users: u64,
    /// Seconds that figures are of, without those in which the step settled.
    pub seconds: f64,
    /// Operations that succeeded, a second.
    pub throughput_per_s: f64,
    /// Mean response time in µs.
    pub response_mean_us: f64,
    /// 95th percentile of the response times in µs.
    pub response_p95_us: u64,
    /// Operations that failed by all that ended, a part of 1.
    pub error_rate: f64,
    /// Mean processor time of the generator, in percent of its worker threads.
    pub generator_cpu_percent: f64,
    /// Users that would be served by the linear rule: target response time by this mean, times users.
    pub linear_capacity: f64,
}

impl CurveRecord {
    /// Operations a second of so many users.
    pub fn throughput_per_s(&self, users: f64) -> f64 {
        self.lambda_per_s * users / (1.0 + self.sigma * (users - 1.0) + self.kappa * users * (users - 1.0))
    }
}

/// The Universal Scalability Law through the steps.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct CurveRecord {
    /// λ: operations a second of one user by himself.
    pub lambda_per_s: f64,
    /// σ: contention.
    pub sigma: f64,
    /// κ: coherence.
    pub kappa: f64,
    /// The part of the variance of throughput that the curve accounts for.
    pub r_squared: f64,
    /// The root of the mean square of its relative errors.
    pub residual: f64,
    /// The users at which throughput is highest; `null` if the curve never falls.
    pub peak_users: Option<f64>,
    /// The throughput there.
    pub peak_throughput_per_s: Option<f64>,
    /// The most users whose mean response time is within the target; `null` if the curve knows no limit.
    pub capacity: Option<f64>,
    /// The least that comes out as capacity when one of the steps is left out; `null` if there is no limit.
    pub capacity_low: Option<f64>,
    /// The most that comes out so; `null` if there is no limit.
    pub capacity_high: Option<f64>,
    /// Throughput at the number of users asked about.
    pub throughput_at_per_s: f64,
    /// Mean response time there, in µs.
    pub response_at_us: f64,
    /// Whether that number is beyond all that were measured.
    pub extrapolated: bool,
}
