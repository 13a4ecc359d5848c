//! Exact decimals.
//!
//! On the wire: the number of base-10,000 digits, the power of 10,000 of the first,
//! a sign, the decimal places to show, and the digits; zeros at either end are left out.

use std::fmt::Write;

use super::super::reader::{Malformed, Reader};

const NEGATIVE: u16 = 0x4000;
const NAN: u16 = 0xC000;
const INFINITY: u16 = 0xD000;
const NEGATIVE_INFINITY: u16 = 0xF000;

/// Decimal digits in one digit on the wire.
const GROUP: usize = 4;

pub(super) fn print(reader: &mut Reader<'_>, out: &mut String) -> Result<(), Malformed> {
    let count = i32::from(reader.u16()?);
    let weight = i32::from(reader.i16()?);
    let sign = reader.u16()?;
    let places = usize::from(reader.u16()?);
    match sign {
        NAN => out.push_str("NaN"),
        INFINITY => out.push_str("Infinity"),
        NEGATIVE_INFINITY => out.push_str("-Infinity"),
        _ => {
            let groups = Groups { digits: reader.rest(), count, weight };
            if sign == NEGATIVE {
                out.push('-');
            }
            print_whole(&groups, out)?;
            print_places(&groups, places, out)?;
        }
    }
    Ok(())
}

struct Groups<'a> {
    digits: &'a [u8],
    count: i32,
    weight: i32,
}

impl Groups<'_> {
    /// The base-10,000 digit at a power of 10,000; zero where none was sent.
    fn at(&self, power: i32) -> Result<u16, Malformed> {
        let index = self.weight - power;
        if index < 0 || index >= self.count {
            return Ok(0);
        }
        let bytes = self.digits.get(index as usize * 2..).and_then(<[u8]>::first_chunk).ok_or(Malformed)?;
        Ok(u16::from_be_bytes(*bytes))
    }
}

fn print_whole(groups: &Groups<'_>, out: &mut String) -> Result<(), Malformed> {
    write!(out, "{}", groups.at(groups.weight.max(0))?)?;
    for power in (0..groups.weight).rev() {
        write!(out, "{:04}", groups.at(power)?)?;
    }
    Ok(())
}

fn print_places(groups: &Groups<'_>, places: usize, out: &mut String) -> Result<(), Malformed> {
    if places == 0 {
        return Ok(());
    }
    out.push('.');
    let end = out.len() + places;
    for power in 1..=places.div_ceil(GROUP) as i32 {
        write!(out, "{:04}", groups.at(-power)?)?;
    }
    out.truncate(end);
    Ok(())
}
