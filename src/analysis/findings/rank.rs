//! The order of findings: the most severe first, and a cause before what follows from it.

use super::registry::RULES;
use crate::record::FindingRecord;

/// A cause must explain at least this part of what its effect does, or the effect has another.
const PART: f64 = 0.5;

/// The findings in the order in which they are read.
///
/// A cause is as severe as the worst of its effects, since removing it removes them.
pub(super) fn ranked(mut findings: Vec<FindingRecord>) -> Vec<FindingRecord> {
    // A chain of causes is no longer than there are findings.
    for _ in 0..findings.len() {
        for cause in 0..findings.len() {
            for effect in 0..findings.len() {
                if explains(&findings[cause], &findings[effect]) {
                    let severity = findings[effect].severity;
                    let cause = &mut findings[cause];
                    cause.severity = cause.severity.min(severity);
                }
            }
        }
    }
    findings.sort_by(|a, b| a.severity.cmp(&b.severity).then(b.score.total_cmp(&a.score)).then(a.id.cmp(&b.id)));
    let mut ordered: Vec<FindingRecord> = Vec::with_capacity(findings.len());
    while !findings.is_empty() {
        // From the first to its cause, to the cause of that, and so on; rules that explain each other end it.
        let (mut at, mut passed) = (0, vec![0]);
        while let Some(cause) =
            (0..findings.len()).find(|cause| !passed.contains(cause) && explains(&findings[*cause], &findings[at]))
        {
            at = cause;
            passed.push(cause);
        }
        ordered.push(findings.remove(at));
    }
    ordered
}

/// Whether one may follow from the other.
fn explains(cause: &FindingRecord, effect: &FindingRecord) -> bool {
    let Some(rule) = RULES.iter().find(|rule| rule.id == cause.id) else { return false };
    let named = rule.explains.iter().any(|id| *id == "*" || *id == effect.id);
    let same = cause.operations.is_empty()
        || effect.operations.is_empty()
        || cause.operations.iter().any(|operation| effect.operations.contains(operation));
    named && cause.id != effect.id && same && cause.score >= PART * effect.score
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::findings::found::Found;
    use crate::record::Severity;

    fn finding(id: &str, severity: Severity, score: f64, operations: &[&str]) -> FindingRecord {
        let operations = operations.iter().map(|name| (*name).to_owned()).collect();
        Found::new(severity, score, id).operations(operations).of_rule(id)
    }

    fn order(findings: Vec<FindingRecord>) -> Vec<String> {
        ranked(findings).into_iter().map(|finding| finding.id).collect()
    }

    #[test]
    fn the_most_severe_comes_first_and_then_what_explains_most() {
        let found = vec![
            finding("pool_too_small", Severity::Warning, 0.3, &["a"]),
            finding("temp_spill", Severity::Note, 0.9, &["c"]),
            finding("deadlocks", Severity::Critical, 0.1, &[]),
            finding("slow_statement", Severity::Warning, 0.4, &["b"]),
        ];
        assert_eq!(order(found), ["deadlocks", "slow_statement", "pool_too_small", "temp_spill"]);
    }

    #[test]
    fn a_cause_is_as_severe_as_its_effect_and_comes_before_it() {
        let found = vec![
            finding("slow_statement", Severity::Critical, 0.9, &["a"]),
            finding("missing_index", Severity::Warning, 0.6, &["a", "b"]),
        ];
        let ranked = ranked(found);
        assert_eq!((ranked[0].id.as_str(), ranked[0].severity), ("missing_index", Severity::Critical));
    }

    #[test]
    fn what_concerns_other_operations_or_explains_too_little_is_no_cause() {
        for (score, operations) in [(0.6, ["c"]), (0.1, ["a"])] {
            let found = vec![
                finding("slow_statement", Severity::Critical, 0.9, &["a"]),
                finding("missing_index", Severity::Warning, score, &operations),
            ];
            assert_eq!(order(found), ["slow_statement", "missing_index"]);
        }
    }
}
