//! Whether a figure rises or falls over a run, and by how much.
//!
//! The slope is Theil's and Sen's, the median of all slopes between two points, which single outliers do not move; that
//! it is none by chance is tested by Mann and Kendall's test with ties. Sources: Sen, "Estimates of the Regression
//! Coefficient Based on Kendall's Tau", 1968; Kendall, "Rank Correlation Methods", 1975.

use super::median::median;

/// Points that a trend needs.
pub(super) const LEAST: usize = 30;

/// As many points are enough; more become means of several, which also makes neighbours less alike.
const MOST: usize = 200;

/// |z| beyond which a trend is none by chance: once in a thousand runs without one (two-sided, normal).
const SIGNIFICANT: f64 = 3.29;

/// What a figure did over a run.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Trend {
    /// Its level at the first point.
    pub from: f64,
    /// And at the last, along the straight line.
    pub to: f64,
}

impl Trend {
    /// By how much it grew, as a share of what it was; negative if it fell.
    pub fn growth(&self) -> f64 {
        if self.from > 0.0 { self.to / self.from - 1.0 } else { 0.0 }
    }
}

/// The trend of points (time, figure) in the order of time; none if there are too few or it may be chance.
pub(super) fn trend(points: &[(f64, f64)]) -> Option<Trend> {
    if points.len() < LEAST {
        return None;
    }
    let points = thinned(points);
    let (first, last) = (points.first()?.0, points.last()?.0);
    if z(&points).abs() < SIGNIFICANT || last <= first {
        return None;
    }
    let pairs = points.iter().enumerate().flat_map(|(at, a)| points[at + 1..].iter().map(move |b| (a, b)));
    let slope = median(pairs.filter(|(a, b)| b.0 > a.0).map(|(a, b)| (b.1 - a.1) / (b.0 - a.0)).collect());
    let level = median(points.iter().map(|(at, value)| value - slope * (at - first)).collect());
    Some(Trend { from: level, to: level + slope * (last - first) })
}

/// The means of as many groups of neighbours as are enough.
fn thinned(points: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let together = points.len().div_ceil(MOST);
    let mean = |group: &[(f64, f64)]| {
        let n = group.len() as f64;
        (group.iter().map(|point| point.0).sum::<f64>() / n, group.iter().map(|point| point.1).sum::<f64>() / n)
    };
    points.chunks(together).map(mean).collect()
}

/// The statistic of Mann and Kendall, in standard deviations.
fn z(points: &[(f64, f64)]) -> f64 {
    let mut s = 0.0;
    for (at, a) in points.iter().enumerate() {
        s += points[at + 1..].iter().map(|b| f64::from(i8::from(b.1 > a.1) - i8::from(b.1 < a.1))).sum::<f64>();
    }
    let mut values: Vec<f64> = points.iter().map(|point| point.1).collect();
    values.sort_by(f64::total_cmp);
    let weight = |n: f64| n * (n - 1.0) * (2.0 * n + 5.0);
    let ties: f64 = values.chunk_by(|a, b| a == b).map(|tied| weight(tied.len() as f64)).sum();
    let variance = (weight(points.len() as f64) - ties) / 18.0;
    if variance > 0.0 { (s - s.signum()) / variance.sqrt() } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn points(n: u32, value: impl Fn(f64) -> f64) -> Vec<(f64, f64)> {
        (0..n).map(|at| (f64::from(at), value(f64::from(at)))).collect()
    }

    #[test]
    fn a_straight_line_is_found_whatever_outliers_there_are() {
        let line = points(101, |at| if at as u32 % 10 == 3 { 900.0 } else { 100.0 + at });
        let trend = trend(&line).expect("it rises");
        assert!((trend.growth() - 1.0).abs() < 0.05, "{trend:?}");
    }

    #[test]
    fn what_swings_or_stays_has_no_trend() {
        assert_eq!(trend(&points(100, |at| 100.0 + 10.0 * (at * 1.7).sin())), None);
        assert_eq!(trend(&points(100, |_| 5.0)), None);
        assert_eq!(trend(&points(29, |at| at)), None);
    }

    #[test]
    fn a_long_run_is_judged_by_means() {
        let trend = trend(&points(86_400, |at| 1000.0 + at / 86.4 + (at * 0.7).sin())).expect("it rises");
        assert!((trend.growth() - 1.0).abs() < 0.01, "{trend:?}");
    }

    proptest::proptest! {
        #[test]
        fn what_only_rises_rises(steps in proptest::collection::vec(0.1f64..10.0, 40)) {
            let mut level = 1.0;
            let rising: Vec<_> = steps.iter().zip(0u32..).map(|(step, at)| { level += step; (f64::from(at), level) }).collect();
            proptest::prop_assert!(trend(&rising).is_some_and(|trend| trend.to > trend.from));
        }
    }
}
