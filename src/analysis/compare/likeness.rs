//! Whether runs did the same work in the same way, so that what differs is what is asked about.

use crate::record::{ComparedRun, Record, TargetRecord, UnlikeRecord, Verdict};

/// Ports from here on are given out by the system; a server of this machine that listens there is a throwaway one, and has another
/// each time (IANA's dynamic range begins at 49152, Linux's at 32768).
const GIVEN_OUT: u16 = 32_768;

/// What makes a run the one that it is: names and what they are in this run.
pub(in crate::analysis) fn aspects(record: &Record) -> Vec<(String, String)> {
    let mut aspects = work(record);
    aspects.push(("throng".to_owned(), record.throng.clone()));
    for target in &record.targets {
        aspects.push((format!("version of `{}`", target.name), target.version.clone().unwrap_or_default()));
    }
    aspects
}

/// The same without what is upgraded now and then: the versions of throng and of the servers.
pub(in crate::analysis) fn work(record: &Record) -> Vec<(String, String)> {
    let mut aspects = planned(record);
    let mut add = |what: String, value: String| aspects.push((what, value));
    // A server without room for all makes them fewer than planned.
    add("workers".to_owned(), record.workers.to_string());
    for target in &record.targets {
        add(format!("target `{}`", target.name), format!("{} {}", target.kind, place(target)));
    }
    for pool in &record.pools {
        let of = pool.persona.as_ref().map_or_else(|| pool.name.clone(), |persona| format!("{} {persona}", pool.name));
        add(format!("connections of `{of}`"), pool.max_size.to_string());
    }
    aspects
}

/// What is known before a run.
fn planned(record: &Record) -> Vec<(String, String)> {
    let (scenario, load) = (&record.scenario, &record.load);
    let mut aspects = vec![
        ("scenario".to_owned(), scenario.name.clone()),
        ("source of the scenario".to_owned(), short(&scenario.source_hash)),
        ("profile".to_owned(), scenario.profile.clone().unwrap_or_else(|| "none".to_owned())),
    ];
    let mut add = |what: String, value: String| aspects.push((what, value));
    for (name, value) in &scenario.params {
        add(format!("parameter `{name}`"), value.to_string());
    }
    add("warm-up".to_owned(), format!("{} s", load.warm_up_s));
    for (place, group) in load.groups.iter().enumerate() {
        let which = if load.groups.len() > 1 { format!("load {}", place + 1) } else { "load".to_owned() };
        add(which.clone(), group.description.clone());
        for persona in &group.personas {
            let share = format!("{:.3} %, thinking {}", persona.share_percent, persona.think);
            add(format!("{which} of `{}`", persona.name), share);
        }
    }
    aspects
}

fn short(hash: &str) -> String {
    hash.get(..12).unwrap_or(hash).to_owned()
}

/// Where a target is; of a throwaway server without the port, which is another each time.
fn place(target: &TargetRecord) -> String {
    let Some((before, port)) = target.address.split_once("127.0.0.1:") else { return target.address.clone() };
    let digits = port.find(|c: char| !c.is_ascii_digit()).unwrap_or(port.len());
    let (port, after) = port.split_at(digits);
    match port.parse::<u16>() {
        Ok(port) if port >= GIVEN_OUT => format!("{before}127.0.0.1{after}"),
        _ => target.address.clone(),
    }
}

/// What differs between two runs.
pub(super) fn between(base: &Record, new: &Record) -> Vec<UnlikeRecord> {
    of_aspects(&aspects(base), &aspects(new))
}

/// What differs between a run that was played and one that is only planned, as far as that is known.
pub(in crate::analysis) fn from_plan(base: &Record, planned: &Record) -> Vec<UnlikeRecord> {
    let (mut a, mut b) = (self::planned(base), self::planned(planned));
    for (aspects, record) in [(&mut a, base), (&mut b, planned)] {
        aspects.push(("throng".to_owned(), record.throng.clone()));
    }
    of_aspects(&a, &b)
}

fn of_aspects(a: &[(String, String)], b: &[(String, String)]) -> Vec<UnlikeRecord> {
    let value = |of: &[(String, String)], what: &str| {
        of.iter().find(|(name, _)| name == what).map_or_else(|| "none".to_owned(), |(_, value)| value.clone())
    };
    let mut names: Vec<&String> = a.iter().chain(b).map(|(name, _)| name).collect();
    let mut seen = std::collections::BTreeSet::new();
    names.retain(|name| seen.insert(*name));
    let all = names.into_iter().map(|name| (name, value(a, name), value(b, name)));
    all.filter(|(_, a, b)| a != b).map(|(what, base, new)| UnlikeRecord { what: what.clone(), base, new }).collect()
}

/// A run whose figures are not those of a whole run.
pub(super) fn cut_short(record: &Record) -> Option<UnlikeRecord> {
    let ended = match record.verdict {
        Verdict::Aborted | Verdict::Interrupted => record.verdict.to_string(),
        Verdict::Passed | Verdict::Warning | Verdict::Failed => return None,
    };
    Some(UnlikeRecord { what: format!("end of run {}", record.run_id), base: "at its end".to_owned(), new: ended })
}

/// A run that somebody steered by hand, whose load is no other's.
pub(super) fn steered(record: &Record) -> Option<UnlikeRecord> {
    let first = record.steering.first()?;
    let what = format!("load of run {}", record.run_id);
    Some(UnlikeRecord { what, base: "as planned".to_owned(), new: format!("steered by hand: {first}") })
}

/// Runs that were given more than once, and so would be held against themselves.
pub(super) fn twice(base: &[ComparedRun], new: &[ComparedRun]) -> Vec<UnlikeRecord> {
    let all: Vec<&ComparedRun> = base.iter().chain(new).filter(|run| !run.run_id.is_empty()).collect();
    let first = |run: &ComparedRun| all.iter().find(|other| other.run_id == run.run_id).copied();
    let again = all.iter().enumerate().filter_map(|(at, run)| {
        let earlier = first(run).filter(|_| all[..at].iter().any(|other| other.run_id == run.run_id))?;
        let what = format!("run {}, which was given twice", run.run_id);
        Some(UnlikeRecord { what, base: earlier.record.clone(), new: run.record.clone() })
    });
    again.collect()
}

/// Sides that drew their data in different ways: always by one seed, by another, or by several.
pub(super) fn seeds(base: &[ComparedRun], new: &[ComparedRun]) -> Option<UnlikeRecord> {
    let (a, b) = (Seeds::of(base)?, Seeds::of(new)?);
    (a != b).then(|| UnlikeRecord { what: "seeds".to_owned(), base: a.to_string(), new: b.to_string() })
}

#[derive(PartialEq, Eq)]
enum Seeds {
    Always(u64),
    Several,
}

impl Seeds {
    /// None of a single run, which does not tell.
    fn of(runs: &[ComparedRun]) -> Option<Self> {
        let first = runs.first().filter(|_| runs.len() > 1)?.seed;
        Some(if runs.iter().all(|run| run.seed == first) { Self::Always(first) } else { Self::Several })
    }
}

impl std::fmt::Display for Seeds {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Always(seed) => write!(f, "always {seed}"),
            Self::Several => f.write_str("several"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{Collector, Finish, GroupRecord, LoadRecord, SteeredFigure, SteeringRecord};

    fn record() -> Record {
        let groups = vec![GroupRecord { description: "5 users for 10s".into(), ..GroupRecord::default() }];
        let load = LoadRecord { groups, ..LoadRecord::default() };
        Collector::default().finish(Finish { load, workers: 2, ..Finish::default() })
    }

    fn target(address: &str) -> TargetRecord {
        TargetRecord { name: "postgres".into(), kind: "postgres".into(), version: None, address: address.into() }
    }

    #[test]
    fn what_differs_is_named_with_both_values() {
        assert!(between(&record(), &record()).is_empty());
        let mut other = record();
        other.load.groups[0].description = "9 users for 10s".into();
        other.scenario.params.insert("rows".into(), 7.into());
        other.workers = 1;
        let told: Vec<_> = between(&record(), &other).into_iter().map(|u| (u.what, u.base, u.new)).collect();
        let expected =
            [("load", "5 users for 10s", "9 users for 10s"), ("workers", "2", "1"), ("parameter `rows`", "none", "7")];
        assert_eq!(told, expected.map(|(what, base, new)| (what.into(), base.into(), new.into())));
    }

    #[test]
    fn a_throwaway_server_is_the_same_whatever_its_port() {
        let place = |address: &str| place(&target(address));
        assert_eq!(place("postgres://postgres@127.0.0.1:41234/postgres"), "postgres://postgres@127.0.0.1/postgres");
        for fixed in ["postgres://me@127.0.0.1:5432/app", "postgres://me@db.example:41234/app", "127.0.0.1:"] {
            assert_eq!(place(fixed), fixed);
        }
    }

    #[test]
    fn a_run_that_was_steered_by_hand_is_like_no_other() {
        let mut record = record();
        assert_eq!(steered(&record), None);
        record.steering = vec![SteeringRecord { at_s: 12.0, what: SteeredFigure::Paused, from: None, to: None }];
        assert_eq!(steered(&record).expect("it was").new, "steered by hand: paused at 12.0 s");
    }

    #[test]
    fn a_run_is_not_held_against_itself() {
        let run =
            |id: &str, record: &str| ComparedRun { run_id: id.into(), record: record.into(), ..ComparedRun::default() };
        assert!(twice(&[run("1", "a")], &[run("2", "b")]).is_empty());
        let told = twice(&[run("1", "a"), run("2", "b")], &[run("1", "c")]);
        assert_eq!(told.len(), 1);
        assert_eq!((told[0].base.as_str(), told[0].new.as_str()), ("a", "c"));
    }

    #[test]
    fn sides_that_draw_their_data_in_different_ways_are_unlike() {
        let runs = |seeds: &[u64]| -> Vec<_> {
            seeds.iter().map(|seed| ComparedRun { seed: *seed, ..ComparedRun::default() }).collect()
        };
        assert_eq!(seeds(&runs(&[1, 2, 3]), &runs(&[4, 5, 6])), None);
        assert_eq!(seeds(&runs(&[1]), &runs(&[2])), None);
        let fixed = seeds(&runs(&[1, 1]), &runs(&[2, 2])).expect("unlike");
        assert_eq!((fixed.base.as_str(), fixed.new.as_str()), ("always 1", "always 2"));
        assert!(seeds(&runs(&[1, 1]), &runs(&[2, 3])).is_some());
    }
}
