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
    if value.is_finite() {
        print_digits(&format!("{value:e}"), F32_DIGITS, out)
    } else {
        print_special(value.into(), out)
    }
}

pub(in super::super) fn print_f64(value: f64, out: &mut String) -> Result<(), Malformed> {
    if value.is_finite() { print_digits(&format!("{value:e}"), F64_DIGITS, out) } else { print_special(value, out) }
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
        ] {
            assert_eq!(printed(value), text);
        }
    }

    proptest! {
        #[test]
        fn a_printed_number_reads_back_as_itself(value in prop::num::f64::NORMAL | prop::num::f64::SUBNORMAL | prop::num::f64::ZERO) {
            prop_assert_eq!(printed(value).parse::<f64>().expect("a number").to_bits(), value.to_bits());
        }
    }
}
