//! A stream of arrivals over time.

use std::time::Duration;

use rand::SeedableRng;
use rand_distr::{Distribution, Exp1};
use rand_xoshiro::Xoshiro256PlusPlus;

use super::Stage;
use super::rate_curve::RateCurve;
use super::stretch::{self, Scale};
use crate::plan::units::Rate;

/// A stream of arrivals, numbered from 0, those of the warm-up first.
#[derive(Debug, Clone, PartialEq)]
pub struct OpenSchedule {
    pub(super) warm_up: Duration,
    pub(super) start: Rate,
    pub(super) stages: Vec<Stage<Rate>>,
    pub(super) options: OpenOptions,
}

/// What all open loads have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpenOptions {
    /// How arrivals are spaced.
    pub arrivals: Arrivals,
    /// Most users at once.
    pub max_users: u64,
    /// What happens to an arrival when all of them are busy.
    pub overflow: Overflow,
}

impl Default for OpenOptions {
    fn default() -> Self {
        Self { arrivals: Arrivals::default(), max_users: 1000, overflow: Overflow::default() }
    }
}

/// What happens to an arrival that finds every user busy and no further one allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Overflow {
    /// It waits, and its waiting counts in its response time.
    #[default]
    Queue,
    /// It is dropped and counted.
    Drop,
}

/// How arrivals are spaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Arrivals {
    /// Evenly.
    #[default]
    Regular,
    /// As a Poisson process, seeded, with the exact total count.
    Poisson,
}

impl OpenSchedule {
    /// How many arrive in the measured part: the area under the rate, rounded.
    pub fn total(&self) -> u64 {
        self.curve().total()
    }

    /// How many arrive in the warm-up, besides [`OpenSchedule::total`].
    pub fn warm_up_total(&self) -> u64 {
        self.start.arrivals_in(self.warm_up)
    }

    /// When each arrival is due, in order: first those of the warm-up, then those of the measured part.
    pub fn arrivals(&self, seed: u64) -> impl Iterator<Item = Duration> + Send + use<> {
        let warm_up = RateCurve::new(self.start, &[Stage { duration: self.warm_up, to: self.start }]);
        let offset = self.warm_up;
        let measured = due_times(self.curve(), self.options.arrivals, seed).map(move |due| offset + due);
        // The measured arrivals do not depend on the length of the warm-up, so it has a stream of its own.
        due_times(warm_up, self.options.arrivals, !seed).chain(measured)
    }

    /// The rate at `at`, on the clock that starts with the warm-up.
    pub(super) fn rate_at(&self, at: Duration) -> Rate {
        stretch::height(self.start, &self.stages, at.saturating_sub(self.warm_up))
    }

    /// What is left from `at` on, scaled so that it begins at the rate `to`; none where there would be no arrivals.
    pub(super) fn rest(&self, at: Duration, to: Rate) -> Option<Self> {
        let of = self.rate_at(at);
        let measured = at.saturating_sub(self.warm_up);
        (of > Rate::ZERO).then(|| Self {
            warm_up: self.warm_up.saturating_sub(at),
            start: to,
            stages: stretch::rest(&self.stages, measured, Scale { to, of }),
            options: self.options,
        })
    }

    /// Most users at once.
    pub fn max_users(&self) -> u64 {
        self.options.max_users
    }

    /// What happens to an arrival that finds every user busy.
    pub fn overflow(&self) -> Overflow {
        self.options.overflow
    }

    /// When the last stage ends, on the clock that starts with the warm-up.
    pub fn end(&self) -> Duration {
        self.warm_up + self.stages.iter().map(|stage| stage.duration).sum::<Duration>()
    }

    fn curve(&self) -> RateCurve {
        RateCurve::new(self.start, &self.stages)
    }
}

fn due_times(curve: RateCurve, arrivals: Arrivals, seed: u64) -> Box<dyn Iterator<Item = Duration> + Send> {
    let total = curve.total();
    match arrivals {
        Arrivals::Regular => Box::new((0..total).map(move |number| curve.time_of(number))),
        Arrivals::Poisson => Box::new(poisson(total, seed).map(move |fraction| curve.time_of_fraction(fraction))),
    }
}

/// The arrivals of a Poisson process, given that there are `total`, as fractions of the whole.
///
/// They are distributed as so many uniform variates in order, and each is made from the one before, so that no pass over
/// all of them holds up a run: of what remains, the next of m variates leaves the part V^(1/m), V being uniform
/// (Bentley and Saxe, "Generating Sorted Lists of Random Numbers", 1980). That is e^(−E/m), E being exponential, and
/// exponents add up.
fn poisson(total: u64, seed: u64) -> impl Iterator<Item = f64> + Send {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
    (1..=total).rev().scan(0.0, move |passed, left| {
        let gap: f64 = Exp1.sample(&mut random);
        *passed += gap / left as f64;
        Some(-f64::exp_m1(-*passed))
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn rate() -> impl Strategy<Value = Rate> {
        prop_oneof![Just(0u32), 1u32..2000].prop_map(Rate::per_second)
    }

    fn schedule() -> impl Strategy<Value = OpenSchedule> {
        let stage = (0u64..3_000, rate()).prop_map(|(ms, to)| Stage { duration: Duration::from_millis(ms), to });
        let arrivals = prop_oneof![Just(Arrivals::Regular), Just(Arrivals::Poisson)];
        (0u64..2_000, rate(), prop::collection::vec(stage, 1..5), arrivals).prop_map(|(ms, start, stages, arrivals)| {
            let options = OpenOptions { arrivals, ..OpenOptions::default() };
            OpenSchedule { warm_up: Duration::from_millis(ms), start, stages, options }
        })
    }

    fn constant(per_second: u32, seconds: u64, arrivals: Arrivals) -> OpenSchedule {
        let rate = Rate::per_second(per_second);
        let stages = vec![Stage { duration: Duration::from_secs(seconds), to: rate }];
        let options = OpenOptions { arrivals, ..OpenOptions::default() };
        OpenSchedule { warm_up: Duration::ZERO, start: rate, stages, options }
    }

    proptest! {
        #[test]
        fn the_count_is_exact_the_order_right_and_each_part_in_its_time(schedule in schedule(), seed in any::<u64>()) {
            let times: Vec<_> = schedule.arrivals(seed).collect();
            let warm_up = schedule.warm_up_total() as usize;
            prop_assert_eq!(times.len() as u64, schedule.warm_up_total() + schedule.total());
            prop_assert!(times.is_sorted());
            prop_assert!(times[..warm_up].iter().all(|time| *time <= schedule.warm_up));
            prop_assert!(times[warm_up..].iter().all(|time| *time >= schedule.warm_up && *time <= schedule.end()));
        }

        #[test]
        fn as_many_have_arrived_as_the_area_under_the_rate_says(schedule in schedule(), at in 0.0f64..1.0) {
            let regular = OpenSchedule { options: OpenOptions::default(), warm_up: Duration::ZERO, ..schedule };
            let at = regular.end().mul_f64(at);
            let arrived = regular.arrivals(0).take_while(|time| *time < at).count() as f64;
            let (mut start, mut level, mut area) = (0.0, regular.start.as_per_second(), 0.0);
            for stage in &regular.stages {
                let (length, to) = (stage.duration.as_secs_f64(), stage.to.as_per_second());
                let part = (at.as_secs_f64() - start).clamp(0.0, length);
                if length > 0.0 {
                    area += level * part + (to - level) * part * part / (2.0 * length);
                }
                (start, level) = (start + length, to);
            }
            prop_assert!((arrived - area).abs() <= 1.0 + area * 1e-6, "{arrived} arrived, area {area}");
        }

        #[test]
        fn a_seed_gives_the_same_arrivals_again(schedule in schedule(), seed in any::<u64>()) {
            prop_assert!(schedule.arrivals(seed).eq(schedule.arrivals(seed)));
        }
    }

    #[test]
    fn arrival_n_of_a_constant_rate_is_due_at_n_divided_by_it() {
        let times: Vec<_> = constant(500, 10, Arrivals::Regular).arrivals(1).collect();
        assert_eq!(times.len(), 5000);
        for (number, time) in times.iter().enumerate() {
            assert_eq!(*time, Duration::from_millis(2) * number as u32);
        }
    }

    #[test]
    fn the_gaps_of_a_poisson_process_are_exponential() {
        let times: Vec<_> = constant(1000, 100, Arrivals::Poisson).arrivals(7).collect();
        assert_eq!(times.len(), 100_000);
        let gaps: Vec<f64> = times.windows(2).map(|pair| (pair[1] - pair[0]).as_secs_f64() * 1000.0).collect();
        let mean = gaps.iter().sum::<f64>() / gaps.len() as f64;
        let variance = gaps.iter().map(|gap| (gap - mean).powi(2)).sum::<f64>() / gaps.len() as f64;
        // Exponential: standard deviation equals the mean, and a share of e⁻¹ is longer than it.
        let longer = gaps.iter().filter(|gap| **gap > 1.0).count() as f64 / gaps.len() as f64;
        assert!((mean - 1.0).abs() < 0.01, "mean {mean}");
        assert!((variance - 1.0).abs() < 0.05, "variance {variance}");
        assert!((longer - (-1.0f64).exp()).abs() < 0.01, "longer {longer}");
    }
}
