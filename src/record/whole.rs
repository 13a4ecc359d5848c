//! The whole record of one run.

use serde::{Deserialize, Serialize};

use super::{
    CheckRecord, ErrorRecord, ExplainRecord, FindingRecord, GeneratorRecord, HeadroomRecord, IntervalRecord,
    LoadRecord, MetricRecord, MonitorRecord, OperationRecord, PersonaRecord, PhaseRecord, PlanRecord, PoolRecord,
    PresetRecord, RuleRecord, ScalingRecord, ScenarioRecord, StatementRecord, SteeredFigure, SteeringRecord,
    TargetRecord, ThresholdRecord, Totals, Verdict,
};

/// The version of the schema that this throng writes. It grows when a key changes its meaning or
/// goes away; a key that is added leaves it as it is.
pub const SCHEMA: u32 = 1;

/// Everything that is known of one run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// The version of the schema: [`SCHEMA`].
    pub schema: u32,
    /// The version of throng that wrote it.
    pub throng: String,
    /// Tells this run from all others; in PostgreSQL its connections are called `throng SCENARIO ID`.
    pub run_id: String,
    /// When the run's clock started, RFC 3339, UTC.
    pub started_at: String,
    /// The seed of every random stream.
    pub seed: u64,
    /// What was played.
    pub scenario: ScenarioRecord,
    /// How the run ended.
    pub verdict: Verdict,
    /// The exit status of the process.
    pub exit_code: u8,
    /// Why the verdict is what it is, one sentence each; empty when the run simply passed.
    pub reasons: Vec<String>,
    /// Seconds of measured time: the sum of the measured phases.
    pub duration_s: f64,
    /// Seconds that `setup` took.
    pub setup_s: f64,
    /// Seconds that `verify` took.
    pub verify_s: f64,
    /// Seconds that `teardown` took.
    pub teardown_s: f64,
    /// The load that was asked for.
    pub load: LoadRecord,
    /// The systems under test.
    pub targets: Vec<TargetRecord>,
    /// Worker threads.
    pub workers: usize,
    /// The run's timeline.
    pub phases: Vec<PhaseRecord>,
    /// Sums over measured phases.
    pub totals: Totals,
    /// Iterations of each persona in measured phases.
    pub personas: Vec<PersonaRecord>,
    /// Figures of each operation by persona and phase, unmeasured phases included.
    pub operations: Vec<OperationRecord>,
    /// Errors by class, operation, persona and phase, the most frequent first.
    pub errors: Vec<ErrorRecord>,
    /// Each threshold with what was observed.
    pub thresholds: Vec<ThresholdRecord>,
    /// What `verify` found.
    pub checks: Vec<CheckRecord>,
    /// The run second by second.
    pub intervals: Vec<IntervalRecord>,
    /// Connections that were given up because others needed theirs, and taken back.
    #[serde(default)]
    pub headroom: Vec<HeadroomRecord>,
    /// What somebody changed of the load by hand while the run went on; empty for a run that was played as planned.
    #[serde(default)]
    pub steering: Vec<SteeringRecord>,
    /// Pools of connections.
    pub pools: Vec<PoolRecord>,
    /// Labelled statements.
    pub statements: Vec<StatementRecord>,
    /// Metrics of the scenario's own.
    pub metrics: Vec<MetricRecord>,
    /// The health of throng itself while it ran.
    pub generator: GeneratorRecord,
    /// How the system scaled, if the run went through several numbers of users.
    #[serde(default)]
    pub scaling: Option<ScalingRecord>,
    /// What was seen of the targets while the users were there.
    #[serde(default)]
    pub monitor: MonitorRecord,
    /// How the server carries out statements, if that was asked for.
    #[serde(default)]
    pub plans: Vec<PlanRecord>,
    /// Which plans were asked for; none where none were.
    #[serde(default)]
    pub explain: Option<ExplainRecord>,
    /// The limits that ratings and findings are made by.
    #[serde(default)]
    pub preset: PresetRecord,
    /// What was found wrong, the most severe first.
    #[serde(default)]
    pub findings: Vec<FindingRecord>,
    /// The rules that looked for it, and those that could not.
    #[serde(default)]
    pub rules: Vec<RuleRecord>,
}

impl Record {
    /// The operations of measured phases.
    pub fn measured_operations(&self) -> impl Iterator<Item = &OperationRecord> {
        self.operations.iter().filter(|operation| self.is_measured(&operation.phase))
    }

    /// The intervals that began in measured phases.
    pub fn measured_intervals(&self) -> impl Iterator<Item = &IntervalRecord> {
        self.intervals.iter().filter(|interval| self.is_measured(&interval.phase))
    }

    /// Whether somebody changed the number of users or the rate by hand, so that the load was not the one planned.
    pub fn load_was_changed(&self) -> bool {
        self.steering.iter().any(|change| matches!(change.what, SteeredFigure::Users | SteeredFigure::Rate))
    }

    /// Whether figures of this phase count.
    pub fn is_measured(&self, phase: &str) -> bool {
        self.phases.iter().find(|known| known.name == phase).map_or_else(|| super::is_measured(phase), |p| p.measured)
    }
}
