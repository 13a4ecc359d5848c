//! The rules, one line each.

use super::rule::Rule;
use super::{
    deadlocks, generator, lock_contention, missing_index, pool_too_small, slow_statement, starved, temp_spill,
};
use crate::record::{FindingRecord, Record, RuleRecord};

/// Every rule.
pub(super) const RULES: &[&Rule] = &[
    &generator::RULE,
    &pool_too_small::RULE,
    &slow_statement::RULE,
    &missing_index::RULE,
    &temp_spill::RULE,
    &deadlocks::RULE,
    &lock_contention::RULE,
    &starved::RULE,
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
