//! The window of a rule, as it slides over measured time.

use std::collections::VecDeque;

use super::Figure;
use super::rule::Rule;
use super::tally::Tally;

/// The intervals in the window, and what became of it so far.
#[derive(Debug, Default)]
pub(super) struct Window {
    slices: VecDeque<Tally>,
    latest: Option<f64>,
    worst: Option<(f64, f64)>,
}

impl Window {
    /// The figure of the window as it stands now, if it is full and has one.
    pub(super) fn latest(&self) -> Option<f64> {
        self.latest
    }

    /// The worst full window so far: its figure, and when it ended, in seconds of the run's clock.
    pub(super) fn worst(&self) -> Option<(f64, f64)> {
        self.worst
    }

    /// Takes in what `rule` saw in an interval that ended at `now_s`; `met` says whether it ever met a sample.
    pub(super) fn slide(&mut self, rule: &Rule, length_s: f64, seen: Tally, now_s: f64, met: bool) {
        self.slices.push_back(seen);
        self.latest = if self.cover(length_s) { self.figure(rule, met) } else { None };
        let Some(value) = self.latest else { return };
        let worse = |(worst, _): (f64, f64)| rule.comparison.worse(value, worst, rule.limit) != worst;
        if self.worst.is_none_or(worse) {
            self.worst = Some((value, now_s));
        }
    }

    /// Keeps the fewest intervals that cover the window; whether they do.
    fn cover(&mut self, length_s: f64) -> bool {
        // Less than any clock tells apart, more than sums of seconds are off by.
        const SLACK_S: f64 = 1e-6;
        let covers = |seconds: f64| seconds > length_s - SLACK_S;
        let mut seconds: f64 = self.slices.iter().map(Tally::seconds).sum();
        while let Some(oldest) = self.slices.front().map(Tally::seconds)
            && covers(seconds - oldest)
        {
            self.slices.pop_front();
            seconds -= oldest;
        }
        covers(seconds)
    }

    /// The figure of what is in the window, if there was something.
    fn figure(&self, rule: &Rule, met: bool) -> Option<f64> {
        let sum = Tally::sum(self.slices.iter());
        // Nothing may have happened yet, or no longer; throughput alone is 0 then.
        let seen = if rule.figure == Figure::Throughput { met } else { sum.met() };
        sum.value(&rule.figure).filter(|_| seen)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::Thresholds;
    use crate::record::{DRAIN, IntervalInput, MAIN, MonitorRecord, PhaseRecord, ThresholdRecord, WARM_UP};
    use crate::stats::Recorder;

    /// Ten operations a second, handed over in intervals that begin and end where the clock says.
    fn steadily(rule: &str, phases: &[PhaseRecord], until_s: f64) -> ThresholdRecord {
        let mut thresholds = Thresholds::parse(&[rule.to_owned()]).unwrap_or_else(|e| panic!("{e}"));
        let phase_at = |s: f64| phases.iter().find(|phase| s >= phase.from_s && s < phase.to_s).expect("it is covered");
        let mut from_s: f64 = 0.0;
        while from_s < until_s {
            let length_s = (until_s - from_s).min(1.0);
            let mut recorder = Recorder::default();
            for tenth in 0..(length_s * 10.0).round() as u32 {
                let phase = phase_at(from_s + f64::from(tenth) / 10.0 + 0.05);
                let cell = recorder.cell("reader", "list", &phase.name);
                if phase.measured {
                    recorder.in_time(cell);
                }
            }
            let input = IntervalInput {
                start: Duration::from_secs_f64(from_s),
                length: Duration::from_secs_f64(length_s),
                phase: &phase_at(from_s).name,
                figures: &recorder.swap(1),
                pools: &[],
                cpu_percent: 0.0,
            };
            thresholds.observe(&input, phases);
            from_s += 1.0;
        }
        thresholds.finish(phases, &MonitorRecord::default()).remove(0)
    }

    #[test]
    fn windows_lie_within_measured_time_wherever_intervals_begin_and_end() {
        let phases = |warm_up_s, end_s, until_s| {
            let all = [
                PhaseRecord::new(WARM_UP, 0.0, warm_up_s),
                PhaseRecord::new(MAIN, warm_up_s, end_s),
                PhaseRecord::new(DRAIN, end_s, until_s),
            ];
            all.into_iter().filter(|phase| phase.to_s > phase.from_s).collect::<Vec<_>>()
        };
        for (warm_up_s, end_s, until_s) in [(0.0, 3.0, 3.2), (0.5, 3.5, 4.3), (1.0, 3.7, 3.7), (0.0, 2.3, 2.3)] {
            let record = steadily("throughput[1s] >= 9.9/s", &phases(warm_up_s, end_s, until_s), until_s);
            assert!(record.passed, "{warm_up_s} {end_s} {until_s}: {record:?}");
        }
        // Half an interval is no full window.
        let record = steadily("throughput[1s] > 0/s", &phases(0.0, 0.6, 0.6), 0.6);
        assert!(record.note.is_some_and(|note| note.contains("shorter than the window")));
    }
}
