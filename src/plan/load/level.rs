//! How much load there is at a moment, and by how much it may be changed at a time.

use std::fmt;

use super::stretch::Height;
use crate::plan::units::{Rate, counted};

/// How much load there is: so many users, or arrivals at such a rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// Of a closed load.
    Users(u64),
    /// Of an open one.
    Rate(Rate),
}

/// A change of a level, upward or downward.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// By so many percent of what it is, but by one user at least.
    Percent(i8),
    /// By so many users, or arrivals a second.
    Ones(i8),
}

impl Level {
    /// What a change leads to: never to nothing, and never past what a load may be.
    pub fn changed(self, by: By) -> Self {
        match self {
            Self::Users(users) => Self::Users(moved(users, by, 1, 1)),
            Self::Rate(rate) => {
                let one = Rate::per_second(1).units();
                // At the least an arrival in a hundred seconds.
                Self::Rate(moved(rate, by, one, one / 100))
            }
        }
    }

    /// Whether there is no load at all.
    pub fn is_zero(self) -> bool {
        self.units() == 0
    }

    /// Users, or arrivals a second.
    pub fn figure(self) -> f64 {
        match self {
            Self::Users(users) => users as f64,
            Self::Rate(rate) => rate.as_per_second(),
        }
    }

    fn units(self) -> u128 {
        match self {
            Self::Users(users) => users.units(),
            Self::Rate(rate) => rate.units(),
        }
    }
}

/// `height` moved by so many percent, but by a unit at least, or by so many times `one`; not below `least` units, nor past
/// what a load may be.
fn moved<H: Height>(height: H, by: By, one: u128, least: u128) -> H {
    let units = height.units();
    let (up, size) = match by {
        By::Percent(percent) => (percent > 0, ((units * u128::from(percent.unsigned_abs()) + 50) / 100).max(1)),
        By::Ones(ones) => (ones > 0, one * u128::from(ones.unsigned_abs())),
    };
    let there = if up { units + size } else { units.saturating_sub(size) };
    // A level that is low already is not raised by being lowered.
    H::of_units(there.clamp(least.min(units), H::most().max(units)))
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Users(users) => f.write_str(&counted(*users, "user")),
            Self::Rate(rate) => rate.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rate(text: &str) -> Level {
        Level::Rate(text.parse().expect("a rate"))
    }

    #[test]
    fn a_change_is_by_a_tenth_or_by_one_and_never_to_nothing() {
        for (from, by, to) in [
            (Level::Users(50), By::Percent(10), Level::Users(55)),
            (Level::Users(50), By::Percent(-10), Level::Users(45)),
            (Level::Users(3), By::Percent(10), Level::Users(4)),
            (Level::Users(3), By::Ones(-1), Level::Users(2)),
            (Level::Users(1), By::Percent(-10), Level::Users(1)),
            (Level::Users(1_000_000), By::Ones(1), Level::Users(1_000_000)),
            (rate("500/s"), By::Percent(10), rate("550/s")),
            (rate("500/s"), By::Ones(-1), rate("499/s")),
            (rate("1/s"), By::Ones(-1), rate("0.01/s")),
            (rate("1/h"), By::Ones(-1), rate("1/h")),
        ] {
            assert_eq!(from.changed(by), to, "{from} by {by:?}");
        }
    }

    #[test]
    fn a_level_says_what_it_is_of() {
        assert_eq!([Level::Users(1).to_string(), rate("60.5/s").to_string()], ["1 user", "60.5/s"]);
    }
}
