//! When in a run something happened.

use crate::record::{IntervalRecord, Record};

/// A sentence on when, of the measured intervals, those came of which that is true; none if none did.
pub(super) fn when(record: &Record, is: impl Fn(&IntervalRecord) -> bool) -> Option<String> {
    let measured: Vec<_> = record.measured_intervals().collect();
    let those: Vec<_> = measured.iter().filter(|interval| is(interval)).collect();
    let (first, last) = (those.first()?, those.last()?);
    Some(format!(
        "between {:.1} s and {:.1} s of the run, in {} of {} intervals",
        first.start_s,
        last.start_s + last.length_s,
        those.len(),
        measured.len()
    ))
}
