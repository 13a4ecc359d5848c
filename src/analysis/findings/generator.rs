//! throng's own work was the limit, so that all other figures tell of it as much as of the targets.

use super::found::Found;
use super::operations;
use super::rule::{EVERYTHING, Look, Rule};
use crate::analysis::generator::worked_too_much;
use crate::analysis::saturating;
use crate::record::{Record, Severity};

pub(super) static RULE: Rule = Rule { id: "generator_limit", explains: EVERYTHING, look: Look::Run(look) };

fn look(record: &Record) -> Vec<Found> {
    let generator = &record.generator;
    if !generator.suspect || !worked_too_much(generator) {
        return Vec::new();
    }
    let (title, action, felt) = match saturating(generator) {
        Some(busy) => (
            format!("throng was saturated by the scripts of persona `{}`", busy.persona),
            format!("have persona `{}` compute less between its calls, or give throng more workers", busy.persona),
            // What a saturated worker does late, it does late for all of its users; others have workers of their own.
            operations::those(record, |operation| record.workers > 1 && operation.persona == busy.persona),
        ),
        None => (
            "throng itself was the limit".to_owned(),
            "play fewer users, or give throng more workers, or a machine of its own".to_owned(),
            Vec::new(),
        ),
    };
    let found = Found::new(Severity::Critical, 1.0, title).action(action).operations(felt);
    vec![generator.reasons.iter().fold(found, |found, reason| found.said(reason.as_str()))]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::findings::made;
    use crate::record::BusyRecord;

    fn record(percent: f64) -> Record {
        let mut record = made::record();
        record.generator.suspect = true;
        record.generator.reasons = vec!["scripts ran on worker 0 97 % of the time (limit 90 %)".into()];
        record.generator.busy = vec![BusyRecord { worker: 0, persona: "p".into(), percent }];
        record
    }

    #[test]
    fn who_saturated_throng_is_named() {
        let [finding] = made::found(&RULE, &record(97.0)).try_into().expect("one finding");
        assert_eq!(finding.title, "throng was saturated by the scripts of persona `p`");
        assert_eq!((finding.severity, finding.score), (Severity::Critical, 1.0));
    }

    #[test]
    fn a_generator_at_ease_or_kept_waiting_is_not_the_limit() {
        assert!(made::found(&RULE, &made::record()).is_empty());
        assert!(made::found(&RULE, &record(30.0)).is_empty());
    }
}
