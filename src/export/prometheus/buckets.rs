//! The bounds of histograms, which must be fixed beforehand.

/// Bounds of times in seconds, from 100 µs to a minute: no step is more than 5/3 of the one before up to 10 s, so that
/// a quantile estimated from them is within a quarter or so.
pub(super) const TIMES: &[f64] = &[
    0.0001, 0.00015, 0.0002, 0.0003, 0.0005, 0.0007, 0.001, 0.0015, 0.002, 0.003, 0.005, 0.007, 0.01, 0.015, 0.02,
    0.03, 0.05, 0.07, 0.1, 0.15, 0.2, 0.3, 0.5, 0.7, 1.0, 1.5, 2.0, 3.0, 5.0, 7.0, 10.0, 20.0, 30.0, 60.0,
];

/// Bounds of numbers of any unit.
pub(super) const NUMBERS: &[f64] = &[
    0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1e3,
    2e3, 5e3, 1e4, 2e4, 5e4, 1e5, 2e5, 5e5, 1e6, 1e7, 1e8, 1e9,
];

#[cfg(test)]
mod tests {
    use super::{NUMBERS, TIMES};

    #[test]
    fn bounds_rise() {
        assert!(TIMES.is_sorted_by(|a, b| a < b) && NUMBERS.is_sorted_by(|a, b| a < b));
    }
}
