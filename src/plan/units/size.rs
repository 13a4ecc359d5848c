//! Amounts of data: `64MB`, `1KiB`.

use super::UnitError;
use super::decimal::Decimal;

/// Decimal and binary units (IEC 80000-13).
const UNITS: [(&str, u64); 10] = [
    ("B", 1),
    ("kB", 1_000),
    ("KB", 1_000),
    ("KiB", 1 << 10),
    ("MB", 1_000_000),
    ("MiB", 1 << 20),
    ("GB", 1_000_000_000),
    ("GiB", 1 << 30),
    ("TB", 1_000_000_000_000),
    ("TiB", 1 << 40),
];

/// Reads a size, in bytes.
pub fn parse_size(text: &str) -> Result<u64, UnitError> {
    let parse = || {
        let (number, unit) = Decimal::split(text)?;
        let (_, factor) = UNITS.iter().find(|(name, _)| *name == unit)?;
        u64::try_from(number.times(u128::from(*factor))?).ok()
    };
    parse()
        .ok_or_else(|| UnitError::new(text, "a size", "write a number with a unit, such as `1KiB`, `64MB` or `2GiB`"))
}

/// Writes a size in the unit that makes the shortest whole number of it.
pub fn format_size(bytes: u64) -> String {
    let (unit, factor) = UNITS
        .into_iter()
        .filter(|(_, factor)| bytes.is_multiple_of(*factor))
        .max_by_key(|(_, factor)| *factor)
        .filter(|_| bytes > 0)
        .unwrap_or(UNITS[0]);
    format!("{}{unit}", bytes / factor)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn sizes_are_read_in_both_systems() {
        for (text, bytes) in [("64MB", 64_000_000), ("1KiB", 1024), ("1.5GiB", 1_610_612_736), ("7B", 7), ("2kB", 2000)]
        {
            assert_eq!(parse_size(text), Ok(bytes), "{text}");
        }
        for text in ["64", "64M", "64 MB", "-1B", "0.5B", "MB"] {
            assert!(parse_size(text).is_err(), "{text}");
        }
        assert_eq!(format_size(512 << 20), "512MiB");
        assert_eq!(format_size(64_000_000), "64MB");
    }

    proptest! {
        #[test]
        fn a_size_shown_reads_back_as_itself(bytes in 0u64..1 << 58) {
            prop_assert_eq!(parse_size(&format_size(bytes)), Ok(bytes));
        }
    }
}
