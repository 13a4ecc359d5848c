//! Intervals in PostgreSQL's own style: `1 year 2 mons -3 days +04:05:06.7`.

use std::fmt::Write;

use super::super::reader::{Malformed, Reader};
use super::datetime::push_fraction;

pub(super) fn print(reader: &mut Reader<'_>, out: &mut String) -> Result<(), Malformed> {
    let us = reader.i64()?;
    let days = reader.i32()?;
    let months = reader.i32()?;
    match (us, days, months) {
        (i64::MAX, i32::MAX, i32::MAX) => out.push_str("infinity"),
        (i64::MIN, i32::MIN, i32::MIN) => out.push_str("-infinity"),
        _ => print_finite(us, days, months, out)?,
    }
    Ok(())
}

fn print_finite(us: i64, days: i32, months: i32, out: &mut String) -> Result<(), Malformed> {
    let start = out.len();
    // A positive part after a negative one shows its sign.
    let mut after_negative = false;
    for (value, unit) in [(months / 12, "year"), (months % 12, "mon"), (days, "day")] {
        if value == 0 {
            continue;
        }
        if out.len() > start {
            out.push(' ');
        }
        let sign = if after_negative && value > 0 { "+" } else { "" };
        let plural = if value == 1 { "" } else { "s" };
        write!(out, "{sign}{value} {unit}{plural}")?;
        after_negative = value < 0;
    }
    if us == 0 && out.len() > start {
        return Ok(());
    }
    if out.len() > start {
        out.push(' ');
    }
    if us < 0 {
        out.push('-');
    } else if after_negative {
        out.push('+');
    }
    let us = us.unsigned_abs();
    let seconds = us / 1_000_000;
    write!(out, "{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)?;
    push_fraction((us % 1_000_000) as i64, out)
}
