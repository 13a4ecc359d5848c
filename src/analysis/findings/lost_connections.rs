//! Targets that were away for a time, or ended the connections of users.

use super::course::when;
use super::found::Found;
use super::operations;
use super::rule::{Look, Rule};
use crate::record::{EvidenceUnit, IntervalPool, IntervalRecord, Record, Severity};

pub(super) static RULE: Rule = Rule {
    id: "lost_connections",
    // A server that comes back has an empty cache, and users queue up for its first connections.
    explains: &[
        "failed_operations",
        "pool_too_small",
        "cold_cache",
        "low_cache_hit",
        "redis_hits",
        "rollbacks",
        "drift",
    ],
    look: Look::Run(look),
};

/// What a user meets whose connection breaks, or can't be made.
const CLASS: &str = "connection lost";

fn look(record: &Record) -> Vec<Found> {
    let lost = record.errors.iter().filter(|error| error.class == CLASS && record.is_measured(&error.phase));
    let errors: u64 = lost.map(|error| error.count).sum();
    let concerned: Vec<_> = targets(record).into_iter().filter(|target| target.is_concerned(errors > 0)).collect();
    let alone = concerned.len() == 1;
    concerned.iter().map(|target| target.judge(record, errors, alone)).collect()
}

/// What became of the connections to one target in measured intervals.
struct Target<'a> {
    name: &'a str,
    reconnects: u64,
    refusals: u64,
}

fn targets(record: &Record) -> Vec<Target<'_>> {
    let measured = || record.intervals.iter().filter(|interval| record.is_measured(&interval.phase));
    let target = |name| {
        let sum = |count: fn(&IntervalPool) -> u64| {
            let pools = measured().flat_map(|interval| &interval.pools);
            pools.filter(|pool| pool.name == name).map(count).sum()
        };
        Target { name, reconnects: sum(|pool| pool.reconnects), refusals: sum(|pool| pool.connect_failures) }
    };
    record.targets.iter().map(|known| target(&*known.name)).collect()
}

impl Target<'_> {
    /// Connections are also opened anew after statements that were cut off, which is nobody's fault.
    fn is_concerned(&self, users_met_it: bool) -> bool {
        self.refusals > 0 || users_met_it && self.reconnects > 0
    }

    fn judge(&self, record: &Record, errors: u64, alone: bool) -> Found {
        let name = self.name;
        let (title, action) = match self.refusals {
            0 => (
                format!("connections to {name} broke"),
                format!(
                    "look into the log of {name} and of what lies before it for who ended them: a limit on idle sessions, \
                     an administrator, a process that crashed"
                ),
            ),
            _ => (
                format!("{name} could not be reached for a time"),
                format!("look into the log of {name} for what happened then: it was stopped, restarted or cut off"),
            ),
        };
        let severity = if errors > 0 { Severity::Critical } else { Severity::Warning };
        let mut found = Found::new(severity, 1.0, title)
            .figure("connections opened in place of others", self.reconnects as f64, EvidenceUnit::Count)
            .figure("attempts to connect that failed", self.refusals as f64, EvidenceUnit::Count);
        if alone {
            found = found.figure("errors of users for that", errors as f64, EvidenceUnit::Count);
        }
        let own = |interval: &IntervalRecord| {
            let pools = interval.pools.iter().filter(|pool| pool.name == name);
            let met = interval.errors.iter().any(|error| error.class == CLASS);
            pools.fold(met && alone, |met, pool| met || pool.connect_failures > 0)
        };
        if let Some(when) = when(record, own) {
            found = found.said(when);
        }
        let lost = record.errors.iter().filter(|error| error.class == CLASS && record.is_measured(&error.phase));
        let asks = |operation: &str| {
            let mut own = record.measured_operations().filter(|own| own.name == operation);
            own.any(|own| own.statements.iter().any(|used| used.target == name))
        };
        let felt = lost.map(|error| &*error.operation).filter(|operation| alone || asks(operation));
        found.action(action).operations(operations::names(felt))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::analysis::findings::made;
    use crate::record::{Collector, FindingRecord, Finish, IntervalInput, MAIN, PhaseRecord, PoolKey};
    use crate::stats::{CellKey, ErrorClass, PoolStats, Recorder};

    /// Four seconds; in the third connections break, of which so many are opened anew and so many can't be.
    fn found(errors: u64, reconnects: u64, connect_failures: u64) -> Vec<FindingRecord> {
        let (mut collector, mut recorder) = (Collector::default(), Recorder::default());
        let key = PoolKey { name: "postgres".into(), kind: "postgres".into(), persona: None };
        for second in 0..4 {
            let after = second >= 2;
            if second == 2 {
                let cell = CellKey { persona: "p".into(), operation: "op".into(), phase: MAIN.into() };
                (0..errors).for_each(|_| recorder.error_at(&cell, ErrorClass::ConnectionLost, String::new));
            }
            let counted = |count| if after { count } else { 0 };
            let (reconnects, connect_failures) = (counted(reconnects), counted(connect_failures));
            let stats = PoolStats { reconnects, connect_failures, ..PoolStats::default() };
            collector.add(&IntervalInput {
                start: Duration::from_secs(second),
                length: Duration::from_secs(1),
                phase: MAIN,
                figures: &recorder.swap(1),
                pools: &[(key.clone(), stats)],
                cpu_percent: 0.0,
            });
        }
        let phases = vec![PhaseRecord::new(MAIN, 0.0, 4.0)];
        let mut record = collector.finish(Finish { phases, ..Finish::default() });
        record.targets = vec![made::target("postgres")];
        record.operations = vec![made::operation("op", &["find"])];
        made::found(&RULE, &record)
    }

    #[test]
    fn a_server_that_was_away_is_named_with_when() {
        let [finding] = found(5, 3, 7).try_into().expect("one finding");
        assert_eq!(finding.title, "postgres could not be reached for a time");
        assert_eq!((finding.severity, finding.operations.as_slice()), (Severity::Critical, &["op".to_owned()][..]));
        let when = "between 2.0 s and 3.0 s of the run, in 1 of 4 intervals";
        assert!(finding.evidence.iter().any(|evidence| evidence.label == when), "{finding:?}");
    }

    #[test]
    fn connections_that_break_while_the_server_is_there_are_told_apart() {
        let [finding] = found(5, 3, 0).try_into().expect("one finding");
        assert_eq!(finding.title, "connections to postgres broke");
    }

    #[test]
    fn connections_opened_anew_without_an_error_are_those_of_statements_that_were_cut_off() {
        assert!(found(0, 3, 0).is_empty() && found(0, 0, 0).is_empty());
    }
}
