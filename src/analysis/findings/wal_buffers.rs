//! Log that had to be written in the middle of a statement, because its buffers were full.

use super::found::Found;
use super::rule::{Look, Rule};
use crate::record::{EvidenceUnit, Record, Severity, SourceRecord};

pub(super) static RULE: Rule =
    Rule { id: "wal_buffers", explains: &[], look: Look::Source { kind: "postgres", samplers: &["wal"], look } };

/// Fewer times a second than this are lost among the writes of commits.
const PER_S: f64 = 10.0;

/// Fewer times than this over a run are a burst.
const LEAST: f64 = 100.0;

fn look(_: &Record, source: &SourceRecord) -> Vec<Found> {
    let full = source.series("wal").map_or(0.0, |wal| wal.counter("buffers_full"));
    let per_s = full / (source.to_s - source.from_s).max(1.0);
    if full < LEAST || per_s < PER_S {
        return Vec::new();
    }
    let now = source.fact("settings", "wal_buffers").unwrap_or("not known");
    let found = Found::new(Severity::Note, 0.2, "the buffers of the log were full")
        .figure("times that a statement had to write log", full, EvidenceUnit::Count)
        .figure("that often", per_s, EvidenceUnit::PerS)
        .said(format!("wal_buffers is {now}"))
        .action("ALTER SYSTEM SET wal_buffers = '64MB'; then restart the server");
    vec![found]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::findings::made;

    #[test]
    fn buffers_that_are_always_full_are_found_and_a_burst_is_not() {
        let found = |full| {
            let mut record = made::record();
            made::tell(&mut record, "wal", made::series(&[("buffers_full", full)], &[]));
            made::found(&RULE, &record).len()
        };
        assert_eq!((found(1_000.0), found(50.0)), (1, 0));
    }
}
