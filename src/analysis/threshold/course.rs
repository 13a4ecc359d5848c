//! Readings over time, and what can be asked of them.

use crate::record::Reading;

/// Points that a course is kept in. Past that, each two become one, so that a run of days takes no more memory.
const MOST_POINTS: usize = 2048;

/// A statistic of readings over time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CourseStat {
    /// The smallest.
    Min,
    /// The mean.
    Mean,
    /// The largest.
    Max,
    /// The last.
    Last,
    /// By how much the mean of the last tenth is more than that of the first, as a share of it.
    Growth,
}

impl CourseStat {
    /// Reads `min`, `mean`, `avg`, `max`, `last`, `growth`.
    pub fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "min" => Self::Min,
            "mean" | "avg" => Self::Mean,
            "max" => Self::Max,
            "last" => Self::Last,
            "growth" => Self::Growth,
            _ => return None,
        })
    }

    /// The statistic of readings in their order.
    pub(super) fn of(self, readings: &[Reading]) -> Option<f64> {
        let all = |readings: &[Reading]| readings.iter().copied().reduce(Reading::and);
        let mean = |readings: &[Reading]| all(readings).filter(|all| all.weight > 0.0).map(|all| all.mean);
        match self {
            Self::Min => all(readings).map(|all| all.min),
            Self::Mean => mean(readings),
            Self::Max => all(readings).map(|all| all.max),
            Self::Last => readings.last().map(|reading| reading.last),
            // One reading can't have grown.
            Self::Growth if readings.len() < 2 => None,
            Self::Growth => {
                let tenth = all(readings)?.weight / 10.0;
                let (first, last) = (mean_of(tenth, readings.iter()), mean_of(tenth, readings.iter().rev()));
                (tenth > 0.0 && first > 0.0).then(|| last / first - 1.0)
            }
        }
    }
}

/// The mean of so much of the readings as weighs `weight`, of the last one only the part that is still wanted: what stands
/// for several readings or for more time may reach beyond it.
fn mean_of<'a>(weight: f64, readings: impl Iterator<Item = &'a Reading>) -> f64 {
    let mut wanted = weight;
    let parts = readings.map(|reading| {
        let part = reading.weight.min(wanted);
        wanted -= part;
        reading.mean * part
    });
    parts.sum::<f64>() / weight
}

/// Readings in their order, in points of as many each but for the last.
#[derive(Debug, Clone, Default)]
pub(super) struct Course {
    points: Vec<Reading>,
    /// How often each two points were made one.
    halved: i32,
}

impl Course {
    /// A single reading.
    pub(super) fn one(value: f64) -> Self {
        Self { points: vec![Reading::one(value, 1.0)], halved: 0 }
    }

    /// Adds what came later.
    pub(super) fn extend(&mut self, later: &Self) {
        later.points.iter().for_each(|reading| self.add(*reading));
    }

    fn add(&mut self, later: Reading) {
        let together = 2_f64.powi(self.halved);
        match self.points.last_mut().filter(|last| last.weight < together) {
            Some(last) => *last = last.and(later),
            None => self.points.push(later),
        }
        if self.points.len() > MOST_POINTS {
            self.points = self.points.chunks(2).filter_map(|two| two.iter().copied().reduce(Reading::and)).collect();
            self.halved += 1;
        }
    }

    /// The statistic of it, if it says anything.
    pub(super) fn value(&self, stat: CourseStat) -> Option<f64> {
        stat.of(&self.points)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A course of one reading a second.
    fn course(seconds: u32, value: impl Fn(u32) -> f64) -> Course {
        let mut course = Course::default();
        (0..seconds).for_each(|second| course.extend(&Course::one(value(second))));
        course
    }

    #[test]
    fn growth_is_of_the_last_tenth_against_the_first() {
        let growth = |readings: &[Reading]| CourseStat::Growth.of(readings).map(|growth| (growth * 1e6).round());
        let readings: Vec<_> = (0..100).map(|at| Reading::one(if at < 90 { 10.0 } else { 13.0 }, 1.0)).collect();
        assert_eq!(growth(&readings), Some(300_000.0));
        assert_eq!(growth(&readings[..1]), None);
        assert_eq!(growth(&[]), None);
    }

    #[test]
    fn tenths_are_of_what_readings_stand_for_and_not_of_how_many_there_are() {
        // A hundred seconds: 5 and then 5 more in the first tenth, 80 in one, 10 in the last.
        let readings = [(10.0, 5.0), (20.0, 15.0), (99.0, 70.0), (30.0, 10.0)].map(|(value, s)| Reading::one(value, s));
        assert_eq!(CourseStat::Growth.of(&readings), Some(1.0));
    }

    #[test]
    fn the_tenths_of_a_run_are_tenths_however_long_it_is() {
        for seconds in [100, 2_000, 2_060, 7_200, 86_400, 100_003] {
            let tenth = seconds / 10;
            let value = |second| match second {
                _ if second < tenth => 10.0,
                _ if second >= seconds - tenth => 20.0,
                _ => 15.0,
            };
            let course = course(seconds, value);
            assert!(course.points.len() <= MOST_POINTS);
            let growth = course.value(CourseStat::Growth).expect("there are many readings");
            // The point at its edge is a small part of a tenth, and of what is in it a part may be from beyond.
            assert!((growth - 1.0).abs() < 0.01, "{seconds} s: {growth}");
        }
    }
}
