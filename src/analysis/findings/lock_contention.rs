//! Sessions that wait for each other's locks.

use std::collections::BTreeSet;

use super::found::Found;
use super::operations;
use super::rule::{Look, Rule};
use super::statements::shortened;
use crate::plan::preset::Limit;
use crate::record::{EvidenceUnit, ProfileRecord, ProfileTotal, Record, Sighting, SourceRecord};

pub(super) static RULE: Rule = Rule {
    id: "lock_contention",
    explains: &["slow_statement", "pool_too_small", "failed_operations"],
    look: Look::Source { kind: "postgres", samplers: &["activity", "locks"], look },
};

/// Fewer sightings of active sessions than this have no shares.
const LEAST: u64 = 20;

fn look(record: &Record, source: &SourceRecord) -> Vec<Found> {
    let Some(profile) = source.profile("activity") else { return Vec::new() };
    let (waiting, active) = counts(profile);
    let share = waiting as f64 / active.max(1) as f64;
    if active < LEAST || share <= record.preset.limit(Limit::LockShare) {
        return Vec::new();
    }
    let met = source.sightings("locks");
    let waited = profile.totals.iter().filter(|total| total.is_lock());
    let labels: BTreeSet<&str> = waited.filter_map(|total| total.subject.as_deref()).collect();
    let found = Found::of_share(share, title(met))
        .beyond("of active sessions wait for a lock", share, Limit::LockShare, record)
        .figure("waiting at a time, in the mean", waiting as f64 / profile.looks.max(1) as f64, EvidenceUnit::Count);
    let found = match met.iter().max_by_key(|sighting| sighting.count) {
        None => found.action("look at who holds the locks, with pg_blocking_pids, while the load runs"),
        Some(worst) => {
            let longest = met.iter().filter_map(|sighting| sighting.most.get("waited_s")).copied().fold(0.0, f64::max);
            let seen: u64 = met.iter().map(|sighting| sighting.count).sum();
            found
                .figure("the longest wait that was met", longest * 1e6, EvidenceUnit::Us)
                .said(format!(
                    "in {} of {seen} sightings {} waited for {}, {}",
                    worst.count,
                    side(worst, "blocked"),
                    side(worst, "blocker"),
                    doing(worst)
                ))
                .action(action(worst))
        }
    };
    vec![found.operations(operations::asking(record, &source.name, labels))]
}

/// How many sessions were met waiting for a lock, and how many active ones.
fn counts(profile: &ProfileRecord) -> (u64, u64) {
    let count = |is: fn(&&ProfileTotal) -> bool| profile.totals.iter().filter(is).map(|total| total.count).sum();
    (count(|total| total.is_lock()), count(|total| total.is_active()))
}

fn title(met: &[Sighting]) -> String {
    match met.iter().max_by_key(|sighting| sighting.count) {
        Some(worst) if side(worst, "blocked") == side(worst, "blocker") => {
            format!("executions of {} wait for each other's locks", side(worst, "blocked"))
        }
        Some(worst) => format!("{} waits for locks of {}", side(worst, "blocked"), side(worst, "blocker")),
        None => "sessions wait for locks".to_owned(),
    }
}

fn side(sighting: &Sighting, side: &str) -> String {
    let name = |key: &str| sighting.names.get(key).map(String::as_str).filter(|name| !name.is_empty());
    let text = name(&format!("{side}_label")).or_else(|| name(side)).unwrap_or("a session that ended");
    format!("`{}`", shortened(text))
}

fn idles(sighting: &Sighting) -> bool {
    sighting.names.get("blocker_state").is_some_and(|state| state.starts_with("idle in transaction"))
}

fn doing(sighting: &Sighting) -> &'static str {
    if idles(sighting) { "whose session then idled in its transaction" } else { "which was running" }
}

fn action(sighting: &Sighting) -> String {
    let (blocked, blocker) = (side(sighting, "blocked"), side(sighting, "blocker"));
    let exclusive = sighting.names.get("mode").is_some_and(|mode| mode == "AccessExclusiveLock");
    if idles(sighting) {
        format!("end the transaction of {blocker} sooner: move what is done after it out of the transaction")
    } else if exclusive {
        format!("run {blocked} with a short lock_timeout, and again until it gets its lock: all others queue behind it")
    } else if blocked == blocker {
        format!("spread what {blocked} writes over more rows, or collect its changes and write them at once")
    } else {
        format!("make {blocker} quicker, or run it as the last statement before its COMMIT")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::findings::made;

    fn found(waiting: u64, state: &str) -> Vec<crate::record::FindingRecord> {
        let mut record = made::record();
        let totals = [("Lock:transactionid", "find", waiting), ("CPU", "find", 90), ("idle in transaction", "", 500)];
        made::tell(&mut record, "activity", made::profile(&totals));
        let names = [("blocked", "x"), ("blocked_label", "find"), ("blocker", "update t"), ("blocker_state", state)];
        made::tell(&mut record, "locks", made::sightings(&[(&names[..], 7, &[("waited_s", 0.25)][..])]));
        made::found(&RULE, &record)
    }

    #[test]
    fn who_waits_for_whom_is_named() {
        let [finding] = found(90, "active").try_into().expect("one finding");
        assert_eq!(finding.title, "`find` waits for locks of `update t`");
        assert_eq!((finding.score, finding.operations.as_slice()), (0.5, &["op".to_owned()][..]));
        assert!(finding.evidence.iter().any(|evidence| evidence.value == Some(250_000.0)), "{finding:?}");
    }

    #[test]
    fn one_who_idles_in_a_transaction_is_told_to_end_it() {
        assert!(found(90, "idle in transaction")[0].action.contains("end the transaction of `update t` sooner"));
    }

    #[test]
    fn a_tenth_of_the_time_is_tolerated() {
        assert!(found(10, "active").is_empty());
    }
}
