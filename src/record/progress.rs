//! How far a run has come: what is shown while it goes on.

use std::collections::BTreeMap;
use std::time::Duration;

use super::{HeadroomRecord, IntervalInput, LoadRecord, is_measured};
use crate::stats::{Interval, Latency};

/// A run at the end of an interval.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Progress {
    /// The phase.
    pub phase: String,
    /// Seconds of the run's clock.
    pub elapsed_s: f64,
    /// Seconds of the run's clock at which the load ends, if the clock ends it.
    pub until_s: Option<f64>,
    /// Measured iterations that are over, dropped ones included.
    pub iterations: u64,
    /// Iterations there will be, if the load fixes that.
    pub of_iterations: Option<u64>,
    /// Users alive.
    pub users: u64,
    /// Operations succeeded a second in the interval.
    pub throughput_per_s: f64,
    /// 95th percentile of response times in the interval, in µs.
    pub p95_us: u64,
    /// Errors so far.
    pub errors: u64,
    /// Targets whose pools gave way to others: target, connections now, connections planned.
    pub given_up: Vec<(String, u64, u64)>,
}

/// What is shown of the last interval.
#[derive(Debug, Clone, Default)]
pub(super) struct Latest {
    phase: String,
    end_s: f64,
    users: u64,
    throughput_per_s: f64,
    p95_us: u64,
}

impl Latest {
    pub(super) fn of(input: &IntervalInput<'_>) -> Self {
        let cells = || input.figures.cells.iter().map(|(_, stats)| stats);
        let succeeded: u64 = cells().map(|stats| stats.succeeded).sum();
        let mut response = Latency::default();
        cells().for_each(|stats| response.merge(&stats.response));
        let length_s = input.length.as_secs_f64();
        Self {
            phase: input.phase.to_owned(),
            end_s: input.start.as_secs_f64() + length_s,
            users: input.figures.users,
            throughput_per_s: if length_s > 0.0 { succeeded as f64 / length_s } else { 0.0 },
            p95_us: response.percentile(95.0),
        }
    }
}

impl Progress {
    pub(super) fn of(sum: &Interval, latest: &Latest, load: &LoadRecord) -> Self {
        let groups = &load.groups;
        let until_s =
            groups.iter().map(|group| group.duration_s).try_fold(0.0, |latest: f64, end| Some(latest.max(end?)));
        let measured = sum.iterations.iter().filter(|((_, phase), _)| is_measured(phase));
        Self {
            phase: latest.phase.clone(),
            elapsed_s: latest.end_s,
            until_s: until_s.filter(|_| !groups.is_empty()),
            iterations: measured
                .map(|(_, counts)| counts.succeeded + counts.failed + counts.unfinished + counts.dropped)
                .sum(),
            of_iterations: groups.iter().map(|group| group.iterations).sum::<Option<u64>>().filter(|&all| all > 0),
            users: latest.users,
            throughput_per_s: latest.throughput_per_s,
            p95_us: latest.p95_us,
            given_up: Vec::new(),
            errors: sum.errors.values().map(|stats| stats.count).sum(),
        }
    }

    /// The same with what the changes so far have come to.
    pub fn with_headroom(mut self, changes: &[HeadroomRecord]) -> Self {
        let mut latest = BTreeMap::new();
        for change in changes {
            latest.insert(&change.target, (change.connections, change.planned));
        }
        let given = latest.into_iter().filter(|(_, (now, planned))| now < planned);
        self.given_up = given.map(|(target, (now, planned))| (target.clone(), now, planned)).collect();
        self
    }

    /// The same for a load that has stood still for so long, and ends later by as much.
    pub fn put_off_by(mut self, stood_still: Duration) -> Self {
        self.until_s = self.until_s.map(|until| until + stood_still.as_secs_f64());
        self
    }

    /// The part of the run that is over, 0 to 1, if that can be told.
    pub fn fraction(&self) -> Option<f64> {
        let by_clock = self.until_s.map(|until| self.elapsed_s / until.max(f64::MIN_POSITIVE));
        let by_count = self.of_iterations.map(|all| self.iterations as f64 / all as f64);
        by_clock.or(by_count).map(|fraction| fraction.clamp(0.0, 1.0))
    }

    /// Seconds until the load ends, if the clock ends it.
    pub fn left_s(&self) -> Option<f64> {
        self.until_s.map(|until| (until - self.elapsed_s).max(0.0))
    }
}
