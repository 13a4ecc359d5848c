//! Checkpoints that come before their time, and each of which has whole pages written to the log again.

use super::found::Found;
use super::rule::{Look, Rule};
use crate::plan::preset::Limit;
use crate::record::{EvidenceUnit, Record, Severity, SourceRecord};

pub(super) static RULE: Rule = Rule {
    id: "checkpoints",
    explains: &["full_page_images", "wal_buffers", "slow_statement", "host_disk", "pool_too_small"],
    look: Look::Source { kind: "postgres", samplers: &["writer"], look },
};

/// One alone may be the server's own, after a start or a new database.
const LEAST: f64 = 2.0;

/// `checkpoint_timeout` where the server does not tell.
const TIMEOUT_S: f64 = 300.0;

/// PostgreSQL's gigabyte, in bytes.
const GB: f64 = 1024.0 * 1024.0 * 1024.0;

/// A checkpoint begins at half of `max_wal_size` or later (PostgreSQL, xlog.c, CalculateCheckpointSegments).
const ROOM: f64 = 2.0;

fn look(record: &Record, source: &SourceRecord) -> Vec<Found> {
    let Some(writer) = source.series("writer") else { return Vec::new() };
    let (timed, requested) = (writer.counter("checkpoints_timed"), writer.counter("checkpoints_requested"));
    let seconds = source.to_s - source.from_s;
    let (all, share) = (timed + requested, requested / (timed + requested).max(1.0));
    let apart_us = 1e6 * seconds / all.max(1.0);
    let close = apart_us < record.preset.limit(Limit::CheckpointInterval);
    if requested < LEAST || !(close || share > record.preset.limit(Limit::CheckpointsRequested)) {
        return Vec::new();
    }
    // Several within the time of one take most of the disk's.
    let severity = match 3.0 * apart_us < record.preset.limit(Limit::CheckpointInterval) {
        true => Severity::Critical,
        false => Severity::Warning,
    };
    let mut found =
        Found::new(severity, 0.5, "checkpoints come too often").figure("checkpoints", all, EvidenceUnit::Count);
    if share > record.preset.limit(Limit::CheckpointsRequested) {
        found = found.beyond("of checkpoints came before their time", share, Limit::CheckpointsRequested, record);
    }
    if close {
        found = found.beyond("from one to the next", apart_us, Limit::CheckpointInterval, record);
    }
    let written = source.series("wal").map_or(0.0, |wal| wal.counter("bytes"));
    if written > 0.0 {
        found = found.figure("log written a second", written / seconds.max(1.0), EvidenceUnit::Bytes);
    }
    let now = source.fact("settings", "max_wal_size").unwrap_or("not known");
    let timeout_s = source.fact("settings", "checkpoint_timeout").and_then(seconds_of).unwrap_or(TIMEOUT_S);
    let gigabytes = (ROOM * timeout_s * written / seconds.max(1.0) / GB).ceil().clamp(2.0, 256.0);
    let found = found.said(format!("max_wal_size is {now}"));
    let action = match bytes_of(now).is_some_and(|bytes| bytes >= gigabytes * GB) {
        true => "find out what asks for checkpoints (CHECKPOINT, CREATE DATABASE, backups): max_wal_size has room for \
                 the log that was written"
            .to_owned(),
        false => format!("ALTER SYSTEM SET max_wal_size = '{gigabytes:.0}GB'; SELECT pg_reload_conf();"),
    };
    vec![found.action(action)]
}

/// A size as PostgreSQL shows a setting: `16GB`, `512MB`.
fn bytes_of(text: &str) -> Option<f64> {
    let (number, unit) = text.split_at(text.find(|c: char| !c.is_ascii_digit())?);
    let factor = match unit {
        "kB" => 1024.0,
        "MB" => 1024.0 * 1024.0,
        "GB" => GB,
        "TB" => 1024.0 * GB,
        _ => return None,
    };
    Some(number.parse::<f64>().ok()? * factor)
}

/// A time as PostgreSQL shows a setting: `5min`, `30s`.
fn seconds_of(text: &str) -> Option<f64> {
    let (number, unit) = text.split_at(text.find(|c: char| !c.is_ascii_digit())?);
    let factor = match unit {
        "s" => 1.0,
        "min" => 60.0,
        "h" => 3600.0,
        "d" => 86_400.0,
        _ => return None,
    };
    Some(number.parse::<f64>().ok()? * factor)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::findings::made;

    fn found(timed: f64, requested: f64) -> Vec<crate::record::FindingRecord> {
        with("1GB", timed, requested)
    }

    fn with(max_wal_size: &str, timed: f64, requested: f64) -> Vec<crate::record::FindingRecord> {
        let mut record = made::record();
        let counters = [("checkpoints_timed", timed), ("checkpoints_requested", requested)];
        made::tell(&mut record, "writer", made::series(&counters, &[]));
        made::tell(&mut record, "wal", made::series(&[("bytes", 1e9)], &[]));
        made::tell(
            &mut record,
            "settings",
            made::facts(&[("max_wal_size", max_wal_size), ("checkpoint_timeout", "5min")]),
        );
        made::found(&RULE, &record)
    }

    #[test]
    fn a_storm_is_told_the_room_that_a_timed_checkpoint_needs() {
        let [finding] = found(0.0, 4.0).try_into().expect("one finding");
        assert_eq!(finding.severity, Severity::Critical);
        // 100 MB a second for five minutes, twice, in gigabytes of 1024³ bytes.
        assert!(finding.action.contains("max_wal_size = '56GB'"), "{}", finding.action);
    }

    #[test]
    fn a_server_with_room_enough_is_not_told_to_have_less() {
        let [finding] = with("64GB", 0.0, 4.0).try_into().expect("one finding");
        assert!(finding.action.starts_with("find out what asks for checkpoints"), "{}", finding.action);
    }

    #[test]
    fn only_the_limit_that_was_passed_is_shown() {
        // A hundred in ten seconds are close, and two of them are no great share.
        let [finding] = found(98.0, 2.0).try_into().expect("one finding");
        let labels: Vec<&str> = finding.evidence.iter().map(|evidence| evidence.label.as_str()).collect();
        assert!(labels.contains(&"from one to the next"), "{labels:?}");
        assert!(!labels.contains(&"of checkpoints came before their time"), "{labels:?}");
    }

    #[test]
    fn one_checkpoint_and_those_of_the_clock_are_fine() {
        assert!(found(0.0, 1.0).is_empty());
        assert!(found(5.0, 0.0).is_empty());
    }
}
