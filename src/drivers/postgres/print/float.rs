//! Floating-point numbers with the fewest digits that tell them from all others.

use std::fmt::Write;

use super::super::reader::Malformed;

/// From this power of ten on, `float4` is printed with an exponent.
const F32_DIGITS: i32 = 6;

/// From this power of ten on, `float8` is printed with an exponent.
const F64_DIGITS: i32 = 15;

/// Below this power of ten, both are printed with an exponent.
const SMALLEST_POWER: i32 = -4;

pub(super) fn print_f32(value: f32, out: &mut String) -> Result<(), Malformed> {
    if !value.is_finite() {
        return print_special(value.into(), out);
    }
    let size = value.abs();
    let neighbours = [size.next_down(), size.next_up()].map(f64::from);
    let shortest = format!("{value:e}");
    print_digits(&settle(&shortest, size.into(), neighbours, |places| format!("{value:.places$e}")), F32_DIGITS, out)
}

pub(in super::super) fn print_f64(value: f64, out: &mut String) -> Result<(), Malformed> {
    if !value.is_finite() {
        return print_special(value, out);
    }
    let size = value.abs();
    let neighbours = [size.next_down(), size.next_up()];
    let shortest = format!("{value:e}");
    print_digits(&settle(&shortest, size, neighbours, |places| format!("{value:.places$e}")), F64_DIGITS, out)
}

/// The shortest digits as PostgreSQL chooses them. Rust differs in two ways: of two shortest
/// decimals equally near it takes the upper, not the even one, and it takes one that lies
/// just between the number and its neighbour.
fn settle(shortest: &str, size: f64, neighbours: [f64; 2], with_places: impl FnMut(usize) -> String) -> String {
    let mantissa = shortest.split('e').next().unwrap_or_default();
    let places = mantissa.split_once('.').map_or(0, |(_, places)| places.len());
    // Printed with a number of places, ties go to the even digit. Full precision ends the search.
    let mut decimals = (places..F64_DIGITS as usize + 2).map(with_places);
    decimals.find(|decimal| !is_halfway(decimal, size, neighbours)).unwrap_or_else(|| shortest.to_owned())
}

/// Whether a decimal lies exactly between a number and a neighbour. Only large integers can: a
/// fraction halfway has more digits than the number needs.
fn is_halfway(scientific: &str, size: f64, neighbours: [f64; 2]) -> bool {
    let Some(decimal) = integer(scientific) else { return false };
    // Exact: all three are integers below 2^127 wherever `decimal` fits.
    let size = size as u128;
    let neighbour = neighbours[usize::from(decimal > size)] as u128;
    decimal != size && decimal.abs_diff(size) == decimal.abs_diff(neighbour)
}

/// The absolute value of a decimal such as `-1.25e3` if it is an integer, not too large.
fn integer(scientific: &str) -> Option<u128> {
    let (mantissa, power) = scientific.trim_start_matches('-').split_once('e')?;
    let (whole, places) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let zeros = power.parse::<i32>().ok()? - i32::try_from(places.len()).ok()?;
    let digits: u128 = format!("{whole}{places}").parse().ok()?;
    digits.checked_mul(10u128.checked_pow(zeros.try_into().ok()?)?)
}

fn print_special(value: f64, out: &mut String) -> Result<(), Malformed> {
    out.push_str(match value {
        _ if value.is_nan() => "NaN",
        _ if value > 0.0 => "Infinity",
        _ => "-Infinity",
    });
    Ok(())
}

/// Lays out `-1.25e3` as PostgreSQL does.
fn print_digits(scientific: &str, digits: i32, out: &mut String) -> Result<(), Malformed> {
    let (mantissa, power) = scientific.split_once('e').ok_or(Malformed)?;
    let power: i32 = power.parse().map_err(|_| Malformed)?;
    if !(SMALLEST_POWER..digits).contains(&power) {
        let sign = if power < 0 { '-' } else { '+' };
        write!(out, "{mantissa}e{sign}{:02}", power.abs())?;
        return Ok(());
    }
    let unsigned = match mantissa.strip_prefix('-') {
        Some(rest) => {
            out.push('-');
            rest
        }
        None => mantissa,
    };
    let mantissa_digits = || unsigned.chars().filter(char::is_ascii_digit);
    if power < 0 {
        out.push_str("0.");
        out.extend(std::iter::repeat_n('0', (-power - 1) as usize));
        out.extend(mantissa_digits());
        return Ok(());
    }
    let whole = power as usize + 1;
    let count = mantissa_digits().count();
    out.extend(mantissa_digits().chain(std::iter::repeat('0')).take(whole));
    if count > whole {
        out.push('.');
        out.extend(mantissa_digits().skip(whole));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn printed(value: f64) -> String {
        let mut out = String::new();
        print_f64(value, &mut out).expect("a float");
        out
    }

    #[test]
    fn exponents_come_where_postgresql_puts_them() {
        for (value, text) in [
            (0.0, "0"),
            (-0.0, "-0"),
            (1.5, "1.5"),
            (120.0, "120"),
            (0.0001, "0.0001"),
            (0.00001, "1e-05"),
            (123_456_789_012_345.0, "123456789012345"),
            (1e15, "1e+15"),
            (-2.5e-7, "-2.5e-07"),
            (f64::NEG_INFINITY, "-Infinity"),
            // Two shortest decimals equally near: the even one.
            (745_889_382_912_883.2, "745889382912883.2"),
        ] {
            assert_eq!(printed(value), text);
        }
    }

    #[test]
    fn a_decimal_halfway_to_a_neighbour_is_not_short_enough() {
        for (value, text) in [(37_831_248.0, "3.7831248e+07"), (1_050_780_032.0, "1.05078003e+09")] {
            let mut out = String::new();
            print_f32(value, &mut out).expect("a float");
            assert_eq!(out, text);
        }
    }

    proptest! {
        #[test]
        fn a_printed_number_reads_back_as_itself(value in prop::num::f64::NORMAL | prop::num::f64::SUBNORMAL | prop::num::f64::ZERO) {
            prop_assert_eq!(printed(value).parse::<f64>().expect("a number").to_bits(), value.to_bits());
        }
    }
}
