//! From records to lines of runs that did the same work, and the steps in them.

use std::collections::{BTreeMap, BTreeSet};

use super::seen::{SeenRun, Work};
use super::steps::{LEAST, Step, steps};
use crate::analysis::compare::figures::{HEADLINE, Key, Kind};
use crate::analysis::median::median;
use crate::record::{
    ChangePointRecord, HISTORY_SCHEMA, HistoryRecord, LineRecord, TrendRecord, UnlikeRecord, WorkRecord,
};

/// The probability that a line without any change is said to have one.
const ALPHA: f64 = 0.05;

/// The history of runs, in whatever order they come.
pub fn history(mut runs: Vec<SeenRun>, min_change: f64, mut left_out: Vec<String>) -> HistoryRecord {
    runs.sort_by(|a, b| (&a.run.started_at, &a.run.record).cmp(&(&b.run.started_at, &b.run.record)));
    let mut lines = BTreeMap::<Work, Vec<SeenRun>>::new();
    let mut seen = BTreeSet::new();
    for run in runs {
        let (id, path) = (&run.run.run_id, &run.run.record);
        if let Some(unfit) = &run.unfit {
            left_out.push(format!("`{path}` {unfit}"));
        } else if !id.is_empty() && !seen.insert(id.clone()) {
            left_out.push(format!("`{path}` is of run {id}, which is there already"));
        } else {
            lines.entry(run.work.clone()).or_default().push(run);
        }
    }
    let told_apart = told_apart(lines.keys());
    let mut lines: Vec<LineRecord> =
        lines.iter().map(|(work, runs)| line(work, runs, &told_apart, min_change)).collect();
    lines.sort_by_key(|line| std::cmp::Reverse(line.runs.len()));
    HistoryRecord { schema: HISTORY_SCHEMA, throng: env!("CARGO_PKG_VERSION").to_owned(), min_change, lines, left_out }
}

/// What differs between the lines of each scenario, by the scenario's name.
fn told_apart<'a>(lines: impl Iterator<Item = &'a Work>) -> BTreeMap<String, BTreeSet<String>> {
    let mut scenarios = BTreeMap::<String, Vec<&Work>>::new();
    for work in lines {
        scenarios.entry(scenario(work)).or_default().push(work);
    }
    scenarios.into_iter().map(|(scenario, lines)| (scenario, differing(&lines))).collect()
}

/// The names of what is not the same in all of these lines, or not there in all.
fn differing(lines: &[&Work]) -> BTreeSet<String> {
    let names: BTreeSet<&String> = lines.iter().flat_map(|work| work.iter().map(|(what, _)| what)).collect();
    let differs = |what: &&String| lines.windows(2).any(|pair| value(pair[0], what) != value(pair[1], what));
    names.into_iter().filter(differs).cloned().collect()
}

fn value<'a>(work: &'a Work, what: &str) -> Option<&'a String> {
    work.iter().find(|(name, _)| name == what).map(|(_, value)| value)
}

fn scenario(work: &Work) -> String {
    value(work, "scenario").cloned().unwrap_or_default()
}

fn line(work: &Work, runs: &[SeenRun], told_apart: &BTreeMap<String, BTreeSet<String>>, min_change: f64) -> LineRecord {
    let scenario = scenario(work);
    let telling = told_apart.get(&scenario);
    let tells = |what: &String| telling.is_some_and(|telling| telling.contains(what));
    let series: Vec<(Kind, Vec<f64>)> = HEADLINE
        .into_iter()
        .filter_map(|kind| Some((kind, runs.iter().map(|run| run.figures.get(&kind).copied()).collect::<Option<_>>()?)))
        .collect();
    // What never moves can make no step, and is not counted among those that might.
    let moving = series.iter().filter(|(_, values)| values.iter().any(|value| *value != values[0])).count();
    let level = ALPHA / moving.max(1) as f64;
    LineRecord {
        work: work
            .iter()
            .filter(|(what, _)| tells(what))
            .map(|(what, value)| WorkRecord { what: what.clone(), value: value.clone() })
            .collect(),
        scenario,
        runs: runs.iter().map(|run| run.run.clone()).collect(),
        figures: series.into_iter().map(|(kind, values)| trend(kind, values, runs, level, min_change)).collect(),
    }
}

fn trend(kind: Kind, values: Vec<f64>, runs: &[SeenRun], level: f64, min_change: f64) -> TrendRecord {
    let found = those_that_matter(steps(&values, level), &values, kind, min_change);
    let levels = levels(&found, &values);
    let changes: Vec<ChangePointRecord> = found
        .iter()
        .zip(levels.windows(2))
        .map(|(step, levels)| {
            let (before, after) = (levels[0], levels[1]);
            let by = after - before;
            ChangePointRecord {
                run: step.at,
                run_id: runs[step.at].run.run_id.clone(),
                started_at: runs[step.at].run.started_at.clone(),
                from: before,
                to: after,
                change: kind.change(by, before),
                p: step.p,
                verdict: kind.direction(by),
                since: since(&runs[step.at - 1], &runs[step.at]),
            }
        })
        .collect();
    TrendRecord {
        name: Key { operation: None, kind }.name(),
        unit: kind.unit(),
        more_is_better: kind.more_is_better(),
        first: levels[0],
        last: levels[found.len()],
        values,
        changes,
    }
}

/// The medians between steps: one more than there are steps.
fn levels(steps: &[Step], values: &[f64]) -> Vec<f64> {
    let starts = std::iter::once(0).chain(steps.iter().map(|step| step.at));
    let ends = steps.iter().map(|step| step.at).chain([values.len()]);
    starts.zip(ends).map(|(from, to)| median(values[from..to].to_vec())).collect()
}

/// Steps without those that are too small, whose runs then belong together.
fn those_that_matter(mut steps: Vec<Step>, values: &[f64], kind: Kind, min_change: f64) -> Vec<Step> {
    loop {
        let levels = levels(&steps, values);
        let is_small = |pair: &[f64]| (pair[1] - pair[0]).abs() < kind.matters(min_change, pair[0]);
        let Some(small) = levels.windows(2).position(is_small) else { return steps };
        steps.remove(small);
    }
}

/// What else is new in a run: versions, since runs of other work are on another line.
fn since(before: &SeenRun, run: &SeenRun) -> Vec<UnlikeRecord> {
    let differs = before.aspects.iter().filter_map(|(what, base)| {
        let (_, new) = run.aspects.iter().find(|(name, _)| name == what)?;
        (base != new).then(|| UnlikeRecord { what: what.clone(), base: base.clone(), new: new.clone() })
    });
    differs.collect()
}

/// Runs that a line needs before a step can be found in it at all.
pub const LEAST_RUNS: usize = 2 * LEAST;

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand_distr::{Distribution, StandardNormal};
    use rand_xoshiro::Xoshiro256PlusPlus;

    use super::*;
    use crate::analysis::compare::PlayedRun;
    use crate::record::{ChangeVerdict, Collector, Finish, SteeredFigure, SteeringRecord, TargetRecord, Verdict};

    /// The history of these runs where every change of 5 % matters.
    fn of(runs: &[PlayedRun], left_out: Vec<String>) -> HistoryRecord {
        with(runs, 0.05, left_out)
    }

    fn with(runs: &[PlayedRun], min_change: f64, left_out: Vec<String>) -> HistoryRecord {
        history(runs.iter().map(SeenRun::from).collect(), min_change, left_out)
    }

    /// Runs of one kind whose figures hang together; from `step_at` on they take so much longer.
    fn runs(count: usize, step_at: usize, slower: f64, seed: u64) -> Vec<PlayedRun> {
        let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
        let mut noise = || -> f64 { StandardNormal.sample(&mut random) };
        let run = |at: usize| {
            let common = 0.03 * noise();
            let level = if at >= step_at { 1.0 + slower } else { 1.0 };
            let mut record = Collector::default().finish(Finish {
                run_id: format!("{seed}-{at}"),
                started_at: format!("2026-01-{:02}T08:00:00Z", at + 1),
                ..Finish::default()
            });
            record.verdict = Verdict::Passed;
            record.throng = if at >= step_at { "2.0.0" } else { "1.0.0" }.to_owned();
            record.totals.operations_succeeded = 1_000;
            record.totals.throughput_per_s = 500.0 / level * (-common + 0.01 * noise()).exp();
            let time = |us: f64, own: f64| us * level * (common + own).exp();
            record.totals.response_us.mean = time(20_000.0, 0.01 * noise());
            record.totals.response_us.p50 = time(15_000.0, 0.01 * noise()) as u64;
            record.totals.response_us.p95 = time(60_000.0, 0.03 * noise()) as u64;
            record.totals.response_us.p99 = time(90_000.0, 0.06 * noise()) as u64;
            PlayedRun { path: format!("{at}.json"), record }
        };
        (0..count).map(run).collect()
    }

    fn changes(history: &HistoryRecord) -> Vec<(String, usize)> {
        let of = |figure: &TrendRecord| figure.changes.iter().map(|c| (figure.name.clone(), c.run)).collect::<Vec<_>>();
        history.lines.iter().flat_map(|line| line.figures.iter().flat_map(of)).collect()
    }

    #[test]
    fn lines_without_a_change_are_said_to_have_one_at_most_five_times_in_a_hundred() {
        // Every change counts, so that the promise is kept by the test and not by what matters.
        let alarms = (0..200).filter(|seed| !changes(&with(&runs(20, 99, 0.0, *seed), 0.0, vec![])).is_empty()).count();
        // Of 200 lines ten are expected at most; by chance hardly ever more than 19.
        assert!(alarms <= 19, "{alarms} of 200");
    }

    #[test]
    fn a_step_is_named_by_its_run_with_what_is_new_in_it() {
        let history = of(&runs(20, 12, 0.2, 1), vec![]);
        let mean = history.lines[0].figures.iter().find(|figure| figure.name == "response.mean").expect("it is there");
        let change = mean.changes.first().expect("it changed");
        assert_eq!((change.run, change.run_id.as_str(), mean.changes.len()), (12, "1-12", 1));
        assert_eq!(change.started_at, "2026-01-13T08:00:00Z");
        assert_eq!(change.verdict, ChangeVerdict::Worse);
        assert!(change.change.is_some_and(|by| (0.15..0.25).contains(&by)), "{change:?}");
        assert_eq!(change.since[0].what, "throng");
        assert!((mean.last / mean.first - 1.2).abs() < 0.05);
        let throughput = &history.lines[0].figures[0];
        assert_eq!((throughput.name.as_str(), throughput.changes[0].verdict), ("throughput", ChangeVerdict::Worse));
    }

    #[test]
    fn a_step_that_does_not_matter_parts_nothing() {
        let step = |at| Step { at, p: 0.001 };
        let values = [vec![100.0; 5], vec![102.0; 5], vec![130.0; 5]].concat();
        assert_eq!(those_that_matter(vec![step(5), step(10)], &values, Kind::Mean, 0.05), [step(10)]);
        assert_eq!(those_that_matter(vec![step(5), step(10)], &values, Kind::Mean, 0.01), [step(5), step(10)]);
    }

    #[test]
    fn unlike_runs_are_lines_of_their_own_and_what_tells_nothing_is_left_out() {
        let mut all = runs(7, 99, 0.0, 1);
        all[4].record.workers = 4;
        all[5].record.verdict = Verdict::Interrupted;
        all[6].record.steering = vec![SteeringRecord { at_s: 1.0, what: SteeredFigure::Paused, from: None, to: None }];
        let again = PlayedRun { path: "again.json".into(), ..all[0].clone() };
        all.push(again);
        let history = of(&all, vec!["`x.json` is no record of a run".to_owned()]);
        assert_eq!(history.lines.iter().map(|line| line.runs.len()).collect::<Vec<_>>(), [4, 1]);
        assert_eq!(history.lines[1].work, [WorkRecord { what: "workers".into(), value: "4".into() }]);
        let told = ["no record of a run", "is there already", "interrupted", "steered by hand"];
        for told in told {
            assert!(history.left_out.iter().any(|line| line.contains(told)), "{told}: {:?}", history.left_out);
        }
        assert_eq!(history.left_out.len(), told.len(), "{:?}", history.left_out);
    }

    #[test]
    fn an_upgraded_server_stays_on_its_line() {
        let target = |version: &str| TargetRecord {
            name: "postgres".into(),
            kind: "postgres".into(),
            version: Some(version.into()),
            address: "postgres://db/app".into(),
        };
        let mut all = runs(4, 99, 0.0, 1);
        for (at, run) in all.iter_mut().enumerate() {
            run.record.targets = vec![target(if at < 2 { "15.6" } else { "16.1" })];
        }
        assert_eq!(of(&all, vec![]).lines.len(), 1);
    }
}
