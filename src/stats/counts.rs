//! How often each time was met: HdrHistogram's counters, kept only where something was counted.
//!
//! A whole HdrHistogram of 1 µs to 1 h takes 180 KB, and a worker has several for each operation, handed over
//! each second. The times of one operation lie close together, so that a few small pages hold them all. The
//! layout is HdrHistogram's own (<https://github.com/HdrHistogram/HdrHistogram>), so nothing is rounded twice;
//! percentiles are left to the crate.

use hdrhistogram::Histogram;

use super::latency::{DIGITS, MAX_US};

/// The binary logarithm of half a bucket: 3 significant digits take 2,048 slots a bucket, of which each bucket
/// but the first uses the upper half.
const HALF_BITS: u32 = 10;

/// Slots of a page. So few that a time unlike all others, of which a long run meets ever more, takes little; enough
/// for the directory to stay small.
const SLOTS: usize = 8;

/// Pages up to [`MAX_US`].
const PAGES: usize = index_of(MAX_US) / SLOTS + 1;

/// Counters of times from 1 µs to 1 h.
#[derive(Debug, Clone)]
pub(super) struct Counts {
    /// The position of each page in `pages`, plus 1; 0 where nothing was counted yet.
    directory: [u16; PAGES],
    pages: Vec<[u64; SLOTS]>,
}

impl Counts {
    /// Nothing counted.
    pub(super) fn new() -> Box<Self> {
        Box::new(Self { directory: [0; PAGES], pages: Vec::new() })
    }

    /// Counts one time, of at most [`MAX_US`]. Allocates nothing unless the time is unlike all before it.
    pub(super) fn record(&mut self, us: u64) {
        let index = index_of(us);
        self.page(index / SLOTS)[index % SLOTS] += 1;
    }

    /// Adds all of `other`.
    pub(super) fn merge(&mut self, other: &Self) {
        for (place, theirs) in other.used_pages() {
            let mine = self.page(place);
            mine.iter_mut().zip(theirs).for_each(|(mine, theirs)| *mine += theirs);
        }
    }

    /// A copy of what was counted, in as little memory as it takes.
    pub(super) fn copy(&self) -> Box<Self> {
        let mut copy = Self::new();
        copy.pages.reserve_exact(self.used_pages().count());
        for (place, counters) in self.used_pages() {
            *copy.page(place) = *counters;
        }
        copy
    }

    /// Forgets what was counted, and keeps the memory for the like.
    pub(super) fn clear(&mut self) {
        self.pages.iter_mut().for_each(|counters| counters.fill(0));
    }

    /// Adds every counter to a histogram that reaches far enough.
    pub(super) fn add_to(&self, histogram: &mut Histogram<u64>) {
        for (us, count) in self.slots() {
            histogram.saturating_record_n(us, count);
        }
    }

    /// The smallest time of each slot that is not empty, with its counter, in the order of times.
    pub(super) fn slots(&self) -> impl Iterator<Item = (u64, u64)> {
        let of_page = |(place, counters): (usize, &[u64; SLOTS])| {
            let counters = *counters;
            (0..SLOTS).map(move |slot| (value_of(place * SLOTS + slot), counters[slot]))
        };
        self.used_pages().flat_map(of_page).filter(|(_, count)| *count > 0)
    }

    /// Pages in which something was counted, in the order of times.
    fn used_pages(&self) -> impl Iterator<Item = (usize, &[u64; SLOTS])> {
        let position = |entry: &u16| usize::from(*entry).checked_sub(1);
        let all = self.directory.iter().enumerate();
        let known = all.filter_map(move |(place, entry)| Some((place, &self.pages[position(entry)?])));
        known.filter(|(_, counters)| counters.iter().any(|count| *count > 0))
    }

    fn page(&mut self, place: usize) -> &mut [u64; SLOTS] {
        let entry = &mut self.directory[place];
        if *entry == 0 {
            self.pages.push([0; SLOTS]);
            *entry = self.pages.len() as u16;
        }
        &mut self.pages[usize::from(*entry) - 1]
    }
}

/// An empty histogram of the same layout that reaches up to `max_us`.
pub(super) fn histogram(max_us: u64) -> Histogram<u64> {
    Histogram::new_with_bounds(1, max_us.clamp(2, MAX_US), DIGITS).expect("bounds are valid")
}

/// The slot of a time.
const fn index_of(us: u64) -> usize {
    let us = if us > MAX_US { MAX_US } else { us };
    // Within the bucket times are told apart by 2^bucket µs.
    let bucket = (us | ((2 << HALF_BITS) - 1)).ilog2() - HALF_BITS;
    ((bucket as usize) << HALF_BITS) + (us >> bucket) as usize
}

/// The smallest time of a slot.
const fn value_of(index: usize) -> u64 {
    let bucket = (index >> HALF_BITS).saturating_sub(1);
    ((index - (bucket << HALF_BITS)) as u64) << bucket
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn slots_are_those_of_a_histogram(us in (0u32..32).prop_flat_map(|bits| (1u64 << bits)..(2u64 << bits))) {
            let us = us.min(MAX_US);
            let value = value_of(index_of(us));
            prop_assert_eq!(value, histogram(MAX_US).lowest_equivalent(us));
        }

        #[test]
        fn counts_are_those_of_one_big_histogram(
            values in prop::collection::vec(1u64..8_000_000_000, 0..200), at in 0usize..200,
        ) {
            let mut big = histogram(MAX_US);
            let (mut first, mut second) = (Counts::new(), Counts::new());
            for (position, &us) in values.iter().enumerate() {
                big.record(us.min(MAX_US)).unwrap();
                if position < at { &mut first } else { &mut second }.record(us);
            }
            first.merge(&second);
            let mut again = histogram(MAX_US);
            first.copy().add_to(&mut again);
            prop_assert_eq!(big, again);
        }
    }

    #[test]
    fn what_was_cleared_takes_no_part() {
        let mut counts = Counts::new();
        [5, 5, 70_000].into_iter().for_each(|us| counts.record(us));
        counts.clear();
        counts.record(9);
        let mut told = histogram(MAX_US);
        counts.add_to(&mut told);
        assert_eq!((told.len(), told.count_at(9)), (1, 1));
        assert_eq!(counts.copy().pages.len(), 1);
    }
}
