//! Several figures at once: how small a p-value must be when many were looked at.
//!
//! Holm, "A Simple Sequentially Rejective Multiple Test Procedure", 1979: the smallest is multiplied by the number of figures, the
//! next by one less, and so on; whatever depends on what, the probability of a single false alarm among all figures stays
//! that of one test.

/// Each p-value as if there had been but one.
pub(super) fn holm(ps: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..ps.len()).collect();
    order.sort_by(|a, b| ps[*a].total_cmp(&ps[*b]));
    let mut adjusted = vec![1.0; ps.len()];
    let mut so_far = 0.0f64;
    for (place, figure) in order.into_iter().enumerate() {
        so_far = so_far.max(ps[figure] * (ps.len() - place) as f64).min(1.0);
        adjusted[figure] = so_far;
    }
    adjusted
}

/// The same for figures in an order that was chosen beforehand: each is asked only if all before it were found, and pays for none of them.
/// Few runs reach nothing by [`holm`], but the first figures by this.
pub(super) fn in_order(ps: &[f64]) -> Vec<f64> {
    let mut so_far = 0.0f64;
    ps.iter()
        .map(|p| {
            so_far = so_far.max(*p);
            so_far
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_held_against_those_that_are_not_smaller() {
        let adjusted = holm(&[0.01, 0.04, 0.03, 0.005]);
        let expected = [0.03, 0.06, 0.06, 0.02];
        assert!(adjusted.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-12), "{adjusted:?}");
        assert_eq!(holm(&[0.6, 0.9]), [1.0, 1.0]);
        assert!(holm(&[]).is_empty());
    }

    #[test]
    fn in_order_the_first_that_is_not_found_ends_it() {
        assert_eq!(in_order(&[0.05, 0.2, 0.01]), [0.05, 0.2, 0.2]);
    }
}
