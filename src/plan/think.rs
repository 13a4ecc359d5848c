//! How long a user pauses between iterations.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use super::units::{UnitError, format_duration, parse_duration, parse_duration_range};

/// How long a user pauses between iterations.
#[derive(Debug, Clone, PartialEq)]
pub enum Think {
    /// No pause.
    None,
    /// Always the same.
    Fixed(Duration),
    /// Uniform between the two, both included.
    Uniform(Duration, Duration),
    /// Exponential with this mean.
    Exponential(Duration),
    /// Normal with mean and standard deviation, cut off at zero.
    Normal(Duration, Duration),
}

impl Think {
    /// The mean; of a normal one without regard to the cut at zero.
    pub fn mean(&self) -> Duration {
        match *self {
            Self::None => Duration::ZERO,
            Self::Uniform(from, to) => (from + to) / 2,
            Self::Fixed(mean) | Self::Exponential(mean) | Self::Normal(mean, _) => mean,
        }
    }
}

impl FromStr for Think {
    type Err = UnitError;

    fn from_str(text: &str) -> Result<Self, UnitError> {
        let error = || {
            let hint = "such as `100ms`, `50ms..150ms`, `exp(100ms)`, `normal(100ms, 20ms)` or `none`";
            UnitError::new(text, "a think time", hint)
        };
        if text == "none" {
            return Ok(Self::None);
        }
        if let Some((function, arguments)) = text.strip_suffix(')').and_then(|call| call.split_once('(')) {
            let arguments =
                arguments.split(',').map(|argument| parse_duration(argument.trim())).collect::<Result<Vec<_>, _>>()?;
            return match (function, arguments.as_slice()) {
                ("exp", &[mean]) => Ok(Self::Exponential(mean)),
                ("normal", &[mean, deviation]) => Ok(Self::Normal(mean, deviation)),
                _ => Err(error()),
            };
        }
        if text.contains("..") {
            return parse_duration_range(text).map(|(from, to)| Self::Uniform(from, to));
        }
        parse_duration(text).map(Self::Fixed).map_err(|_| error())
    }
}

impl fmt::Display for Think {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let show = format_duration;
        match *self {
            Self::None => f.write_str("none"),
            Self::Fixed(time) => f.write_str(&show(time)),
            Self::Uniform(from, to) => write!(f, "{}..{}", show(from), show(to)),
            Self::Exponential(mean) => write!(f, "exp({})", show(mean)),
            Self::Normal(mean, deviation) => write!(f, "normal({}, {})", show(mean), show(deviation)),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn time() -> impl Strategy<Value = Duration> {
        (0u64..1 << 50).prop_map(Duration::from_nanos)
    }

    fn think() -> impl Strategy<Value = Think> {
        prop_oneof![
            Just(Think::None),
            time().prop_map(Think::Fixed),
            (time(), time()).prop_map(|(a, b)| Think::Uniform(a.min(b), a.max(b))),
            time().prop_map(Think::Exponential),
            (time(), time()).prop_map(|(mean, deviation)| Think::Normal(mean, deviation)),
        ]
    }

    proptest! {
        #[test]
        fn a_think_time_shown_reads_back_as_itself(think in think()) {
            prop_assert_eq!(think.to_string().parse::<Think>(), Ok(think));
        }
    }

    #[test]
    fn what_is_no_think_time_is_refused_with_examples() {
        for text in ["", "fast", "100", "exp()", "exp(1s, 2s)", "normal(1s)", "gamma(1s)", "exp(1s"] {
            assert!(text.parse::<Think>().is_err(), "{text}");
        }
        let message = "soon".parse::<Think>().expect_err("no think time").to_string();
        assert!(message.contains("`50ms..150ms`"), "{message}");
    }
}
