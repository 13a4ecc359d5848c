//! Shuffling 0 to n − 1 without a list: a permutation as a function.

use super::draw::{Seeds, mix};
use super::made::{Made, Maker};
use crate::script::args::{Args, misuse};

/// Rounds of the Feistel network; four make it pass for random (Luby and Rackoff, 1988).
const ROUNDS: u64 = 4;

pub fn permute(args: &mut Args) -> mlua::Result<Maker> {
    let (function, count) = (args.function(), args.req::<i64>("count")?);
    // Every index must meet the same permutation.
    let key = Seeds::read(args)?.of_stream().bits();
    Ok(Box::new(move |index| {
        if !(0..count).contains(&index) {
            let reason = format!("{index} is not among 0 to {}", count - 1);
            return Err(misuse(function, "index", &reason).into());
        }
        Ok(Made::Int(permuted(index as u64, count as u64, key) as i64))
    }))
}

/// Where `index` goes among `0..count`. A Feistel network permutes the next power of four, and whoever lands
/// outside walks on until inside, which keeps it a permutation (Black and Rogaway, "Ciphers with arbitrary
/// finite domains", 2002).
fn permuted(index: u64, count: u64, key: u64) -> u64 {
    let half = (u64::BITS - (count - 1).leading_zeros()).div_ceil(2).max(1);
    let mask = (1u64 << half) - 1;
    let mut place = index;
    loop {
        let (mut left, mut right) = (place >> half, place & mask);
        for round in 0..ROUNDS {
            (left, right) = (right, left ^ (mix(key ^ mix(right ^ round << 32)) & mask));
        }
        place = left << half | right;
        if place < count {
            return place;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn every_place_is_taken_exactly_once(count in 1u64..2000, key: u64) {
            let mut places: Vec<u64> = (0..count).map(|index| permuted(index, count, key)).collect();
            places.sort_unstable();
            prop_assert!(places.into_iter().eq(0..count));
        }

        #[test]
        fn large_domains_are_left_by_nobody(count in 1u64..=i64::MAX as u64, part in 0.0..1.0f64, key: u64) {
            let index = ((count as f64 * part) as u64).min(count - 1);
            prop_assert!(permuted(index, count, key) < count);
        }
    }
}
