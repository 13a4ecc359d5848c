//! Lines through stages: how high one stands at a moment, and what is left of it from there on, higher or lower.

use std::time::Duration;

use super::Stage;
use super::registry::{MAX_RATE, MAX_USERS};
use crate::plan::units::Rate;

/// What stages lead to: a number of users, or a rate.
pub(super) trait Height: Copy {
    /// The highest, in units.
    fn most() -> u128;

    /// As a whole number, in which lines are exact.
    fn units(self) -> u128;

    /// The height of so many units.
    fn of_units(units: u128) -> Self;
}

impl Height for u64 {
    fn most() -> u128 {
        u128::from(MAX_USERS)
    }

    fn units(self) -> u128 {
        u128::from(self)
    }

    fn of_units(units: u128) -> Self {
        u64::try_from(units).unwrap_or(u64::MAX)
    }
}

impl Height for Rate {
    fn most() -> u128 {
        Rate::per_second(MAX_RATE).units()
    }

    fn units(self) -> u128 {
        Rate::units(self)
    }

    fn of_units(units: u128) -> Self {
        Rate::of_units(units)
    }
}

/// How much higher or lower a line is to be: `to` where it would have been at `of`, which is not zero.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scale<T> {
    pub(super) to: T,
    pub(super) of: T,
}

impl<T: Height> Scale<T> {
    /// A height so scaled, to the nearest unit, and within what a load may be.
    fn scaled(self, height: T) -> T {
        let (to, of) = (self.to.units(), self.of.units());
        T::of_units(((height.units() * to + of / 2) / of).min(T::most().max(height.units())))
    }
}

/// How high the line from `start` through `stages` stands at `at`, rounded up to a whole unit; at its end for any
/// later moment.
pub(super) fn height<T: Height>(start: T, stages: &[Stage<T>], at: Duration) -> T {
    let (mut begun, mut level) = (Duration::ZERO, start);
    for stage in stages {
        if at < begun + stage.duration {
            let (done, whole) = ((at - begun).as_nanos(), stage.duration.as_nanos());
            let weighted = level.units() * (whole - done) + stage.to.units() * done;
            return T::of_units(weighted.div_ceil(whole));
        }
        (begun, level) = (begun + stage.duration, stage.to);
    }
    level
}

/// What is left of `stages` from `at` on, scaled. Where the line stands then is `scale.to`.
pub(super) fn rest<T: Height>(stages: &[Stage<T>], at: Duration, scale: Scale<T>) -> Vec<Stage<T>> {
    let mut ends = Duration::ZERO;
    let left = stages.iter().filter_map(|stage| {
        ends += stage.duration;
        let left = Stage { duration: ends.saturating_sub(at).min(stage.duration), to: scale.scaled(stage.to) };
        (ends > at).then_some(left)
    });
    left.collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn stages() -> impl Strategy<Value = Vec<Stage<u64>>> {
        let stage = (0u64..20_000, 0u64..1000).prop_map(|(ms, to)| Stage { duration: Duration::from_millis(ms), to });
        prop::collection::vec(stage, 1..6)
    }

    proptest! {
        #[test]
        fn the_rest_ends_when_the_whole_does_and_keeps_its_shape(stages in stages(), part in 0.0f64..1.0, to in 1u64..3000) {
            let whole: Duration = stages.iter().map(|stage| stage.duration).sum();
            let at = whole.mul_f64(part);
            prop_assume!(at < whole);
            let of = height(7, &stages, at).max(1);
            let rest = rest(&stages, at, Scale { to, of });
            prop_assert_eq!(at + rest.iter().map(|stage| stage.duration).sum::<Duration>(), whole);
            for (left, planned) in rest.iter().rev().zip(stages.iter().rev()) {
                let expected = planned.to as f64 * to as f64 / of as f64;
                prop_assert!((left.to as f64 - expected).abs() <= 0.5, "{} instead of {expected}", left.to);
            }
        }

        #[test]
        fn a_height_is_between_those_at_the_ends_of_its_stage(stages in stages(), part in 0.0f64..1.0) {
            let whole: Duration = stages.iter().map(|stage| stage.duration).sum();
            let at = whole.mul_f64(part);
            let heights = || std::iter::once(7).chain(stages.iter().map(|stage| stage.to));
            let height = height(7, &stages, at);
            prop_assert!(heights().min() <= Some(height) && Some(height) <= heights().max());
        }
    }
}
