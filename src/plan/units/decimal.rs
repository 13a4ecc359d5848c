//! Decimal numbers without rounding.

/// The most digits a number may have; keeps all arithmetic far from the limits of `u128`.
const MAX_DIGITS: usize = 18;

/// `digits / 10^places`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Decimal {
    digits: u128,
    places: u32,
}

impl Decimal {
    /// Splits a number such as `12` or `1.5` off the front of `text`.
    pub(super) fn split(text: &str) -> Option<(Decimal, &str)> {
        let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
        let (number, rest) = text.split_at(end);
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        let complete = !whole.is_empty() && !fraction.contains('.') && (number.contains('.') != fraction.is_empty());
        if !complete || whole.len() + fraction.len() > MAX_DIGITS {
            return None;
        }
        let digits = format!("{whole}{fraction}").parse().ok()?;
        Some((Decimal { digits, places: fraction.len() as u32 }, rest))
    }

    /// The number times `factor`, if that is whole.
    pub(super) fn times(self, factor: u128) -> Option<u128> {
        let product = self.digits.checked_mul(factor)?;
        let scale = 10u128.pow(self.places);
        (product % scale == 0).then_some(product / scale)
    }
}

/// Writes `value / 10^places` without trailing zeros.
pub(super) fn format(value: u128, places: usize) -> String {
    let scale = 10u128.pow(places as u32);
    let fraction = format!("{:0places$}", value % scale);
    match fraction.trim_end_matches('0') {
        "" => (value / scale).to_string(),
        digits => format!("{}.{digits}", value / scale),
    }
}
