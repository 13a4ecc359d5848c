//! Dates and times of day in ISO style.
//!
//! On the wire, dates are days and timestamps microseconds from 2000-01-01; the largest and smallest mean infinity.

use std::fmt::Write;

use super::super::reader::{Malformed, Reader};

const DAY_US: i64 = 86_400_000_000;

/// Days from 0000-03-01 to 2000-01-01.
const EPOCH_DAYS: i64 = 730_425;

pub(super) fn print_date(days: i32, out: &mut String) -> Result<(), Malformed> {
    match days {
        i32::MAX => out.push_str("infinity"),
        i32::MIN => out.push_str("-infinity"),
        _ => {
            let year = print_ymd(days.into(), out)?;
            push_era(year, out);
        }
    }
    Ok(())
}

/// `zone` comes after the time and before the era.
pub(super) fn print_timestamp(us: i64, zone: &str, out: &mut String) -> Result<(), Malformed> {
    match us {
        i64::MAX => out.push_str("infinity"),
        i64::MIN => out.push_str("-infinity"),
        _ => {
            let year = print_ymd(us.div_euclid(DAY_US), out)?;
            out.push(' ');
            print_time(us.rem_euclid(DAY_US), out)?;
            out.push_str(zone);
            push_era(year, out);
        }
    }
    Ok(())
}

/// Microseconds since midnight; 24:00:00 is possible.
pub(super) fn print_time(us: i64, out: &mut String) -> Result<(), Malformed> {
    let seconds = us / 1_000_000;
    write!(out, "{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)?;
    push_fraction(us % 1_000_000, out)
}

/// The zone is sent in seconds west of Greenwich and printed as hours east.
pub(super) fn print_timetz(reader: &mut Reader<'_>, out: &mut String) -> Result<(), Malformed> {
    print_time(reader.i64()?, out)?;
    let west = reader.i32()?;
    let seconds = west.unsigned_abs();
    write!(out, "{}{:02}", if west > 0 { '-' } else { '+' }, seconds / 3600)?;
    if seconds % 3600 != 0 {
        write!(out, ":{:02}", seconds / 60 % 60)?;
    }
    if seconds % 60 != 0 {
        write!(out, ":{:02}", seconds % 60)?;
    }
    Ok(())
}

/// Appends `.` and the microseconds without trailing zeros, or nothing.
pub(super) fn push_fraction(us: i64, out: &mut String) -> Result<(), Malformed> {
    if us != 0 {
        write!(out, ".{us:06}")?;
        out.truncate(out.trim_end_matches('0').len());
    }
    Ok(())
}

/// Appends the date of a day counted from 2000-01-01 and gives the astronomical year, in which 0 is 1 BC.
///
/// The proleptic Gregorian calendar in eras of 400 years that start on 1 March, so that the leap day comes last.
fn print_ymd(days: i64, out: &mut String) -> Result<i64, Malformed> {
    let shifted = days + EPOCH_DAYS;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    let year = era * 400 + year_of_era + i64::from(month <= 2);
    let shown = if year > 0 { year } else { 1 - year };
    write!(out, "{shown:04}-{month:02}-{day:02}")?;
    Ok(year)
}

fn push_era(year: i64, out: &mut String) {
    if year <= 0 {
        out.push_str(" BC");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_count_from_the_first_of_january_2000() {
        for (days, text) in [
            (0, "2000-01-01"),
            (-1, "1999-12-31"),
            (59, "2000-02-29"),
            (-730_119, "0001-01-01"),
            (-730_120, "0001-12-31 BC"),
            (i32::MAX, "infinity"),
        ] {
            let mut out = String::new();
            print_date(days, &mut out).expect("a date");
            assert_eq!(out, text);
        }
    }
}
