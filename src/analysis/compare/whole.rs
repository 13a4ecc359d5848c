//! From records to a comparison: likeness, figures, verdicts, and what to say of them.

use std::collections::{BTreeMap, BTreeSet};

use super::asked::suffice;
use super::figures::{HEADLINE, Key, course, figures};
use super::judge::{Rule, Samples, judge};
use super::{likeness, reached, within, words};
use crate::record::{
    COMPARISON_SCHEMA, ChangeVerdict, ComparedRecord, ComparedRun, ComparisonRecord, Record, SideRecord, UnlikeRecord,
};

/// Draws of the bootstrap: more would move an end of an interval by less than is shown.
const DRAWS: usize = 2_000;

/// The exit status of a change for the worse, as of a threshold that failed.
const WORSE: u8 = 3;

/// A run with its record.
#[derive(Debug, Clone)]
pub struct PlayedRun {
    /// The file of the record.
    pub path: String,
    /// What was measured.
    pub record: Record,
}

impl From<&PlayedRun> for ComparedRun {
    fn from(run: &PlayedRun) -> Self {
        Self {
            run_id: run.record.run_id.clone(),
            started_at: run.record.started_at.clone(),
            seed: run.record.seed,
            record: run.path.clone(),
        }
    }
}

/// Runs that are held against others.
#[derive(Debug, Clone, Copy)]
pub struct Side<'a> {
    /// What they are called.
    pub name: &'a str,
    /// At least one.
    pub runs: &'a [PlayedRun],
}

/// What makes runs unlike, so that they should not be compared: among those of a side, and between the sides. What was changed
/// on purpose between sides is left to the caller to allow.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Unlike {
    /// Within a side, or of a run that was cut short or steered, or got nothing done.
    pub within: Vec<UnlikeRecord>,
    /// Between the first runs of both.
    pub between: Vec<UnlikeRecord>,
}

/// Finds what makes runs unlike.
pub fn unlike(base: Side<'_>, new: Side<'_>) -> Unlike {
    let mut within: Vec<UnlikeRecord> = Vec::new();
    for side in [base, new] {
        for run in side.runs {
            within.extend(likeness::cut_short(&run.record));
            within.extend(likeness::steered(&run.record));
            within.extend(reached::nothing(&run.record));
        }
        if let Some((first, rest)) = side.runs.split_first() {
            for run in rest {
                for difference in likeness::between(&first.record, &run.record) {
                    let what = format!("{} within {}", difference.what, side.name);
                    let difference = UnlikeRecord { what, ..difference };
                    if !within.contains(&difference) {
                        within.push(difference);
                    }
                }
            }
        }
    }
    let (base_runs, new_runs) = (side(base).runs, side(new).runs);
    within.extend(likeness::twice(&base_runs, &new_runs));
    let pair = base.runs.first().zip(new.runs.first());
    let mut between = pair.map_or_else(Vec::new, |(base, new)| likeness::between(&base.record, &new.record));
    between.extend(likeness::seeds(&base_runs, &new_runs));
    between.extend(reached::unlike(base, new));
    Unlike { within, between }
}

/// What would make planned runs unlike those of the base, as far as that is known before they are played.
pub fn unlike_plan(base: &[PlayedRun], planned: &[Record]) -> Vec<UnlikeRecord> {
    let base = Side { name: "base", runs: base };
    let mut all = unlike(base, Side { name: "new", runs: &[] }).within;
    if let Some((base, planned)) = base.runs.first().zip(planned.first()) {
        all.extend(likeness::from_plan(&base.record, planned));
    }
    let seeded = |record: &Record| ComparedRun { seed: record.seed, ..ComparedRun::default() };
    let planned: Vec<ComparedRun> = planned.iter().map(seeded).collect();
    all.extend(likeness::seeds(&side(base).runs, &planned));
    all
}

/// Holds `new` against `base`. `unlike` is what is known to differ between them, and told with it.
pub fn compare(base: Side<'_>, new: Side<'_>, min_change: f64, unlike: Vec<UnlikeRecord>) -> ComparisonRecord {
    let (samples, left_out) = samples(base, new);
    // With very many runs each draw takes long, and tells more.
    let draws = (DRAWS * 400 / (base.runs.len() * new.runs.len()).max(400)).max(200);
    let judged = judge(&samples, &Rule { min_change, draws });
    let mut figures = judged.figures;
    for (figure, samples) in figures.iter_mut().zip(&samples) {
        if base.runs.len() == 1 || new.runs.len() == 1 {
            let interval = single(base, new, samples, figure.shift);
            (figure.low, figure.high) = interval.map(|interval| samples.possible(interval)).unzip();
        }
    }
    let indicative = !suffice(base.runs.len(), new.runs.len());
    let doubts = words::doubts(&judged.unasked, &reached::only_of(base, new), new.name);
    let verdict = whole(&figures, !doubts.is_empty());
    let mut record = ComparisonRecord {
        schema: COMPARISON_SCHEMA,
        throng: env!("CARGO_PKG_VERSION").to_owned(),
        scenario: base.runs.first().map(|run| run.record.scenario.name.clone()).unwrap_or_default(),
        base: side(base),
        new: side(new),
        min_change,
        indicative,
        unlike,
        figures,
        verdict,
        exit_code: if verdict == ChangeVerdict::Worse { WORSE } else { 0 },
        reasons: Vec::new(),
        notes: Vec::new(),
    };
    record.reasons = words::reasons(&record, doubts);
    record.notes = words::notes(&record, base, new, &left_out, judged.in_order);
    record
}

fn side(side: Side<'_>) -> SideRecord {
    SideRecord { name: side.name.to_owned(), runs: side.runs.iter().map(ComparedRun::from).collect() }
}

/// The figures that all runs have, and the operations that only some have.
fn samples(base: Side<'_>, new: Side<'_>) -> (Vec<Samples>, BTreeSet<String>) {
    let of = |side: Side<'_>| -> Vec<BTreeMap<Key, f64>> { side.runs.iter().map(|run| figures(&run.record)).collect() };
    let (base, new) = (of(base), of(new));
    let keys: BTreeSet<&Key> = base.iter().chain(&new).flat_map(BTreeMap::keys).collect();
    let place = |key: &Key| HEADLINE.iter().position(|kind| *kind == key.kind);
    let mut keys: Vec<&Key> = keys.into_iter().collect();
    keys.sort_by_key(|key| (key.operation.clone(), place(key)));
    let (mut samples, mut left_out) = (Vec::new(), BTreeSet::new());
    for key in keys {
        let values = |side: &[BTreeMap<Key, f64>]| side.iter().map(|run| run.get(key).copied()).collect::<Option<_>>();
        match values(&base).zip(values(&new)) {
            Some((base, new)) => samples.push(Samples { key: key.clone(), base, new }),
            None => left_out.extend(key.operation.clone()),
        }
    }
    (samples, left_out)
}

/// The interval where a side has a single run: from within both, or from the spread of the others.
fn single(base: Side<'_>, new: Side<'_>, samples: &Samples, shift: f64) -> Option<(f64, f64)> {
    match (base.runs, new.runs) {
        ([base], [new]) if samples.key.operation.is_none() => {
            let of = |run: &PlayedRun| within::within(&course(&run.record, samples.key.kind));
            Some(within::interval(shift, of(base)?, of(new)?))
        }
        ([_], [_]) => None,
        ([_], _) => within::of_single(shift, &samples.new),
        _ => within::of_single(shift, &samples.base),
    }
}

/// All figures together: one that got worse is enough. Where it is doubtful whether any did, nothing else is said.
fn whole(figures: &[ComparedRecord], doubtful: bool) -> ChangeVerdict {
    let any = |verdict| figures.iter().any(|figure| figure.verdict == verdict);
    let mut of_run = figures.iter().filter(|figure| figure.operation.is_none()).peekable();
    let there_are = of_run.peek().is_some();
    match () {
        () if any(ChangeVerdict::Worse) => ChangeVerdict::Worse,
        () if doubtful => ChangeVerdict::Unclear,
        () if any(ChangeVerdict::Better) => ChangeVerdict::Better,
        () if there_are && of_run.all(|figure| figure.verdict == ChangeVerdict::Unchanged) => ChangeVerdict::Unchanged,
        () => ChangeVerdict::Unclear,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::findings::made::operation;
    use crate::record::{Collector, Finish, Verdict};

    /// Three runs that had these operations.
    fn runs(side: &str, names: &[&str]) -> Vec<PlayedRun> {
        let run = |at: u32| {
            let (run_id, seed) = (format!("{side}{at}"), u64::from(at));
            let mut record = Collector::default().finish(Finish { run_id, seed, ..Finish::default() });
            record.verdict = Verdict::Passed;
            record.operations = names
                .iter()
                .map(|name| {
                    let mut operation = operation(name, &[]);
                    (operation.succeeded, operation.failed) = (100, 0);
                    operation
                })
                .collect();
            record.totals.operations_succeeded = 100 * names.len() as u64;
            record.totals.response_us.mean = 20_000.0 + f64::from(at);
            PlayedRun { path: format!("{side}-{at}.json"), record }
        };
        (0..3).map(run).collect()
    }

    fn side<'a>(name: &'a str, runs: &'a [PlayedRun]) -> Side<'a> {
        Side { name, runs }
    }

    #[test]
    fn an_operation_that_is_gone_is_unlike_and_the_rest_not_better() {
        let (base, mut new) = (runs("base", &["view", "buy"]), runs("new", &["view"]));
        let told = unlike(side("base", &base), side("new", &new)).between;
        assert_eq!(told.len(), 1, "{told:?}");
        assert_eq!((told[0].base.as_str(), told[0].new.as_str()), ("buy", "none"));
        for run in &mut new {
            run.record.totals.response_us.mean *= 0.5;
        }
        let record = compare(side("base", &base), side("new", &new), 0.05, vec![]);
        let mean = record.figures.iter().find(|figure| figure.name == "response.mean").expect("it is there");
        assert_eq!((mean.verdict, record.verdict), (ChangeVerdict::Better, ChangeVerdict::Unclear));
        assert!(record.reasons.contains(&"new has hardly any of: buy".to_owned()), "{:?}", record.reasons);
    }

    #[test]
    fn a_version_that_fails_fast_is_worse() {
        let (base, mut new) = (runs("base", &["view", "buy"]), runs("new", &["view", "buy"]));
        for run in &mut new {
            run.record.totals.response_us.mean *= 0.7;
            (run.record.totals.operations_succeeded, run.record.totals.operations_failed) = (100, 100);
        }
        let record = compare(side("base", &base), side("new", &new), 0.05, vec![]);
        assert_eq!((record.verdict, record.exit_code), (ChangeVerdict::Worse, 3), "{:?}", record.reasons);
        assert_eq!(record.reasons, ["worse: errors.rate"]);
    }

    #[test]
    fn a_single_run_in_which_everything_failed_is_told_of_first() {
        let (base, mut new) = (runs("base", &["view"]), runs("new", &["view"]));
        new.truncate(1);
        (new[0].record.totals.operations_succeeded, new[0].record.totals.operations_failed) = (0, 100);
        let record = compare(side("base", &base), side("new", &new), 0.05, vec![]);
        assert_eq!(record.reasons[0], "in 1 of 1 runs of new every operation failed, in none of base");
        let same = compare(side("base", &new), side("new", &new), 0.05, vec![]);
        assert_eq!(same.wholly_failed(), None);
    }

    #[test]
    fn a_run_that_got_nothing_done_is_like_no_other() {
        let mut base = runs("base", &["view"]);
        base[1].record.totals.operations_succeeded = 0;
        let told = unlike_plan(&base, &[]);
        assert_eq!(told.iter().map(|unlike| unlike.what.as_str()).collect::<Vec<_>>(), ["operations of run base1"]);
    }

    #[test]
    fn what_is_wrong_with_a_base_is_known_before_the_load() {
        let mut base = runs("base", &["view"]);
        base[2].record.workers += 1;
        base.push(base[0].clone());
        let planned = |seed: u64| Record { seed, ..base[0].record.clone() };
        let what = |planned: &[Record]| unlike_plan(&base, planned).into_iter().map(|u| u.what).collect::<Vec<_>>();
        assert_eq!(what(&[planned(7), planned(8)]), ["workers within base", "run base0, which was given twice"]);
        assert_eq!(what(&[planned(7), planned(7)]).last().map(String::as_str), Some("seeds"));
    }

    #[test]
    fn runs_that_failed_are_told_of() {
        let (base, mut new) = (runs("base", &["view"]), runs("new", &["view"]));
        new[1].record.verdict = Verdict::Failed;
        new[1].record.reasons = vec!["a row is missing".into()];
        let record = compare(side("base", &base), side("new", &new), 0.05, vec![]);
        let told = "1 of 3 runs of new did not pass: a row is missing".to_owned();
        assert!(record.notes.contains(&told), "{:?}", record.notes);
    }
}
