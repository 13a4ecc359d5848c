//! From records to a comparison: likeness, figures, verdicts, and what to say of them.

use std::collections::{BTreeMap, BTreeSet};

use super::figures::{HEADLINE, Key, course, figures};
use super::judge::{Rule, Samples, judge, suffice};
use super::{likeness, within, words};
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
    /// Within a side, or of a run that was cut short or steered.
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
    within.extend(likeness::twice(&side(base).runs, &side(new).runs));
    let pair = base.runs.first().zip(new.runs.first());
    let mut between = pair.map_or_else(Vec::new, |(base, new)| likeness::between(&base.record, &new.record));
    between.extend(likeness::seeds(&side(base).runs, &side(new).runs));
    Unlike { within, between }
}

/// What would make a planned run unlike a record, as far as that is known before it is played.
pub fn unlike_plan(base: &Record, planned: &Record) -> Vec<UnlikeRecord> {
    likeness::from_plan(base, planned)
}

/// Holds `new` against `base`. `unlike` is what is known to differ between them, and told with it.
pub fn compare(base: Side<'_>, new: Side<'_>, min_change: f64, unlike: Vec<UnlikeRecord>) -> ComparisonRecord {
    let (samples, left_out) = samples(base, new);
    // With very many runs each draw takes long, and tells more.
    let draws = (DRAWS * 400 / (base.runs.len() * new.runs.len()).max(400)).max(200);
    let mut figures = judge(&samples, &Rule { min_change, draws });
    for (figure, samples) in figures.iter_mut().zip(&samples) {
        if base.runs.len() == 1 || new.runs.len() == 1 {
            (figure.low, figure.high) = single(base, new, samples, figure.shift).unzip();
        }
    }
    let indicative = !suffice(base.runs.len(), new.runs.len());
    let verdict = whole(&figures);
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
    record.reasons = words::reasons(&record);
    record.notes = words::notes(&record, base, new, &left_out);
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

/// All figures together: one that got worse is enough.
fn whole(figures: &[ComparedRecord]) -> ChangeVerdict {
    let any = |verdict| figures.iter().any(|figure| figure.verdict == verdict);
    let mut of_run = figures.iter().filter(|figure| figure.operation.is_none()).peekable();
    let there_are = of_run.peek().is_some();
    match () {
        () if any(ChangeVerdict::Worse) => ChangeVerdict::Worse,
        () if any(ChangeVerdict::Better) => ChangeVerdict::Better,
        () if there_are && of_run.all(|figure| figure.verdict == ChangeVerdict::Unchanged) => ChangeVerdict::Unchanged,
        () => ChangeVerdict::Unclear,
    }
}
