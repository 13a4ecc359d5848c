//! Shares of a hundred: `1%`, `99.9%`.

use std::fmt;
use std::str::FromStr;

use super::UnitError;
use super::decimal::{self, Decimal};

/// A percentage, in millionths of a per cent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Percent {
    micro: u64,
}

impl Percent {
    /// As a fraction of one: `1%` is 0.01.
    pub fn fraction(self) -> f64 {
        self.micro as f64 / 100_000_000.0
    }
}

impl FromStr for Percent {
    type Err = UnitError;

    fn from_str(text: &str) -> Result<Self, UnitError> {
        Decimal::split(text)
            .filter(|(_, rest)| *rest == "%")
            .and_then(|(number, _)| u64::try_from(number.times(1_000_000)?).ok())
            .map(|micro| Percent { micro })
            .ok_or_else(|| {
                UnitError::new(text, "a percentage", "write a number and a per cent sign, such as `1%` or `99.9%`")
            })
    }
}

impl fmt::Display for Percent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}%", decimal::format(u128::from(self.micro), 6))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_percentage_is_a_fraction_of_a_hundred() {
        assert_eq!("1%".parse::<Percent>().map(Percent::fraction), Ok(0.01));
        assert_eq!("99.9%".parse::<Percent>().map(Percent::fraction), Ok(0.999));
        for text in ["1", "%", "1 %", "-1%", "1%%", "one%"] {
            assert!(text.parse::<Percent>().is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_percentage_shown_reads_back_as_itself(micro in 0u64..1_000_000_000_000) {
            let percent = Percent { micro };
            prop_assert_eq!(percent.to_string().parse::<Percent>(), Ok(percent));
        }
    }
}
