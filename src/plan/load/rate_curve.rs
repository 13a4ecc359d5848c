//! A rate that changes along straight lines, and how many have arrived when.

use std::time::Duration;

use super::Stage;
use crate::plan::units::Rate;

/// Twice the area under the curve that makes one arrival. Twice, so that the
/// area of a ramp, half its height times its length, stays a whole number.
const ARRIVAL: u128 = 2 * Rate::UNITS_PER_ARRIVAL;

/// The cumulative number of arrivals of a piecewise linear rate, and its inverse.
#[derive(Debug, Clone)]
pub(super) struct RateCurve {
    segments: Vec<Segment>,
}

/// One stage, with what came before it. Areas are doubled.
#[derive(Debug, Clone)]
struct Segment {
    starts_ns: u128,
    length_ns: u128,
    area_before: u128,
    area_after: u128,
    from: Rate,
    to: Rate,
}

impl RateCurve {
    pub(super) fn new(start: Rate, stages: &[Stage<Rate>]) -> Self {
        let (mut from, mut starts_ns, mut area_before) = (start, 0, 0);
        let segments = stages
            .iter()
            .map(|stage| {
                let length_ns = stage.duration.as_nanos();
                let area_after = area_before + (from.units() + stage.to.units()) * length_ns;
                let segment = Segment { starts_ns, length_ns, area_before, area_after, from, to: stage.to };
                (from, starts_ns, area_before) = (stage.to, starts_ns + length_ns, area_after);
                segment
            })
            .collect();
        Self { segments }
    }

    /// How many arrive over the whole curve, halves rounded upward.
    pub(super) fn total(&self) -> u64 {
        ((self.area() + ARRIVAL / 2) / ARRIVAL) as u64
    }

    /// When arrival `number`, counted from 0, is due.
    pub(super) fn time_of(&self, number: u64) -> Duration {
        self.invert(u128::from(number) * ARRIVAL)
    }

    /// When `fraction` of all has arrived.
    pub(super) fn time_of_fraction(&self, fraction: f64) -> Duration {
        self.invert((self.area() as f64 * fraction) as u128)
    }

    fn area(&self) -> u128 {
        self.segments.last().map_or(0, |last| last.area_after)
    }

    /// The time at which the doubled area begins to exceed `area`; the end if it never does.
    fn invert(&self, area: u128) -> Duration {
        let index = self.segments.partition_point(|segment| segment.area_after <= area);
        let ns = match self.segments.get(index) {
            Some(segment) => segment.starts_ns + segment.invert(area - segment.area_before),
            None => self.segments.last().map_or(0, |last| last.starts_ns + last.length_ns),
        };
        // Durations of a load are bounded to a year, so the nanoseconds fit.
        Duration::from_nanos(ns as u64)
    }
}

impl Segment {
    /// Nanoseconds from the segment's start until the doubled area within it is `area`.
    ///
    /// The doubled area after t is `2·a·t + (b − a)·t²/T` for a rate going from
    /// a to b in T. Solved for t in the form that loses no digits when a and b
    /// are close: `t = area / (a + sqrt(a² + (b − a)·area/T))`.
    fn invert(&self, area: u128) -> u128 {
        if self.from == self.to {
            return area / (2 * self.from.units());
        }
        let (a, b) = (self.from.units() as f64, self.to.units() as f64);
        let root = (a * a + (b - a) * area as f64 / self.length_ns as f64).max(0.0).sqrt();
        if a + root == 0.0 {
            return 0;
        }
        ((area as f64 / (a + root)) as u128).min(self.length_ns)
    }
}
