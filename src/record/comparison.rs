//! What came of holding runs against each other, as plain data.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::ThresholdUnit;

/// The version of the schema of a comparison. It grows when a key changes its meaning or goes away; a key that is added
/// leaves it as it is.
pub const COMPARISON_SCHEMA: u32 = 1;

/// Two sides of runs, figure by figure.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ComparisonRecord {
    /// The version of the schema: [`COMPARISON_SCHEMA`].
    pub schema: u32,
    /// The version of throng that compared.
    pub throng: String,
    /// The scenario of the base.
    pub scenario: String,
    /// What is held against.
    pub base: SideRecord,
    /// What is held against it.
    pub new: SideRecord,
    /// The least change that matters, a part of 1.
    pub min_change: f64,
    /// Whether there are too few runs for verdicts, so that changes are only hints.
    pub indicative: bool,
    /// What else differs between the sides than what was measured.
    pub unlike: Vec<UnlikeRecord>,
    /// What was compared: figures of the whole run, then those of each operation.
    pub figures: Vec<ComparedRecord>,
    /// All figures together.
    pub verdict: ChangeVerdict,
    /// The exit status that a comparison by itself has.
    pub exit_code: u8,
    /// Why the verdict is what it is, a sentence each.
    pub reasons: Vec<String>,
    /// What else has to be known, a sentence each.
    pub notes: Vec<String>,
}

impl ComparisonRecord {
    /// In how many runs of the other side every operation failed, if in none of the base did.
    pub fn wholly_failed(&self) -> Option<usize> {
        let errors = self.figures.iter().find(|figure| figure.operation.is_none() && figure.name == "errors.rate")?;
        let failed = |runs: &[f64]| runs.iter().filter(|rate| **rate >= 1.0).count();
        let (base, new) = (failed(&errors.base), failed(&errors.new));
        (new > 0 && base == 0).then_some(new)
    }
}

/// The runs of one side.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct SideRecord {
    /// What it is called.
    pub name: String,
    /// Its runs, in the order in which they were given.
    pub runs: Vec<ComparedRun>,
}

/// A run that is compared.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ComparedRun {
    /// Tells it from all others.
    pub run_id: String,
    /// When its clock started, RFC 3339, UTC.
    pub started_at: String,
    /// The seed of its random streams.
    pub seed: u64,
    /// The file of its record.
    pub record: String,
}

/// Something that differs between runs, other than what was measured.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnlikeRecord {
    /// What it is.
    pub what: String,
    /// What it was for the base.
    pub base: String,
    /// What it was for the other side, or for another run of the same side.
    pub new: String,
}

/// One figure of both sides.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ComparedRecord {
    /// The figure, as a threshold would name it: `response.p95`, `response{operation=view}.mean`.
    pub name: String,
    /// The operation, if it is a figure of one.
    pub operation: Option<String>,
    /// The unit of the figures below.
    pub unit: ThresholdUnit,
    /// Whether more of it is better.
    pub more_is_better: bool,
    /// The figure of each run of the base.
    pub base: Vec<f64>,
    /// The figure of each run of the other side.
    pub new: Vec<f64>,
    /// The median of the base.
    pub base_median: f64,
    /// The median of the other side.
    pub new_median: f64,
    /// By how much the other side is higher (Hodges and Lehmann), in the figure's unit.
    pub shift: f64,
    /// The lower end of its 95 % interval; `null` where one can't be told.
    pub low: Option<f64>,
    /// The upper end.
    pub high: Option<f64>,
    /// The shift by the base's median, a part of 1; of an error rate in its own unit; `null` where the base is 0.
    pub change: Option<f64>,
    /// By how much two runs of the base differ in the median, measured as `change` is; `null` of a single run.
    pub noise: Option<f64>,
    /// How likely the runs would be sorted as clearly in the direction of the shift if there were no difference (Mann and
    /// Whitney); `null` where there are too few runs.
    pub p: Option<f64>,
    /// The same, adjusted to how many figures were looked at, and scaled so that 0.05 is the bound of all.
    pub p_adjusted: Option<f64>,
    /// What follows.
    pub verdict: ChangeVerdict,
}

/// What became of a figure, or of all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ChangeVerdict {
    /// It changed for the worse, by chance hardly, and by as much as matters.
    Worse,
    /// It changed for the better, likewise.
    Better,
    /// If it changed, then by less than matters.
    Unchanged,
    /// Both are possible.
    Unclear,
}

impl fmt::Display for ChangeVerdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Worse => "worse",
            Self::Better => "better",
            Self::Unchanged => "unchanged",
            Self::Unclear => "unclear",
        })
    }
}
