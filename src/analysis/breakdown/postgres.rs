//! What a PostgreSQL tells of its time for a statement: `pg_stat_statements`, and what its sessions were met doing.

use super::known::{Known, Waited};
use crate::record::{ProfileRecord, SourceRecord};

/// Fewer sightings than this say nothing of how a statement's time splits.
const LEAST_SIGHTINGS: u64 = 5;

/// Where more than this of the waiting was for executions that failed, sightings say nothing of those that did not.
const MOST_FAILED: f64 = 0.1;

/// What the server does not count as a statement's time, since it comes after it: here sightings tell.
const ENDS: [&str; 2] = ["COMMIT", "ROLLBACK"];

/// What a session waits for while it commits.
const COMMITS: [&str; 4] = ["IO:WALSync", "IO:WALWrite", "LWLock:WALWrite", "IPC:SyncRep"];

/// What is known of a statement that the clients waited for so.
pub(super) fn known(source: &SourceRecord, label: &str, waited: Waited) -> Known {
    let sighted = source.profile("activity").map(|profile| Sighted::of(source, profile, label)).unwrap_or_default();
    let server_us = told_us(source, label).map(|told| match ENDS.contains(&label) {
        true => told.max(sighted.met_us),
        false => told + sighted.committing_us,
    });
    // What was met may have been an execution that failed, which is not what the events are told of.
    let mostly_failed = waited.failed_us > MOST_FAILED * (waited.us + waited.failed_us);
    Known {
        server_share: server_us.and_then(|server_us| waited.share(server_us)),
        events: if mostly_failed { Vec::new() } else { sighted.events },
    }
}

/// What the server counted for a statement; none if it did not, or not all of it.
fn told_us(source: &SourceRecord, label: &str) -> Option<f64> {
    let rows = || source.rows("statements").iter().filter(|row| row.name("label") == label);
    // What was counted before a reset, or after the last look, is not known. A statement that came only after the first
    // look does not know of a reset itself.
    let reset = source.sampler("statement_evictions").is_some_and(|sampler| sampler.resets > 0);
    if reset || !source.is_whole("statements") || rows().any(|row| !row.name("counted_anew").is_empty()) {
        return None;
    }
    rows().map(|row| row.counter("execution_time_us") + row.counter("planning_time_us")).reduce(|sum, more| sum + more)
}

/// What sessions were met doing for one statement.
#[derive(Debug, Default)]
struct Sighted {
    events: Vec<(String, f64)>,
    /// The time that sessions were at it: as many as were met at it in the mean were at it all the time.
    met_us: f64,
    /// Of that, the time at a commit.
    committing_us: f64,
}

impl Sighted {
    fn of(source: &SourceRecord, profile: &ProfileRecord, label: &str) -> Self {
        let counts: Vec<_> = profile.active_of(label).map(|total| (total.event.clone(), total.count)).collect();
        let all: u64 = counts.iter().map(|(_, count)| count).sum();
        if all < LEAST_SIGHTINGS {
            return Self::default();
        }
        // Looks were as far apart as this, up to the last one with the users there.
        let until_s = if profile.until_s > 0.0 { profile.until_s } else { source.to_s };
        let apart_us = (until_s - source.from_s).max(0.0) * 1e6 / profile.looks.max(1) as f64;
        let committing: u64 = counts.iter().filter(|(event, _)| is_commit(event)).map(|(_, count)| count).sum();
        let share = |(event, count): (String, u64)| (event, count as f64 / all as f64);
        Self {
            events: counts.into_iter().map(share).collect(),
            met_us: all as f64 * apart_us,
            committing_us: committing as f64 * apart_us,
        }
    }
}

/// Whether a session waits so for its commit. Of a statement outside of transactions that comes after what the server
/// counts as its time, while the statement is still what the session is at. Names are written otherwise from
/// PostgreSQL 17 on.
fn is_commit(event: &str) -> bool {
    COMMITS.iter().any(|commit| event.eq_ignore_ascii_case(commit))
}
