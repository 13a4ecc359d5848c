//! Users who wait longer for a connection than for what they want it for.

use super::found::Found;
use super::operations;
use super::rule::{Look, Rule};
use crate::plan::preset::Limit;
use crate::record::{EvidenceUnit, PoolRecord, Record, Severity};

pub(super) static RULE: Rule = Rule { id: "pool_too_small", explains: &["failed_operations"], look: Look::Run(look) };

fn look(record: &Record) -> Vec<Found> {
    record.pools.iter().filter_map(|pool| judge(record, pool)).collect()
}

fn judge(record: &Record, pool: &PoolRecord) -> Option<Found> {
    // The usual rule: the 95th percentile of the wait against the median of the work.
    let of_pool = |persona: &str| pool.persona.as_deref().is_none_or(|own| own == persona);
    let measured: Vec<_> = record.measured_operations().filter(|operation| of_pool(&operation.persona)).collect();
    let finished: u64 = measured.iter().map(|operation| operation.finished()).sum();
    let of_all = |us: fn(&crate::record::OperationRecord) -> f64| {
        measured.iter().map(|operation| us(operation) * operation.finished() as f64).sum::<f64>()
            / finished.max(1) as f64
    };
    let work_us = if pool.persona.is_none() {
        record.totals.service_us.p50 as f64
    } else {
        of_all(|operation| operation.service_us.p50 as f64)
    };
    let wait_us = pool.wait_us.p95 as f64;
    if pool.waiters_peak == 0 || wait_us <= work_us {
        return None;
    }
    // An operation's wait is that for all pools: which part was this one's is known only where there is no other.
    let is_alone = is_alone(record, pool);
    let response_us = of_all(|operation| operation.response_us.mean);
    let share = is_alone.then(|| of_all(|operation| operation.pool_us.mean) / response_us.max(1.0));
    let waiting = operations::those(record, |operation| {
        let asks = is_alone || operation.statements.iter().any(|used| used.target == pool.name);
        asks && of_pool(&operation.persona) && operation.pool_us.mean > operation.service_us.mean
    });
    let title = format!("the pool of {} is too small", whose(pool));
    let mut found = match share {
        Some(share) => Found::of_share(share, title).figure(
            "of the response time is waiting for a connection",
            share,
            EvidenceUnit::Share,
        ),
        None => Found::new(Severity::Warning, 0.0, title),
    };
    found = found
        .figure("wait for a connection, 95th percentile", wait_us, EvidenceUnit::Us)
        .figure("work with it, median", work_us, EvidenceUnit::Us)
        .figure("connections", pool.max_size as f64, EvidenceUnit::Count)
        .figure("most users waiting", pool.waiters_peak as f64, EvidenceUnit::Count);
    if pool.asked > 0 {
        let share = pool.waited as f64 / pool.asked as f64;
        found = found.figure("of the times one was asked for none was free", share.min(1.0), EvidenceUnit::Share);
    }
    if let Some(use_share) = in_use(record, pool).filter(|share| *share > record.preset.limit(Limit::PoolUse)) {
        found = found.beyond("of its connections in use, in the mean", use_share, Limit::PoolUse, record);
    }
    Some(found.action(action(record, pool)).operations(waiting))
}

/// Whether no user of the pool had to wait for another one as well.
fn is_alone(record: &Record, pool: &PoolRecord) -> bool {
    let shares_users = |other: &PoolRecord| match (&other.persona, &pool.persona) {
        (Some(one), Some(another)) => one == another,
        _ => true,
    };
    !record.pools.iter().any(|other| other.name != pool.name && other.waiters_peak > 0 && shares_users(other))
}

fn whose(pool: &PoolRecord) -> String {
    match &pool.persona {
        Some(persona) => format!("{} for `{persona}`", pool.name),
        None => pool.name.clone(),
    }
}

/// The share of the pool's connections that were in use, in the mean of the measured intervals' ends.
fn in_use(record: &Record, pool: &PoolRecord) -> Option<f64> {
    let pools = record.measured_intervals().flat_map(|interval| &interval.pools);
    let own = pools.filter(|other| other.name == pool.name && other.persona == pool.persona && other.size > 0);
    let shares: Vec<f64> = own.map(|pool| pool.in_use as f64 / pool.size as f64).collect();
    (!shares.is_empty()).then(|| shares.iter().sum::<f64>() / shares.len() as f64)
}

/// As many connections as were in use and wanted at a time, as far as there are users for them and the server has them.
fn action(record: &Record, pool: &PoolRecord) -> String {
    let users: u64 = record.load.groups.iter().map(|group| group.users).sum();
    let wanted = (pool.max_size + pool.waiters_peak).min(users.max(pool.max_size + 1));
    let source = record.monitor.sources.iter().find(|source| source.name == pool.name);
    let most: Option<u64> = source.and_then(|source| source.fact("settings", "max_connections")?.parse().ok());
    match most.filter(|most| *most < wanted) {
        Some(most) => format!(
            "give it more connections, up to what the server has room for (max_connections is {most}), or hold each for \
             a shorter time"
        ),
        None => format!("set `connections = {wanted}` (--connections {wanted}), or hold each for a shorter time"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::findings::made;

    fn found(wait_us: f64, waiters_peak: u64) -> Vec<crate::record::FindingRecord> {
        made::found(&RULE, &run(wait_us, waiters_peak))
    }

    fn run(wait_us: f64, waiters_peak: u64) -> Record {
        let mut record = made::record();
        record.totals.service_us = made::mean(4_000.0);
        record.load.groups = vec![crate::record::GroupRecord { users: 18, ..Default::default() }];
        record.operations[0].pool_us = made::mean(6_000.0);
        record.operations[0].service_us = made::mean(4_000.0);
        record.pools = vec![PoolRecord {
            name: "postgres".into(),
            kind: "postgres".into(),
            persona: None,
            max_size: 5,
            size: 5,
            in_use_peak: 5,
            waiters_peak,
            asked: 100,
            waited: waiters_peak,
            connects: 5,
            reconnects: 0,
            connect_failures: 0,
            wait_us: made::mean(wait_us),
        }];
        record
    }

    #[test]
    fn of_two_pools_neither_is_given_the_waits_of_both() {
        let mut record = run(6_000.0, 15);
        let mut other = record.pools[0].clone();
        other.name = "redis".into();
        record.pools.push(other);
        let [first, second] = made::found(&RULE, &record).try_into().expect("two findings");
        let share = |finding: &crate::record::FindingRecord| {
            finding.evidence.iter().any(|evidence| evidence.label.starts_with("of the response time"))
        };
        assert!(!share(&first) && !share(&second));
        assert_eq!((first.operations, second.operations.len()), (vec!["op".to_owned()], 0));
    }

    #[test]
    fn users_who_wait_longer_than_they_work_need_more_connections() {
        let [finding] = found(6_000.0, 15).try_into().expect("one finding");
        assert_eq!((finding.title.as_str(), finding.score), ("the pool of postgres is too small", 0.6));
        assert!(finding.action.contains("--connections 18"), "{}", finding.action);
        assert_eq!(finding.operations, ["op"]);
    }

    #[test]
    fn a_short_wait_is_none() {
        assert!(found(3_000.0, 15).is_empty());
        assert!(found(6_000.0, 0).is_empty());
    }
}
