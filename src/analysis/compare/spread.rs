//! By how much runs of one kind differ, when there are no others to hold them against.

use super::figures::{HEADLINE, Key, figures};
use super::judge::noise;
use super::whole::PlayedRun;
use crate::analysis::median::median;
use crate::record::ThresholdUnit;

/// A figure over runs that did the same.
#[derive(Debug, Clone, PartialEq)]
pub struct Spread {
    /// The figure, as a threshold would name it.
    pub name: String,
    /// Its unit.
    pub unit: ThresholdUnit,
    /// Its median.
    pub median: f64,
    /// That of the run with the least.
    pub low: f64,
    /// That of the run with the most.
    pub high: f64,
    /// By how much two runs differ in the median, in the figure's unit; none of a single run.
    pub noise: Option<f64>,
}

/// The figures of the whole run that all of these runs have.
pub fn spread(runs: &[PlayedRun]) -> Vec<Spread> {
    let all: Vec<_> = runs.iter().map(|run| figures(&run.record)).collect();
    let of = |kind| {
        let key = Key { operation: None, kind };
        let values: Vec<f64> = all.iter().map(|run| run.get(&key).copied()).collect::<Option<_>>()?;
        let low = values.iter().copied().reduce(f64::min)?;
        let high = values.iter().copied().reduce(f64::max)?;
        let noise = noise(&values);
        Some(Spread { name: key.name(), unit: kind.unit(), median: median(values), low, high, noise })
    };
    HEADLINE.into_iter().filter_map(of).collect()
}
