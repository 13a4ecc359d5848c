//! What one rule has seen: of the whole run, or of one interval.

use super::connections::Connections;
use super::rule::{Figure, IterationKind, MetricStat, Rule, Stat, TimePart};
use crate::record::{IntervalInput, PhaseRecord, is_measured};
use crate::stats::{CellStats, IterationCounts, Latency, MetricStats};

/// The samples of one rule's figure.
#[derive(Debug, Clone, Default)]
pub(super) struct Tally {
    /// Times, for a figure of times.
    times: Latency,
    /// What is counted: failures, errors, iterations of the kind, operations that succeeded in time.
    part: u64,
    /// What it is a part of: operations that came to an end and errors outside of any, iterations offered.
    whole: u64,
    /// The metric, for a figure of a metric.
    metric: Option<MetricStats>,
    /// The pools, for a figure of connections.
    connections: Option<Connections>,
    /// Measured seconds.
    seconds: f64,
}

impl Tally {
    /// What `rule` sees in one interval, over the `phases` of the run up to its end.
    pub(super) fn of(rule: &Rule, input: &IntervalInput<'_>, phases: &[PhaseRecord]) -> Self {
        let mut tally = Self { seconds: seconds_within(rule, input, phases), ..Self::default() };
        match &rule.figure {
            Figure::Time(part, _) => tally.add_times(rule, *part, input),
            Figure::ErrorRate | Figure::ErrorCount => tally.add_errors(rule, input),
            Figure::Throughput => {
                for cell in cells(rule, input) {
                    tally.part += cell.in_time;
                    tally.whole += cell.succeeded + cell.failed;
                }
            }
            Figure::Iterations(kind) => {
                for counts in iterations(rule, input) {
                    tally.part += kind.of(counts);
                    tally.whole += counts.offered;
                }
            }
            Figure::DroppedRate => {
                for counts in iterations(rule, input) {
                    tally.part += counts.dropped;
                    tally.whole += counts.offered;
                }
            }
            // It is looked at when the run is over.
            Figure::Watched(_) => {}
            Figure::Connections(_) => tally.connections = Some(Connections::of(input.pools, tally.seconds > 0.0)),
            Figure::Metric(name, _) => tally.add_metric(rule, name, input),
        }
        tally
    }

    fn add_times(&mut self, rule: &Rule, part: TimePart, input: &IntervalInput<'_>) {
        for cell in cells(rule, input) {
            self.times.merge(match part {
                TimePart::Response => &cell.response,
                TimePart::Wait => &cell.wait,
                TimePart::Pool => &cell.pool,
                TimePart::Service => &cell.service,
            });
        }
    }

    fn add_errors(&mut self, rule: &Rule, input: &IntervalInput<'_>) {
        let errors = || {
            let admitted = |(persona, operation, phase): (&str, &str, &str)| {
                is_measured(phase) && rule.admits(persona, Some(operation), phase)
            };
            input.figures.errors.iter().filter(move |(key, _)| admitted((&key.persona, &key.operation, &key.phase)))
        };
        let outside: u64 = errors().filter(|(key, _)| key.is_outside()).map(|(_, stats)| stats.count).sum();
        self.whole = outside + cells(rule, input).map(|cell| cell.succeeded + cell.failed).sum::<u64>();
        self.part = match rule.figure {
            // An error that passes through several operations fails each of them, but is one error.
            Figure::ErrorRate if !rule.asks_for_class() => {
                outside + cells(rule, input).map(|cell| cell.failed).sum::<u64>()
            }
            _ => errors().filter(|(key, _)| rule.admits_class(&key.class)).map(|(_, stats)| stats.count).sum(),
        };
    }

    fn add_metric(&mut self, rule: &Rule, name: &str, input: &IntervalInput<'_>) {
        let mut found: Vec<_> =
            input.figures.metrics.iter().filter(|(key, _)| key.name == name && rule.admits_tags(&key.tags)).collect();
        // Of gauges with several tags the last value is that of the last tags, whatever the map's order.
        found.sort_by_key(|(key, _)| *key);
        found.into_iter().for_each(|(_, stats)| self.merge_metric(stats));
    }

    fn merge_metric(&mut self, stats: &MetricStats) {
        match &mut self.metric {
            Some(mine) => mine.merge(stats),
            None => self.metric = Some(stats.clone()),
        }
    }

    /// Adds a later tally of the same rule.
    pub(super) fn merge(&mut self, later: &Tally) {
        self.times.merge(&later.times);
        self.part += later.part;
        self.whole += later.whole;
        self.seconds += later.seconds;
        if let Some(later) = &later.connections {
            self.connections.get_or_insert_default().merge(later);
        }
        later.metric.iter().for_each(|stats| self.merge_metric(stats));
    }

    /// The sum of tallies, earliest first.
    pub(super) fn sum<'a>(tallies: impl Iterator<Item = &'a Tally>) -> Self {
        let mut sum = Self::default();
        tallies.for_each(|tally| sum.merge(tally));
        sum
    }

    /// Measured seconds.
    pub(super) fn seconds(&self) -> f64 {
        self.seconds
    }

    /// The same figures over another stretch of measured time.
    pub(super) fn over(&self, seconds: f64) -> Self {
        Self { seconds, ..self.clone() }
    }

    /// Whether there was anything to look at.
    pub(super) fn met(&self) -> bool {
        self.times.count() + self.whole + self.part > 0 || self.metric.is_some() || self.connections.is_some()
    }

    /// The figure, if there is one.
    pub(super) fn value(&self, figure: &Figure) -> Option<f64> {
        let share = |part: u64, whole: u64| (whole > 0).then(|| part as f64 / whole as f64);
        match figure {
            Figure::Time(_, stat) => (self.times.count() > 0).then(|| time(&self.times, *stat)),
            Figure::ErrorRate | Figure::DroppedRate => share(self.part, self.whole),
            Figure::ErrorCount | Figure::Iterations(_) => Some(self.part as f64),
            Figure::Throughput => (self.seconds > 0.0).then(|| self.part as f64 / self.seconds),
            Figure::Watched(_) => None,
            Figure::Connections(stat) => self.connections.as_ref()?.value(*stat),
            Figure::Metric(_, stat) => metric(self.metric.as_ref()?, *stat, self.seconds),
        }
    }
}

/// How much of an interval lies in phases that the rule is measured over.
fn seconds_within(rule: &Rule, input: &IntervalInput<'_>, phases: &[PhaseRecord]) -> f64 {
    let (from_s, to_s) = (input.start.as_secs_f64(), (input.start + input.length).as_secs_f64());
    let within = |phase: &PhaseRecord| (phase.to_s.min(to_s) - phase.from_s.max(from_s)).max(0.0);
    phases.iter().filter(|phase| rule.is_measured_over(phase)).map(within).sum()
}

fn cells<'a>(rule: &'a Rule, input: &IntervalInput<'a>) -> impl Iterator<Item = &'a CellStats> {
    input
        .figures
        .cells
        .iter()
        .filter(|(key, _)| is_measured(&key.phase) && rule.admits(&key.persona, Some(&key.operation), &key.phase))
        .map(|(_, stats)| stats)
}

fn iterations<'a>(rule: &'a Rule, input: &IntervalInput<'a>) -> impl Iterator<Item = &'a IterationCounts> {
    input
        .figures
        .iterations
        .iter()
        .filter(|((persona, phase), _)| is_measured(phase) && rule.admits(persona, None, phase))
        .map(|(_, counts)| counts)
}

impl IterationKind {
    fn of(self, counts: &IterationCounts) -> u64 {
        match self {
            Self::Offered => counts.offered,
            Self::Started => counts.started,
            Self::Dropped => counts.dropped,
            Self::Succeeded => counts.succeeded,
            Self::Failed => counts.failed,
            Self::Unfinished => counts.unfinished,
            Self::Late => counts.late,
        }
    }
}

fn time(times: &Latency, stat: Stat) -> f64 {
    match stat {
        Stat::Min => times.summary().min as f64,
        Stat::Mean => times.summary().mean,
        Stat::Max => times.summary().max as f64,
        Stat::Percentile(percent) => times.percentile(percent) as f64,
    }
}

/// The figure of a metric; none if a metric of its kind has no such figure.
fn metric(stats: &MetricStats, stat: MetricStat, seconds: f64) -> Option<f64> {
    match (stats, stat) {
        (MetricStats::Counter(sum), MetricStat::Main | MetricStat::Count) => Some(*sum),
        (MetricStats::Counter(sum), MetricStat::Rate) => (seconds > 0.0).then(|| sum / seconds),
        (MetricStats::Gauge { last, .. }, MetricStat::Main | MetricStat::Last) => Some(*last),
        (MetricStats::Gauge { min, .. }, MetricStat::Of(Stat::Min)) => Some(*min),
        (MetricStats::Gauge { max, .. }, MetricStat::Of(Stat::Max)) => Some(*max),
        (MetricStats::Rate { hits, total }, MetricStat::Main | MetricStat::Rate) => {
            (*total > 0).then(|| *hits as f64 / *total as f64)
        }
        (MetricStats::Rate { total, .. }, MetricStat::Count) => Some(*total as f64),
        (MetricStats::Trend(trend), MetricStat::Count) => Some(trend.count() as f64),
        (MetricStats::Trend(trend), MetricStat::Main | MetricStat::Of(Stat::Mean)) => Some(trend.mean()),
        (MetricStats::Trend(trend), MetricStat::Of(Stat::Min)) => Some(trend.min()),
        (MetricStats::Trend(trend), MetricStat::Of(Stat::Max)) => Some(trend.max()),
        (MetricStats::Trend(trend), MetricStat::Of(Stat::Percentile(percent))) => Some(trend.percentile(percent)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::Thresholds;
    use crate::record::{IntervalInput, MAIN, MonitorRecord, PhaseRecord};
    use crate::stats::{CellKey, ErrorClass, OUTSIDE, Outcome, Recorder, Sample};

    #[test]
    fn errors_outside_operations_count_in_the_rate() {
        let mut recorder = Recorder::default();
        let cell = recorder.cell("reader", "list", MAIN);
        let ok = Sample {
            outcome: Outcome::Succeeded,
            response_us: 1000,
            wait_us: 0,
            pool_us: 0,
            retries: 0,
            target_us: 0,
            rows: 0,
            bytes: 0,
        };
        // One error that passes through two operations, and three that none met.
        recorder.operation(cell, &ok);
        (0..2).for_each(|_| recorder.operation(cell, &Sample { outcome: Outcome::Failed, ..ok }));
        recorder.error(cell, ErrorClass::Timeout, || "slow".into());
        let outside = CellKey { persona: "reader".into(), operation: OUTSIDE.into(), phase: MAIN.into() };
        (0..3).for_each(|_| recorder.error_at(&outside, ErrorClass::CheckFailed, || "wrong".into()));
        let figures = recorder.swap(1);
        let phases = [PhaseRecord::new(MAIN, 0.0, 1.0)];
        for (rule, expected) in [
            ("errors.rate < 1%", 5.0 / 6.0),
            ("errors{class=timeout}.rate < 1%", 1.0 / 6.0),
            ("errors{operation=list}.rate < 1%", 2.0 / 3.0),
            ("errors.count < 1", 4.0),
        ] {
            let mut thresholds = Thresholds::parse(&[rule.to_owned()]).unwrap_or_else(|e| panic!("{e}"));
            let (start, length) = (Duration::ZERO, Duration::from_secs(1));
            let input = IntervalInput { start, length, phase: MAIN, figures: &figures, pools: &[], cpu_percent: 0.0 };
            thresholds.observe(&input, &phases);
            assert_eq!(thresholds.finish(&phases, &MonitorRecord::default())[0].observed, Some(expected), "{rule}");
        }
    }
}
