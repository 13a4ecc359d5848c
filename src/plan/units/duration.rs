//! Lengths of time: `150ms`, `2m`, `1h30m`, `50us`, and ranges of them.

use std::time::Duration;

use super::UnitError;
use super::decimal::{self, Decimal};

const UNITS: [(&str, u128); 8] = [
    ("ns", 1),
    ("us", 1_000),
    ("µs", 1_000),
    ("ms", 1_000_000),
    ("s", 1_000_000_000),
    ("m", 60_000_000_000),
    ("h", 3_600_000_000_000),
    ("d", 86_400_000_000_000),
];

/// Reads a duration: numbers with units, largest first, no blanks. `0` needs no unit.
pub fn parse_duration(text: &str) -> Result<Duration, UnitError> {
    nanoseconds(text).and_then(|ns| u64::try_from(ns).ok()).map(Duration::from_nanos).ok_or_else(|| {
        UnitError::new(text, "a duration", "write a number with a unit, such as `150ms`, `2m` or `1h30m`")
    })
}

/// So many seconds; none if they are negative or more than [`parse_duration`] reads, which are some 584 years: any such
/// duration can be added to a moment.
pub fn duration_of_seconds(seconds: f64) -> Option<Duration> {
    let duration = Duration::try_from_secs_f64(seconds).ok()?;
    u64::try_from(duration.as_nanos()).is_ok().then_some(duration)
}

/// Reads two durations `FROM..TO`, the first not longer than the second.
pub fn parse_duration_range(text: &str) -> Result<(Duration, Duration), UnitError> {
    let error = || UnitError::new(text, "a range of durations", "write the shorter first, such as `50ms..150ms`");
    let (from, to) = text.split_once("..").ok_or_else(error)?;
    let (from, to) = (parse_duration(from.trim_end())?, parse_duration(to.trim_start())?);
    if from <= to { Ok((from, to)) } else { Err(error()) }
}

/// Writes a duration so that [`parse_duration`] reads the same back.
pub fn format_duration(duration: Duration) -> String {
    let ns = duration.as_nanos();
    match ns {
        0 => "0s".into(),
        1..1_000 => format!("{ns}ns"),
        1_000..1_000_000 => decimal::format(ns, 3) + "us",
        1_000_000..1_000_000_000 => decimal::format(ns, 6) + "ms",
        _ => {
            let minutes = ns / 60_000_000_000;
            let mut text = String::new();
            for (count, unit) in [(minutes / 60, "h"), (minutes % 60, "m")] {
                if count > 0 {
                    text += &format!("{count}{unit}");
                }
            }
            match ns % 60_000_000_000 {
                0 => text,
                seconds => text + &decimal::format(seconds, 9) + "s",
            }
        }
    }
}

fn nanoseconds(text: &str) -> Option<u128> {
    if text == "0" {
        return Some(0);
    }
    let (mut total, mut rest, mut last_unit) = (0u128, text, u128::MAX);
    loop {
        let (number, after) = Decimal::split(rest)?;
        let end = after.find(|c: char| c.is_ascii_digit()).unwrap_or(after.len());
        let (unit, after) = after.split_at(end);
        let (_, factor) = UNITS.iter().find(|(name, _)| *name == unit)?;
        if *factor >= last_unit {
            return None;
        }
        total += number.times(*factor)?;
        (rest, last_unit) = (after, *factor);
        if rest.is_empty() {
            return Some(total);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn durations_are_read_exactly() {
        for (text, ns) in [
            ("150ms", 150_000_000),
            ("2m", 120_000_000_000),
            ("1h30m", 5_400_000_000_000),
            ("50us", 50_000),
            ("50µs", 50_000),
            ("1.5s", 1_500_000_000),
            ("0.1ms", 100_000),
            ("1m0.25s", 60_250_000_000),
            ("0", 0),
            ("0s", 0),
            ("1d", 86_400_000_000_000),
        ] {
            assert_eq!(parse_duration(text), Ok(Duration::from_nanos(ns)), "{text}");
        }
    }

    #[test]
    fn what_is_no_duration_is_refused_with_examples() {
        for text in [
            "",
            "5",
            "ms",
            "-1s",
            "5 s",
            "1s1m",
            "1s1s",
            "1.s",
            ".5s",
            "1.2.3s",
            "0.5ns",
            "5 parsecs",
            "1e3s",
            "99999999999999999d",
        ] {
            let message = parse_duration(text).expect_err(text).to_string();
            assert!(message.contains("is not a duration") && message.contains("`150ms`"), "{message}");
        }
    }

    #[test]
    fn a_range_runs_upwards() {
        let (a, b) = (Duration::from_millis(50), Duration::from_millis(150));
        assert_eq!(parse_duration_range("50ms..150ms"), Ok((a, b)));
        assert_eq!(parse_duration_range("50ms .. 150ms"), Ok((a, b)));
        assert!(parse_duration_range("150ms..50ms").is_err());
        assert!(parse_duration_range("50ms").is_err());
    }

    proptest! {
        #[test]
        fn a_duration_shown_reads_back_as_itself(ns in any::<u64>(), shift in 0u32..64) {
            let duration = Duration::from_nanos(ns >> shift);
            prop_assert_eq!(parse_duration(&format_duration(duration)), Ok(duration));
        }
    }
}
