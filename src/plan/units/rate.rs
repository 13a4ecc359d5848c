//! How often something happens: `500/s`, `30/m`.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use super::UnitError;
use super::decimal::{self, Decimal};

/// Time units a rate can be given in, with how many of them make an hour.
const UNITS: [(&str, u128); 4] = [("ms", 3_600_000), ("s", 3_600), ("m", 60), ("h", 1)];

/// Arrivals in a stretch of time.
///
/// Kept in millionths of an arrival an hour: a second, a minute and an hour
/// all divide an hour, so every rate that can be written is a whole number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Rate {
    micro_per_hour: u64,
}

impl Rate {
    /// The unit of [`Rate::units`] summed over nanoseconds that makes one arrival.
    pub(in crate::plan) const UNITS_PER_ARRIVAL: u128 = 1_000_000 * 3_600_000_000_000;

    /// Nothing arrives.
    pub const ZERO: Rate = Rate { micro_per_hour: 0 };

    /// A whole number of arrivals a second.
    pub fn per_second(count: u32) -> Self {
        Self { micro_per_hour: u64::from(count) * 3_600_000_000 }
    }

    /// Arrivals a second.
    pub fn as_per_second(self) -> f64 {
        self.micro_per_hour as f64 / 3_600_000_000.0
    }

    /// Millionths of an arrival an hour.
    pub(in crate::plan) fn units(self) -> u128 {
        u128::from(self.micro_per_hour)
    }

    /// The rate of so many of [`Rate::units`]; the highest there is, if they are more.
    pub(in crate::plan) fn of_units(units: u128) -> Self {
        Self { micro_per_hour: u64::try_from(units).unwrap_or(u64::MAX) }
    }

    /// How many arrivals fall into a stretch of time: `round(rate × duration)`, halves upward.
    pub fn arrivals_in(self, duration: Duration) -> u64 {
        let twice = 2 * self.units() * duration.as_nanos();
        ((twice + Self::UNITS_PER_ARRIVAL) / (2 * Self::UNITS_PER_ARRIVAL)) as u64
    }
}

impl FromStr for Rate {
    type Err = UnitError;

    fn from_str(text: &str) -> Result<Self, UnitError> {
        let parse = || {
            let (count, unit) = text.split_once('/')?;
            let (count, rest) = Decimal::split(count)?;
            let (_, per_hour) = UNITS.iter().find(|(name, _)| *name == unit)?;
            let units = count.times(1_000_000 * per_hour).filter(|_| rest.is_empty())?;
            u64::try_from(units).ok()
        };
        parse().map(|micro_per_hour| Rate { micro_per_hour }).ok_or_else(|| {
            UnitError::new(text, "a rate", "write a number for each `s`, `m` or `h`, such as `500/s` or `30/m`")
        })
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let units = self.units();
        let (per_hour, name) = match units {
            u if u % 3_600 == 0 => (3_600, "s"),
            u if u % 60 == 0 => (60, "m"),
            _ => (1, "h"),
        };
        write!(f, "{}/{name}", decimal::format(units / per_hour, 6))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_count_is_the_rounded_product() {
        for (rate, duration, count) in [
            ("500/s", "10s", 5000),
            ("30/m", "1m", 30),
            ("30/m", "1s", 1),
            ("1/m", "29s", 0),
            ("0.5/s", "3s", 2),
            ("7/h", "1d", 168),
            ("333/s", "1ms", 0),
        ] {
            let duration = crate::plan::units::parse_duration(duration).expect("a duration");
            assert_eq!(rate.parse::<Rate>().expect("a rate").arrivals_in(duration), count, "{rate} for {duration:?}");
        }
    }

    #[test]
    fn what_is_no_rate_is_refused_with_examples() {
        for text in ["500", "500/", "/s", "500/day", "-1/s", "500 /s", "x/s", "1e9/s", "99999999999999/s"] {
            let message = text.parse::<Rate>().expect_err(text).to_string();
            assert!(message.contains("is not a rate") && message.contains("`500/s`"), "{message}");
        }
    }

    proptest! {
        #[test]
        fn a_rate_shown_reads_back_as_itself(micro_per_hour in 0u64..1_000_000_000_000_000_000) {
            let rate = Rate { micro_per_hour };
            prop_assert_eq!(rate.to_string().parse::<Rate>(), Ok(rate));
        }
    }
}
