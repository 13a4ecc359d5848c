//! Whether a target is on the machine that throng runs on.

use crate::plan::Place;
use crate::record::Record;

/// Whether any target is.
pub(super) fn any(record: &Record) -> bool {
    record.targets.iter().any(|target| !target.address.is_empty() && Place::read(&target.address).is_here())
}
