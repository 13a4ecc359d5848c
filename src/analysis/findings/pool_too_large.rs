//! Pools of which only a small part was ever in use.

use super::found::Found;
use super::rule::{Look, Rule};
use crate::plan::preset::Limit;
use crate::record::{EvidenceUnit, PoolRecord, Record, Severity};

pub(super) static RULE: Rule = Rule { id: "pool_too_large", explains: &[], look: Look::Run(look) };

/// Smaller pools cost a server nothing.
const LEAST: u64 = 20;

fn look(record: &Record) -> Vec<Found> {
    record.pools.iter().filter_map(|pool| judge(record, pool)).collect()
}

fn judge(record: &Record, pool: &PoolRecord) -> Option<Found> {
    let share = pool.in_use_peak as f64 / pool.size.max(1) as f64;
    // Connections of a PostgreSQL are processes; those of a Redis cost next to nothing.
    if pool.kind != "postgres" || pool.size < LEAST || share > record.preset.limit(Limit::PoolIdle) {
        return None;
    }
    let enough = (pool.in_use_peak + pool.in_use_peak.div_ceil(4)).max(1);
    let found = Found::new(Severity::Note, 0.0, format!("the pool of {} is larger than anybody needs", pool.name))
        .figure("connections", pool.size as f64, EvidenceUnit::Count)
        .figure("most in use at a time", pool.in_use_peak as f64, EvidenceUnit::Count)
        .beyond("of its connections", share, Limit::PoolIdle, record)
        .action(format!("set `connections = {enough}` (--connections {enough}): each is a process of the server"));
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::findings::made;

    #[test]
    fn a_pool_that_mostly_idles_is_found_and_one_in_use_is_not() {
        let found = |size, in_use_peak| {
            let mut record = made::record();
            record.pools = vec![PoolRecord {
                name: "postgres".into(),
                kind: "postgres".into(),
                persona: None,
                max_size: size,
                size,
                in_use_peak,
                waiters_peak: 0,
                asked: 100,
                waited: 0,
                connects: size,
                reconnects: 0,
                connect_failures: 0,
                wait_us: made::mean(1.0),
            }];
            made::found(&RULE, &record)
        };
        let [finding] = found(50, 8).try_into().expect("one finding");
        assert!(finding.action.contains("--connections 10"), "{}", finding.action);
        assert!(found(50, 30).is_empty() && found(10, 1).is_empty());
    }
}
