//! The record: what a run measured, as plain data, from which every report is made.
//!
//! `docs/record.md` describes every key. [`Record`] is the whole; [`Collector`] builds one
//! out of the intervals that the engine hands it. Nothing here judges: verdicts, thresholds
//! and ratings are filled in by `analysis`.

mod breakdown;
mod collect;
mod comparison;
mod context;
mod figures;
mod finding;
mod generator;
mod headroom;
mod histogram;
mod history;
mod interval;
mod monitor;
mod outcome;
mod phase;
mod plans;
mod preset;
mod progress;
mod reading;
mod scaling;
mod series;
mod spool;
mod spread;
mod steering;
mod suite;
mod sums;
mod whole;

pub use breakdown::{BreakdownRecord, OperationStatement};
pub use collect::{Collector, Finish, IntervalInput, PoolKey};
pub use comparison::{
    COMPARISON_SCHEMA, ChangeVerdict, ComparedRecord, ComparedRun, ComparisonRecord, SideRecord, UnlikeRecord,
};
pub use context::{GroupRecord, LoadRecord, PersonaLoad, ScenarioRecord, TargetRecord};
pub use figures::{
    ErrorRecord, MetricRecord, MetricValue, OperationRecord, PersonaRecord, PoolRecord, StatementRecord, Totals,
    TrendSummary,
};
pub use finding::{EvidenceRecord, EvidenceUnit, FindingRecord, RuleRecord, Severity};
pub use generator::{BusyRecord, GeneratorRecord};
pub use headroom::HeadroomRecord;
pub use histogram::{DecodeError, decode, decode_sum, encode};
pub use history::{ChangePointRecord, HISTORY_SCHEMA, HistoryRecord, LineRecord, TrendRecord, WorkRecord};
pub use interval::{
    IntervalError, IntervalGenerator, IntervalMetric, IntervalOperation, IntervalPool, IntervalRecord,
    IntervalStatement,
};
pub use monitor::{
    Extent, FactsRecord, MONITOR_SCHEMA, MissingRecord, MonitorRecord, ProfileRecord, ProfileTotal, RowRecord,
    RowsRecord, SamplerData, SamplerRecord, SeriesRecord, Sighting, SightingsRecord, SourceRecord,
};
pub use outcome::{CheckRecord, ThresholdRecord, ThresholdUnit, Verdict};
pub use phase::{DRAIN, MAIN, PAUSED, PhaseRecord, WARM_UP, is_measured};
pub use plans::{ActualRecord, Condition, ExplainRecord, PlanChange, PlanNode, PlanRecord};
pub use preset::PresetRecord;
pub use progress::Progress;
pub use reading::{Reading, StretchesRecord};
pub use scaling::{CurveRecord, ScalingRecord, ScalingStep};
pub use spread::{SPREAD_SCHEMA, SpreadFigure, SpreadRecord};
pub use steering::{SteeredFigure, SteeringRecord};
pub use suite::{ResourceFigures, RunFigures, SUITE_SCHEMA, SuiteRecord, SuiteRunRecord, SuiteRunState, ToBaseline};
pub use whole::{Record, SCHEMA};
