//! By how much runs of one kind differ, when there are no others to hold them against.

use super::figures::{HEADLINE, Key, figures};
use super::judge::noise;
use super::whole::PlayedRun;
use crate::analysis::median::median;
use crate::record::{SPREAD_SCHEMA, SpreadFigure, SpreadRecord};

/// What these runs show of each other.
pub fn spread(runs: &[PlayedRun]) -> SpreadRecord {
    let all: Vec<_> = runs.iter().map(|run| figures(&run.record)).collect();
    let of = |kind| {
        let key = Key { operation: None, kind };
        let values: Vec<f64> = all.iter().map(|run| run.get(&key).copied()).collect::<Option<_>>()?;
        let lowest = values.iter().copied().reduce(f64::min)?;
        let highest = values.iter().copied().reduce(f64::max)?;
        let (median, noise) = (median(values.clone()), noise(&values));
        Some(SpreadFigure { name: key.name(), unit: kind.unit(), values, median, lowest, highest, noise })
    };
    SpreadRecord {
        schema: SPREAD_SCHEMA,
        throng: env!("CARGO_PKG_VERSION").to_owned(),
        scenario: runs.first().map(|run| run.record.scenario.name.clone()).unwrap_or_default(),
        runs: runs.iter().map(Into::into).collect(),
        figures: HEADLINE.into_iter().filter_map(of).collect(),
    }
}
