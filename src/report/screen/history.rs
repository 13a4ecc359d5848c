//! Throughput and percentiles over the run: a point an interval, and fewer, longer ones as the run goes on.

use crate::record::{IntervalInput, is_measured};
use crate::stats::Latency;

/// More points than this are made half as many: a screen has no room for more.
const MOST: usize = 1200;

/// One stretch of the run.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Point {
    /// Its end, in seconds of the run's clock.
    pub(super) at_s: f64,
    pub(super) length_s: f64,
    /// Operations succeeded a second.
    pub(super) throughput_per_s: f64,
    /// The 50th, 95th and 99th percentile in µs; the highest of any interval of the stretch. None if nothing ended.
    pub(super) percentiles_us: Option<[u64; 3]>,
    /// Whether it counts.
    pub(super) measured: bool,
}

/// All of them.
#[derive(Debug, Clone)]
pub(super) struct History {
    pub(super) points: Vec<Point>,
    /// How many intervals make a point, and how many are in the last.
    together: usize,
    in_last: usize,
}

impl Default for History {
    fn default() -> Self {
        Self { points: Vec::new(), together: 1, in_last: 1 }
    }
}

impl History {
    pub(super) fn add(&mut self, input: &IntervalInput<'_>) {
        let mut response = Latency::default();
        let mut succeeded = 0;
        for (_, stats) in &input.figures.cells {
            response.merge(&stats.response);
            succeeded += stats.succeeded;
        }
        let length_s = input.length.as_secs_f64();
        let times = response.summary();
        self.push(Point {
            at_s: input.start.as_secs_f64() + length_s,
            length_s,
            throughput_per_s: if length_s > 0.0 { succeeded as f64 / length_s } else { 0.0 },
            percentiles_us: (response.count() > 0).then_some([times.p50, times.p95, times.p99]),
            measured: is_measured(input.phase),
        });
    }

    fn push(&mut self, point: Point) {
        match self.points.last_mut().filter(|_| self.in_last < self.together) {
            Some(last) => {
                *last = joined(*last, point);
                self.in_last += 1;
            }
            None => {
                self.points.push(point);
                self.in_last = 1;
            }
        }
        if self.points.len() > MOST {
            let pairs = self.points.chunks(2).map(|pair| pair.iter().copied().reduce(joined).unwrap_or_default());
            self.points = pairs.collect();
            // The last point may be of one half only.
            self.in_last = if MOST.is_multiple_of(2) { self.together } else { 2 * self.together };
            self.together *= 2;
        }
    }
}

/// Two neighbours as one: the mean throughput, the higher percentiles.
fn joined(first: Point, second: Point) -> Point {
    let length_s = first.length_s + second.length_s;
    let operations = first.throughput_per_s * first.length_s + second.throughput_per_s * second.length_s;
    let higher = |a: [u64; 3], b: [u64; 3]| std::array::from_fn(|place| a[place].max(b[place]));
    Point {
        at_s: second.at_s,
        length_s,
        throughput_per_s: if length_s > 0.0 { operations / length_s } else { 0.0 },
        percentiles_us: match (first.percentiles_us, second.percentiles_us) {
            (Some(first), Some(second)) => Some(higher(first, second)),
            (first, second) => first.or(second),
        },
        measured: second.measured,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_takes_no_more_points_than_an_hour_and_keeps_its_means_and_peaks() {
        let mut history = History::default();
        for second in 1..=86_400_u64 {
            let percentiles_us = Some([1, 2, if second == 40_000 { 9_000 } else { 3 }]);
            let throughput_per_s = if second % 2 == 0 { 100.0 } else { 300.0 };
            let at_s = second as f64;
            history.push(Point { at_s, length_s: 1.0, throughput_per_s, percentiles_us, measured: true });
        }
        assert!(history.points.len() <= MOST);
        assert_eq!(history.points.iter().map(|point| point.length_s).sum::<f64>(), 86_400.0);
        assert_eq!(history.points.last().map(|point| point.at_s), Some(86_400.0));
        assert_eq!(history.points[3].throughput_per_s, 200.0);
        assert_eq!(history.points.iter().filter_map(|point| point.percentiles_us).map(|p| p[2]).max(), Some(9_000));
    }
}
