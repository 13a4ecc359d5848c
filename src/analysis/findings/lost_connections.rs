//! Targets that were away for a time, or ended the connections of users.

use super::course::when;
use super::found::Found;
use super::operations;
use super::rule::{Look, Rule};
use crate::record::{ErrorRecord, EvidenceUnit, IntervalPool, IntervalRecord, Record, Severity};

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
    let targets = targets(record);
    let concerned = targets.iter().filter(|target| target.is_concerned());
    concerned.map(|target| target.judge(record)).collect()
}

/// What became of the connections to one target in measured intervals.
struct Target<'a> {
    name: &'a str,
    reconnects: u64,
    refusals: u64,
    /// What users met of it, as far as it is known that they met it here.
    errors: Vec<&'a ErrorRecord>,
}

fn targets(record: &Record) -> Vec<Target<'_>> {
    let target = |name| {
        let sum = |count: fn(&IntervalPool) -> u64| {
            let pools = record.measured_intervals().flat_map(|interval| &interval.pools);
            pools.filter(|pool| pool.name == name).map(count).sum()
        };
        Target {
            name,
            reconnects: sum(|pool| pool.reconnects),
            refusals: sum(|pool| pool.connect_failures),
            errors: Vec::new(),
        }
    };
    let mut targets: Vec<_> = record.targets.iter().map(|known| target(&*known.name)).collect();
    let hit: Vec<&str> = targets.iter().filter(|target| target.was_hit()).map(|target| target.name).collect();
    for target in &mut targets {
        // What can't be told by the statements was met here if there is nowhere else where it could have been met.
        let alone = record.targets.len() == 1 || target.refusals > 0 && hit == [target.name];
        let is_own = |error: &&ErrorRecord| match asked(record, target.name, error) {
            (true, false) => true,
            (false, true) => false,
            _ => alone,
        };
        target.errors = lost(record).filter(is_own).collect();
    }
    targets
}

/// The errors of users whose connection broke or could not be made.
fn lost(record: &Record) -> impl Iterator<Item = &ErrorRecord> {
    record.errors.iter().filter(|error| error.class == CLASS && record.is_measured(&error.phase))
}

/// Whether the operation that met an error asks a target by labelled statements, and whether it asks others.
fn asked(record: &Record, target: &str, error: &ErrorRecord) -> (bool, bool) {
    let own = record.measured_operations();
    let own = own.filter(|own| own.name == error.operation && own.persona == error.persona);
    own.flat_map(|own| &own.statements)
        .fold((false, false), |(own, others), used| (own || used.target == target, others || used.target != target))
}

impl Target<'_> {
    /// Whether any connection to it was lost or refused, for whatever reason.
    fn was_hit(&self) -> bool {
        self.refusals > 0 || self.reconnects > 0
    }

    /// Connections are also opened anew after statements that were cut off, which is nobody's fault.
    fn is_concerned(&self) -> bool {
        self.refusals > 0 || !self.errors.is_empty() && self.reconnects > 0
    }

    fn judge(&self, record: &Record) -> Found {
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
        let errors: u64 = self.errors.iter().map(|error| error.count).sum();
        let all: u64 = lost(record).map(|error| error.count).sum();
        let severity = if errors > 0 { Severity::Critical } else { Severity::Warning };
        // What no user has felt explains nothing of what users felt.
        let share = errors as f64 / record.totals.operations_finished().max(1) as f64;
        let mut found = Found::new(severity, share, title)
            .figure("connections opened in place of others", self.reconnects as f64, EvidenceUnit::Count)
            .figure("attempts to connect that failed", self.refusals as f64, EvidenceUnit::Count);
        if errors == all || errors > 0 {
            found = found.figure("errors of users for that", errors as f64, EvidenceUnit::Count);
        }
        let own = |interval: &IntervalRecord| {
            let pools = interval.pools.iter().filter(|pool| pool.name == name);
            let met = interval.errors.iter().any(|error| error.class == CLASS);
            pools.fold(met && errors == all, |met, pool| met || pool.connect_failures > 0)
        };
        if let Some(when) = when(record, own) {
            found = found.said(when);
        }
        found.action(action).operations(operations::names(self.errors.iter().map(|error| &*error.operation)))
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
    fn record(errors: u64, reconnects: u64, connect_failures: u64) -> Record {
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
        record
    }

    fn found(errors: u64, reconnects: u64, connect_failures: u64) -> Vec<FindingRecord> {
        made::found(&RULE, &record(errors, reconnects, connect_failures))
    }

    #[test]
    fn an_attempt_that_was_refused_explains_no_failures_of_another_kind() {
        let mut record = record(0, 0, 1);
        (record.totals.operations_succeeded, record.totals.operations_failed) = (700, 300);
        record.operations[0].failed = 300;
        record.errors = vec![made::errors("check failed", MAIN, 300)];
        crate::analysis::findings::fill(&mut record);
        assert_eq!(record.findings[0].id, "failed_operations");
        let refused = record.findings.iter().find(|finding| finding.id == RULE.id).expect("it is told all the same");
        assert_eq!((refused.severity, refused.operations.len()), (Severity::Warning, 0));
    }

    #[test]
    fn a_target_is_not_blamed_for_the_errors_that_users_met_at_another() {
        for (refusals, findings) in [(0, 0), (1, 1)] {
            let mut record = record(0, 3, refusals);
            record.targets.push(made::target("redis"));
            let mut ask = made::operation("ask", &["get"]);
            ask.statements.iter_mut().for_each(|used| used.target = "redis".into());
            record.operations.push(ask);
            record.errors =
                vec![crate::record::ErrorRecord { operation: "ask".into(), ..made::errors(CLASS, MAIN, 50) }];
            let found = made::found(&RULE, &record);
            assert_eq!(found.len(), findings, "{found:?}");
            for finding in found {
                assert_eq!((finding.severity, finding.operations.len()), (Severity::Warning, 0), "{finding:?}");
                assert!(finding.evidence.iter().all(|evidence| !evidence.label.contains("users")), "{finding:?}");
            }
        }
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
