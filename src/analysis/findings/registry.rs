//! The rules, one line each.

use super::rule::Rule;
use super::{
    changed_plan, checkpoints, cold_cache, connections, dead_rows, deadlocks, drift, failed_operations,
    full_page_images, generator, held_log, held_snapshot, host_cpu, host_disk, host_impact, host_memory,
    idle_in_transaction, lock_contention, lost_connections, low_cache_hit, low_hot_share, missing_index,
    pool_too_large, pool_too_small, redis_evictions, redis_hits, redis_memory, redis_persistence, redis_slow,
    replication_lag, rollbacks, serialization_failures, shared_host, slow_statement, starved, temp_spill,
    unasked_statuses, unused_index, wal_buffers,
};
use crate::record::{FindingRecord, Record, RuleRecord};

/// Every rule.
pub(super) const RULES: &[&Rule] = &[
    &generator::RULE,
    &starved::RULE,
    &lost_connections::RULE,
    &failed_operations::RULE,
    &unasked_statuses::RULE,
    &pool_too_small::RULE,
    &pool_too_large::RULE,
    &drift::RULE,
    &changed_plan::RULE,
    &slow_statement::RULE,
    &missing_index::RULE,
    &unused_index::RULE,
    &temp_spill::RULE,
    &low_cache_hit::RULE,
    &cold_cache::RULE,
    &deadlocks::RULE,
    &lock_contention::RULE,
    &serialization_failures::RULE,
    &idle_in_transaction::RULE,
    &held_snapshot::RULE,
    &rollbacks::RULE,
    &connections::RULE,
    &dead_rows::RULE,
    &low_hot_share::RULE,
    &checkpoints::RULE,
    &full_page_images::RULE,
    &wal_buffers::RULE,
    &replication_lag::RULE,
    &held_log::RULE,
    &host_cpu::RULE,
    &shared_host::RULE,
    &host_impact::RULE,
    &host_memory::RULE,
    &host_disk::RULE,
    &redis_evictions::RULE,
    &redis_hits::RULE,
    &redis_memory::RULE,
    &redis_slow::RULE,
    &redis_persistence::RULE,
];

/// What every rule finds, in no order, and which could look.
pub(super) fn look(record: &Record) -> (Vec<FindingRecord>, Vec<RuleRecord>) {
    let (mut findings, mut rules) = (Vec::new(), Vec::new());
    for rule in RULES {
        let Some((found, told)) = rule.apply(record) else { continue };
        findings.extend(found.into_iter().map(|found| found.of_rule(rule.id)));
        rules.push(told);
    }
    (findings, rules)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_has_a_name_of_its_own_and_explains_rules_that_exist() {
        let mut ids: Vec<_> = RULES.iter().map(|rule| rule.id).collect();
        for effect in RULES.iter().flat_map(|rule| rule.explains).filter(|effect| **effect != "*") {
            assert!(ids.contains(effect), "{effect}");
        }
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), RULES.len());
    }

    #[test]
    fn every_rule_and_every_limit_is_documented() {
        let page = include_str!("../../../docs/findings.md");
        let limits = crate::plan::preset::Limit::ALL.iter().map(|limit| limit.name());
        for name in RULES.iter().map(|rule| rule.id).chain(limits) {
            assert!(page.contains(&format!("| `{name}` |")), "docs/findings.md has no row for `{name}`");
        }
    }
}
