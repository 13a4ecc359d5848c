//! throng had little to do and yet came late: others on its machine had the processors.
//!
//! Where the target is on the same machine this follows from what keeps the target busy, so that it explains nothing.

use super::found::Found;
use super::rule::{Look, Rule};
use crate::analysis::generator::worked_too_much;
use crate::record::{EvidenceUnit, Record, Severity};

pub(super) static RULE: Rule = Rule { id: "generator_starved", explains: &[], look: Look::Run(look) };

fn look(record: &Record) -> Vec<Found> {
    let generator = &record.generator;
    if !generator.suspect || worked_too_much(generator) {
        return Vec::new();
    }
    let title = "throng was kept waiting for a processor: response times are longer by that";
    let found = Found::new(Severity::Warning, 0.0, title)
        .figure("of its workers' time throng was busy", generator.cpu_percent / 100.0, EvidenceUnit::Share)
        .action("give throng a machine of its own, or keep others from this one while it measures");
    vec![generator.reasons.iter().fold(found, |found, reason| found.said(reason.as_str()))]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::findings::made;

    #[test]
    fn late_loops_of_an_idle_generator_are_the_machines_fault() {
        let mut record = made::record();
        record.generator.reasons = vec!["throng's loops came round 9.0 ms late".into()];
        assert!(made::found(&RULE, &record).is_empty());
        record.generator.suspect = true;
        record.generator.cpu_percent = 20.0;
        assert_eq!(made::found(&RULE, &record)[0].severity, Severity::Warning);
        record.generator.cpu_percent = 99.0;
        assert!(made::found(&RULE, &record).is_empty());
    }
}
