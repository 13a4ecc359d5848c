//! Little's law, N = X · (R + Z), as a check of the figures against each other.
//!
//! In a closed load every user is either in an operation or thinking. So the users must equal
//! operations a second, times response time and thinking. Where they do not, time went somewhere
//! that nothing accounts for. Source: Little, "A Proof for the Queuing Formula L = λW", 1961.

use std::collections::HashMap;

use crate::record::{IntervalRecord, Record};

/// Beyond this the law is taken to be broken.
const TOLERANCE: f64 = 0.05;

/// Intervals of steady users that are needed: over fewer, iterations cut by the edges weigh too much.
const INTERVALS: usize = 5;

/// What the law says of a run.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LittlesLaw {
    /// Users while their number was steady.
    pub users: f64,
    /// Users that operations and thinking account for.
    pub accounted: f64,
}

impl LittlesLaw {
    /// How far the second is from the first, as a share of the first.
    pub fn gap(&self) -> f64 {
        (self.accounted - self.users) / self.users
    }

    /// Whether the figures agree.
    pub fn holds(&self) -> bool {
        self.gap().abs() <= TOLERANCE
    }
}

/// Checks a run; none where the law cannot be applied: open load, flows (which may do other things
/// between their operations), or too few seconds of a steady population.
pub fn littles_law(record: &Record) -> Option<LittlesLaw> {
    let groups = &record.load.groups;
    let personas = || groups.iter().flat_map(|group| &group.personas);
    if groups.iter().any(|group| group.open) || !personas().all(|persona| persona.mix) {
        return None;
    }
    let think_us: HashMap<&str, f64> = personas().map(|p| (p.name.as_str(), p.think_mean_us)).collect();
    let users: u64 = groups.iter().map(|group| group.users).sum();
    let steady: Vec<&IntervalRecord> = record
        .intervals
        .windows(2)
        .filter(|pair| pair.iter().all(|interval| interval.users == users && record.is_measured(&interval.phase)))
        .map(|pair| &pair[1])
        .collect();
    if steady.len() < INTERVALS {
        return None;
    }
    let seconds: f64 = steady.iter().map(|interval| interval.length_s).sum();
    let spent_us: f64 = steady
        .iter()
        .flat_map(|interval| &interval.operations)
        .map(|operation| {
            let finished = (operation.succeeded + operation.failed) as f64;
            finished * (operation.response_us.mean + think_us.get(operation.persona.as_str()).unwrap_or(&0.0))
        })
        .sum();
    Some(LittlesLaw { users: users as f64, accounted: spent_us / 1e6 / seconds })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::findings::made;
    use crate::record::{Finish, GroupRecord, LoadRecord, PersonaLoad};
    use crate::stats::Outcome;

    /// Ten users, each of whom takes 40 ms and thinks 60 ms: 100 operations a second.
    fn record(operations_per_s: u64, mix: bool) -> Record {
        let persona = PersonaLoad {
            name: "p".into(),
            mix,
            share_percent: 100.0,
            users: Some(10),
            think: "60ms".into(),
            think_mean_us: 60_000.0,
        };
        let groups = vec![GroupRecord { users: 10, personas: vec![persona], ..GroupRecord::default() }];
        let finish = Finish { load: LoadRecord { groups, ..LoadRecord::default() }, ..Finish::default() };
        // A user whose operation failed thinks as well.
        let outcome = |number| if number % 4 == 0 { Outcome::Failed } else { Outcome::Succeeded };
        made::seconds(8, |_| (0..operations_per_s).map(|number| (40_000, outcome(number))).collect(), finish)
    }

    #[test]
    fn the_law_holds_where_all_time_is_accounted_for() {
        let law = littles_law(&record(100, true)).expect("a steady closed load");
        assert!(law.holds() && law.gap().abs() < 0.01, "{law:?}");
    }

    #[test]
    fn lost_time_is_seen() {
        let law = littles_law(&record(80, true)).expect("a steady closed load");
        assert!(!law.holds() && (law.gap() + 0.2).abs() < 0.01, "{law:?}");
    }

    #[test]
    fn flows_are_not_judged() {
        assert_eq!(littles_law(&record(100, false)), None);
    }
}
