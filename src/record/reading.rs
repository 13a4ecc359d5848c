//! Readings of a gauge: one, or several as one where a run is long.

use serde::{Deserialize, Serialize};

use super::SeriesRecord;

/// One reading, or several in their order.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reading {
    /// The smallest.
    pub min: f64,
    /// Their mean, each by its weight.
    pub mean: f64,
    /// The largest.
    pub max: f64,
    /// The last.
    pub last: f64,
    /// What they weigh in a mean: how many they are, or how long they stood.
    pub weight: f64,
}

impl Reading {
    /// A single one.
    pub fn one(value: f64, weight: f64) -> Self {
        Self { min: value, mean: value, max: value, last: value, weight }
    }

    /// These and later ones as one.
    pub fn and(self, later: Self) -> Self {
        let weight = self.weight + later.weight;
        let mean =
            if weight > 0.0 { (self.mean * self.weight + later.mean * later.weight) / weight } else { later.mean };
        Self { min: self.min.min(later.min), mean, max: self.max.max(later.max), last: later.last, weight }
    }
}

/// What else the readings of a gauge were where each point is the highest of several.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct StretchesRecord {
    /// How many readings each point is.
    pub readings: Vec<f64>,
    /// Their mean.
    pub mean: Vec<Option<f64>>,
    /// The smallest of them.
    pub min: Vec<Option<f64>>,
    /// The last of them.
    pub last: Vec<Option<f64>>,
}

impl StretchesRecord {
    /// Of points, in their order.
    pub fn of(points: &[Option<Reading>]) -> Self {
        let of = |part: fn(&Reading) -> f64| points.iter().map(|point| point.as_ref().map(part)).collect();
        Self {
            readings: points.iter().map(|point| point.map_or(0.0, |point| point.weight)).collect(),
            mean: of(|reading| reading.mean),
            min: of(|reading| reading.min),
            last: of(|reading| reading.last),
        }
    }
}

impl SeriesRecord {
    /// The readings of a gauge, with when each, or the last of each few, was read.
    pub fn readings(&self, gauge: &str) -> Vec<(f64, Reading)> {
        let points = self.points.get(gauge).map(Vec::as_slice).unwrap_or_default();
        let stretches = self.stretches.get(gauge);
        let reading = |at: usize, max: f64| {
            let several = stretches.and_then(|all| {
                let part = |part: &[Option<f64>]| part.get(at).copied().flatten();
                let (mean, min, last) = (part(&all.mean)?, part(&all.min)?, part(&all.last)?);
                Some(Reading { min, mean, max, last, weight: *all.readings.get(at)? })
            });
            several.unwrap_or_else(|| Reading::one(max, 1.0))
        };
        let known = self.at_s.iter().zip(points).enumerate();
        known.filter_map(|(at, (at_s, point))| Some((*at_s, reading(at, (*point)?)))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn several_as_one_keep_their_ends_their_mean_and_the_last() {
        let all = [4.0, 1.0, 7.0].map(|value| Reading::one(value, 1.0)).into_iter().reduce(Reading::and);
        assert_eq!(all, Some(Reading { min: 1.0, mean: 4.0, max: 7.0, last: 7.0, weight: 3.0 }));
    }
}
