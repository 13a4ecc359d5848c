//! What is compared: the figures of the whole run, and two of each operation.

use std::collections::BTreeMap;

use hdrhistogram::Histogram;

use crate::record::{ChangeVerdict, IntervalRecord, Record, ThresholdUnit, decode};
use crate::stats::Summary;

/// Operations that ended, below which the figures of one operation are too rough to be compared.
pub(super) const LEAST_ENDED: u64 = 20;

/// The least rise of an error rate that matters, whatever the share of it that does: one in a thousand.
const LEAST_POINTS: f64 = 0.001;

/// One figure, whatever run it is of.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::analysis) struct Key {
    /// None for one of the whole run.
    pub operation: Option<String>,
    /// What is told.
    pub kind: Kind,
}

/// What is told by a figure. The order is that in which they are asked where there are too few runs for all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::analysis) enum Kind {
    /// Mean response time.
    Mean,
    /// 95th percentile of the response times.
    P95,
    /// Their median.
    Median,
    /// Operations that succeeded, a second.
    Throughput,
    /// 99th percentile of the response times.
    P99,
    /// The part of operations that failed.
    ErrorRate,
}

/// The figures of the whole run, in the order in which they are shown.
pub(in crate::analysis) const HEADLINE: [Kind; 6] =
    [Kind::Throughput, Kind::Mean, Kind::Median, Kind::P95, Kind::P99, Kind::ErrorRate];

impl Kind {
    /// Its unit.
    pub fn unit(self) -> ThresholdUnit {
        match self {
            Self::Mean | Self::Median | Self::P95 | Self::P99 => ThresholdUnit::Us,
            Self::Throughput => ThresholdUnit::PerS,
            Self::ErrorRate => ThresholdUnit::Share,
        }
    }

    /// Whether more of it is better.
    pub fn more_is_better(self) -> bool {
        self == Self::Throughput
    }

    /// The least change from a level that matters, in the figure's unit, where such a part of it does.
    pub fn matters(self, min_change: f64, level: f64) -> f64 {
        let part = min_change * level.abs();
        if self == Self::ErrorRate { part.max(LEAST_POINTS) } else { part }
    }

    /// A difference as it is told: an error rate's in points, that of others as a part of the base; none of a base of 0.
    pub fn change(self, by: f64, base: f64) -> Option<f64> {
        match self {
            Self::ErrorRate => Some(by),
            _ => (base != 0.0).then(|| by / base),
        }
    }

    /// Whether a rise by so much, or a fall if it is negative, is for the better or for the worse.
    pub fn direction(self, by: f64) -> ChangeVerdict {
        if (by > 0.0) == self.more_is_better() { ChangeVerdict::Better } else { ChangeVerdict::Worse }
    }

    fn time(self, times: &Summary) -> Option<f64> {
        match self {
            Self::Mean => Some(times.mean),
            Self::Median => Some(times.p50 as f64),
            Self::P95 => Some(times.p95 as f64),
            Self::P99 => Some(times.p99 as f64),
            Self::Throughput | Self::ErrorRate => None,
        }
    }

    /// As a threshold would name it.
    fn name(self) -> (&'static str, &'static str) {
        match self {
            Self::Mean => ("response", ".mean"),
            Self::Median => ("response", ".p50"),
            Self::P95 => ("response", ".p95"),
            Self::P99 => ("response", ".p99"),
            Self::Throughput => ("throughput", ""),
            Self::ErrorRate => ("errors", ".rate"),
        }
    }
}

impl Key {
    /// As a threshold would name it.
    pub fn name(&self) -> String {
        let (figure, stat) = self.kind.name();
        match &self.operation {
            Some(operation) => format!("{figure}{{operation={operation}}}{stat}"),
            None => format!("{figure}{stat}"),
        }
    }
}

/// The figures of a run; those of the whole are missing if nothing came to an end in it, those of an operation if hardly any did.
pub(in crate::analysis) fn figures(record: &Record) -> BTreeMap<Key, f64> {
    let totals = &record.totals;
    let mut figures = BTreeMap::new();
    if totals.operations_finished() == 0 {
        return figures;
    }
    let failed = totals.operations_failed + totals.errors_outside;
    for kind in HEADLINE {
        let value = match kind {
            Kind::Throughput => totals.throughput_per_s,
            Kind::ErrorRate => failed as f64 / totals.attempts() as f64,
            _ => kind.time(&totals.response_us).unwrap_or_default(),
        };
        figures.insert(Key { operation: None, kind }, value);
    }
    for (operation, times) in operations(record) {
        let mut add = |kind, value| figures.insert(Key { operation: Some(operation.clone()), kind }, value);
        add(Kind::Mean, times.mean);
        add(Kind::P95, times.p95);
    }
    figures
}

struct Times {
    mean: f64,
    p95: f64,
}

/// Each operation over all personas and measured phases.
fn operations(record: &Record) -> BTreeMap<String, Times> {
    let mut ended = BTreeMap::<&str, (u64, f64, Option<Histogram<u64>>)>::new();
    for operation in record.measured_operations().filter(|operation| operation.finished() > 0) {
        let (count, sum, histogram) = ended.entry(&operation.name).or_default();
        *count += operation.finished();
        *sum += operation.response_us.mean * operation.finished() as f64;
        // A damaged histogram leaves the operation out below, since its counts don't add up.
        let Ok(more) = decode(&operation.histogram) else { continue };
        match histogram {
            // All have the same bounds, so adding them up can't fail.
            Some(all) => all.add(&more).unwrap_or(()),
            None => *histogram = Some(more),
        }
    }
    if ended.len() < 2 {
        // Those of the only one are those of the run.
        return BTreeMap::new();
    }
    let whole = ended.into_iter().filter_map(|(name, (count, sum, histogram))| {
        let histogram = histogram.filter(|histogram| histogram.len() == count && count >= LEAST_ENDED)?;
        Some((name.to_owned(), Times { mean: sum / count as f64, p95: histogram.value_at_quantile(0.95) as f64 }))
    });
    whole.collect()
}

/// A figure of the whole run interval by interval, each with its weight; of the measured part only.
pub(super) fn course(record: &Record, kind: Kind) -> Vec<(f64, f64)> {
    // Intervals don't tell of errors outside operations, which are a part of the rate.
    if kind == Kind::ErrorRate && record.totals.errors_outside > 0 {
        return Vec::new();
    }
    let of = |interval: &IntervalRecord| {
        let ended = (interval.operations_succeeded + interval.operations_failed) as f64;
        match kind {
            Kind::Throughput => Some((interval.throughput_per_s, interval.length_s)),
            Kind::ErrorRate => (ended > 0.0).then(|| (interval.operations_failed as f64 / ended, ended)),
            _ => Some((kind.time(interval.times(&interval.response_us)?)?, ended)),
        }
    };
    record.measured_intervals().filter_map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{Collector, Finish};

    #[test]
    fn a_run_in_which_nothing_ended_has_no_figures() {
        assert!(figures(&Collector::default().finish(Finish::default())).is_empty());
    }

    #[test]
    fn names_are_those_of_thresholds() {
        let name = |operation: Option<&str>, kind| Key { operation: operation.map(str::to_owned), kind }.name();
        assert_eq!(name(None, Kind::Throughput), "throughput");
        assert_eq!(name(None, Kind::ErrorRate), "errors.rate");
        assert_eq!(name(Some("view"), Kind::P95), "response{operation=view}.p95");
        for kind in HEADLINE {
            let rule = format!("{} < 1{}", name(None, kind), if kind.unit() == ThresholdUnit::Us { "s" } else { "" });
            let rule = if kind == Kind::Throughput { "throughput < 1/s".to_owned() } else { rule };
            let rule = if kind == Kind::ErrorRate { "errors.rate < 1%".to_owned() } else { rule };
            crate::analysis::threshold::Thresholds::parse(std::slice::from_ref(&rule))
                .unwrap_or_else(|e| panic!("{rule}: {e}"));
        }
    }
}
