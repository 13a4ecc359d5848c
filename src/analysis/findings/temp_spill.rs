//! Statements that sort or hash more than their memory holds, and put it away in temporary files.

use super::found::Found;
use super::rule::{Look, Rule};
use super::{operations, statements};
use crate::plan::preset::Limit;
use crate::plan::units::parse_size;
use crate::record::{EvidenceUnit, Record, SourceRecord};

pub(super) static RULE: Rule = Rule {
    id: "temp_spill",
    explains: &["slow_statement", "pool_too_small", "host_cpu", "host_disk"],
    look: Look::Source { kind: "postgres", samplers: &["statements"], look },
};

/// What is put away takes about so much more room in memory (PostgreSQL, tuplesort.c: a tuple on tape has no header).
const IN_MEMORY: f64 = 2.0;

/// More than this for each sort of each session is asking too much of most machines, in MB.
const MOST_MB: u64 = 1024;

/// Statements told of, those first that put the most away.
const MOST: usize = 3;

fn look(record: &Record, source: &SourceRecord) -> Vec<Found> {
    let seen = statements::seen(source);
    let block_size = source.fact("settings", "block_size").and_then(|size| size.parse().ok()).unwrap_or(8192.0);
    let mut spilling: Vec<_> = seen.iter().filter(|statement| statement.calls > 0.0).collect();
    spilling.retain(|statement| statement.temp_blocks * block_size >= record.preset.limit(Limit::TempBytes));
    spilling.sort_by(|a, b| b.temp_blocks.total_cmp(&a.temp_blocks));
    spilling
        .into_iter()
        .take(MOST)
        .map(|statement| {
            let bytes = statement.temp_blocks * block_size;
            let each = bytes / statement.calls;
            let share = statements::share_of(statement.time_us, &seen);
            Found::of_share(share, format!("statement {} spills to disk", statement.name()))
                .beyond("written to temporary files", bytes, Limit::TempBytes, record)
                .figure("a call", each, EvidenceUnit::Bytes)
                .figure("of the time of all statements", share, EvidenceUnit::Share)
                .said(format!("work_mem is {}", source.fact("settings", "work_mem").unwrap_or("not known")))
                .action(action(each, source.fact("settings", "work_mem"), &statement.name()))
                .operations(operations::asking(record, &source.name, [statement.label]))
        })
        .collect()
}

fn action(each: f64, work_mem: Option<&str>, name: &str) -> String {
    let now = work_mem.and_then(|text| parse_size(text).ok()).unwrap_or(0) as f64;
    let wanted_mb = ((IN_MEMORY * each + now) / f64::from(1 << 20)).ceil() as u64;
    match wanted_mb.max(1).checked_next_power_of_two().filter(|mb| *mb <= MOST_MB) {
        Some(mb) => format!("SET work_mem = '{mb}MB' for the sessions that run {name}, or have it sort and join less"),
        None => format!("have {name} sort and join less, with an index or a limit: no memory holds that"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::findings::made;

    fn found(temp_blocks: f64) -> Vec<crate::record::FindingRecord> {
        let mut record = made::record();
        let mut row = made::statement("find", "SELECT", 10.0, 1_000_000.0);
        row.counters.insert("temp_blocks_written".to_owned(), temp_blocks);
        made::tell(&mut record, "statements", made::rows(vec![row]));
        made::tell(&mut record, "settings", made::facts(&[("work_mem", "4MB"), ("block_size", "8192")]));
        made::found(&RULE, &record)
    }

    #[test]
    fn what_spills_is_named_with_the_memory_to_try() {
        // 12 MiB a call: twice that and what it has is 28 MiB.
        let [finding] = found(15_360.0).try_into().expect("one finding");
        assert_eq!(finding.title, "statement `find` spills to disk");
        assert!(finding.action.starts_with("SET work_mem = '32MB'"), "{}", finding.action);
        assert_eq!(finding.operations, ["op"]);
    }

    #[test]
    fn what_stays_in_memory_is_not() {
        assert!(found(0.0).is_empty());
        assert!(found(100.0).is_empty());
    }

    #[test]
    fn no_memory_is_proposed_that_no_machine_has() {
        assert!(action(1e12, Some("4MB"), "`find`").contains("no memory holds that"));
    }
}
