//! How many users a system might bear, by the membership system's linear rule.
//!
//! The rule, capacity = target response time / current mean × users, takes response time to grow
//! in proportion to users. Below saturation that is too gloomy, past the knee too hopeful, and it
//! rests on one measured load; so it is always reported by its name and with that load.

use crate::record::{Record, Verdict};

/// A mean below this is that of work that reaches no server, from which nothing follows.
const LEAST_US: f64 = 10.0;

/// What the linear rule says of a closed load.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scaling {
    /// Users that were played.
    pub users: u64,
    /// Their mean response time in µs.
    pub mean_us: f64,
    /// The response time that is to be kept, in µs.
    pub target_us: f64,
    /// Users at which the mean would reach the target.
    pub capacity: f64,
    /// The number of users asked about.
    pub scale_to: u64,
    /// The mean response time at that number, in µs.
    pub response_at_us: f64,
}

impl Scaling {
    /// Whether the number asked about would be served within the target.
    pub fn suffices(&self) -> bool {
        self.capacity >= self.scale_to as f64
    }
}

/// The estimate; none for an open load, which has no fixed users, without a target, where nothing succeeded or
/// took any time, where the run was cut short and not all users may have come, or where somebody
/// changed their number by hand.
pub fn scaling(record: &Record) -> Option<Scaling> {
    let load = &record.load;
    let users: u64 = load.groups.iter().map(|group| group.users).sum();
    let mean_us = record.totals.response_us.mean;
    let nothing = record.targets.is_empty() || record.totals.operations_succeeded == 0 || mean_us < LEAST_US;
    let cut_short = matches!(record.verdict, Verdict::Aborted | Verdict::Interrupted);
    // Those who came were not as many as planned.
    let cut_short = cut_short || record.load_was_changed();
    if cut_short || users == 0 || load.scale_to == 0 || nothing || load.groups.iter().any(|group| group.open) {
        return None;
    }
    // Over a staircase the mean is that of no load in particular.
    if record.scaling.is_some() {
        return None;
    }
    Some(Scaling {
        users,
        mean_us,
        target_us: load.scale_target_us,
        capacity: load.scale_target_us / mean_us * users as f64,
        scale_to: load.scale_to,
        response_at_us: mean_us * load.scale_to as f64 / users as f64,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{Collector, Finish, GroupRecord, LoadRecord, TargetRecord};

    fn record(open: bool, users: u64, mean_us: f64) -> Record {
        let groups = vec![GroupRecord { users, open, ..GroupRecord::default() }];
        let load = LoadRecord { groups, scale_to: 4000, scale_target_us: 500_000.0, ..LoadRecord::default() };
        let mut record = Collector::default().finish(Finish { load, ..Finish::default() });
        let (name, kind) = ("postgres".to_owned(), "postgres".to_owned());
        record.targets = vec![TargetRecord { name, kind, version: None, address: String::new() }];
        record.totals.response_us.mean = mean_us;
        record.totals.operations_succeeded = 1;
        record
    }

    #[test]
    fn the_handbooks_example_comes_out_as_it_says() {
        let estimate = scaling(&record(false, 50, 200_000.0)).expect("a closed load");
        assert_eq!(estimate.capacity, 125.0);
        assert_eq!(estimate.response_at_us, 16_000_000.0);
        assert!(!estimate.suffices());
    }

    #[test]
    fn nothing_is_estimated_from_nothing_an_open_load_or_half_a_run() {
        assert_eq!(scaling(&record(false, 50, 9.0)), None);
        let without_target = Record { targets: Vec::new(), ..record(false, 50, 1000.0) };
        assert_eq!(scaling(&without_target), None);
        assert_eq!(scaling(&record(true, 50, 1000.0)), None);
        let cut_short = Record { verdict: Verdict::Interrupted, ..record(false, 50, 1000.0) };
        assert_eq!(scaling(&cut_short), None);
    }
}
