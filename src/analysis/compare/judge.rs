//! Verdicts: which figures changed, by more than chance and by as much as matters.
//!
//! What is found is that of [`asked`](super::asked); here it is weighed against what matters and what runs differ by anyway.

use super::asked::{Test, tests};
use super::figures::{Key, Kind};
use super::ranks;
use super::shift::{interval, shift};
use crate::analysis::median::median;
use crate::record::{ChangeVerdict, ComparedRecord};

/// Error rates that differ so much among all runs are asked about first. It is looked at whichever side they are of, and so tells
/// nothing of what is asked.
const MANY_ERRORS: f64 = 0.01;

/// A figure of all runs of both sides.
#[derive(Debug, Clone)]
pub(super) struct Samples {
    /// Which figure.
    pub key: Key,
    /// That of each run of the base.
    pub base: Vec<f64>,
    /// That of each run of the other side.
    pub new: Vec<f64>,
}

/// What counts.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rule {
    /// The least change that matters, a part of 1.
    pub min_change: f64,
    /// Draws of the bootstrap.
    pub draws: usize,
}

impl Samples {
    /// The same so that higher is worse.
    pub fn badness(&self) -> (Vec<f64>, Vec<f64>) {
        let sign = if self.key.kind.more_is_better() { -1.0 } else { 1.0 };
        let of = |side: &[f64]| side.iter().map(|value| sign * value).collect();
        (of(&self.base), of(&self.new))
    }

    /// By how much the highest of all runs is above the lowest.
    fn range(&self) -> f64 {
        let all = || self.base.iter().chain(&self.new).copied();
        all().reduce(f64::max).zip(all().reduce(f64::min)).map_or(0.0, |(most, least)| most - least)
    }

    /// Whether all runs have the same.
    pub fn is_still(&self) -> bool {
        self.range() == 0.0
    }

    /// Where it stands in the order in which figures are asked.
    pub fn turn(&self) -> (bool, Kind) {
        (self.key.kind != Kind::ErrorRate || self.range() < MANY_ERRORS, self.key.kind)
    }

    /// The least change that matters, in the figure's unit.
    fn matters(&self, rule: &Rule) -> f64 {
        self.key.kind.matters(rule.min_change, median(self.base.clone()))
    }

    /// The part of an interval of shifts that can be: no figure falls below 0, and no error rate rises above 1.
    pub fn possible(&self, (low, high): (f64, f64)) -> (f64, f64) {
        let base = median(self.base.clone());
        let most = if self.key.kind == Kind::ErrorRate { 1.0 - base } else { f64::INFINITY };
        (low.clamp(-base, most), high.clamp(-base, most))
    }

    /// By how much two runs of a side differ in the median, for the side whose runs differ more.
    fn louder(&self) -> f64 {
        noise(&self.base).unwrap_or_default().max(noise(&self.new).unwrap_or_default())
    }
}

/// By how much two of these runs differ in the median; none of a single one.
pub(super) fn noise(runs: &[f64]) -> Option<f64> {
    let pairs = runs.iter().enumerate().flat_map(|(at, a)| runs[..at].iter().map(move |b| (a - b).abs()));
    let differences: Vec<f64> = pairs.collect();
    (!differences.is_empty()).then(|| median(differences))
}

/// What came of all figures.
#[derive(Debug)]
pub(super) struct Judged {
    /// Each figure.
    pub figures: Vec<ComparedRecord>,
    /// Whether those of the whole run were asked in a fixed order.
    pub in_order: bool,
    /// Figures of the whole run that would be worse, but had not been reached in that order.
    pub unasked: Vec<String>,
}

/// Judges all figures; without verdicts where there are too few runs.
pub(super) fn judge(samples: &[Samples], rule: &Rule) -> Judged {
    let (tests, in_order) = tests(samples);
    let (mut figures, mut unasked) = (Vec::new(), Vec::new());
    for (samples, test) in samples.iter().zip(tests) {
        let figure = compared(samples, rule, test);
        if in_order && samples.key.operation.is_none() && test.is_some_and(|test| would_be_worse(samples, rule, test)) {
            unasked.push(figure.name.clone());
        }
        figures.push(figure);
    }
    Judged { figures, in_order, unasked }
}

/// Whether a figure that was not found is sorted as clearly for the worse as it can be, and would have been found had it been asked first.
fn would_be_worse(samples: &Samples, rule: &Rule, test: Test) -> bool {
    let Samples { base, new, .. } = samples;
    // The counts are exact, the product of the least is rounded.
    let sorted = test.p <= ranks::least_p(base.len(), new.len()) * (1.0 + 1e-9);
    let found = Test { found: true, ..test };
    !test.found && sorted && verdict(samples, rule, shift(base, new), None, found) == ChangeVerdict::Worse
}

fn compared(samples: &Samples, rule: &Rule, test: Option<Test>) -> ComparedRecord {
    let Samples { key, base, new } = samples;
    let shift = shift(base, new);
    let interval = interval(base, new, rule.draws).map(|interval| samples.possible(interval));
    let base_median = median(base.clone());
    let by_base = |value: f64| key.kind.change(value, base_median);
    ComparedRecord {
        name: key.name(),
        operation: key.operation.clone(),
        unit: key.kind.unit(),
        more_is_better: key.kind.more_is_better(),
        base: base.clone(),
        new: new.clone(),
        base_median,
        new_median: median(new.clone()),
        shift,
        low: interval.map(|(low, _)| low),
        high: interval.map(|(_, high)| high),
        change: by_base(shift),
        noise: noise(base).and_then(by_base),
        p: test.map(|test| test.p),
        p_adjusted: test.map(|test| test.adjusted),
        verdict: test.map_or(ChangeVerdict::Unclear, |test| verdict(samples, rule, shift, interval, test)),
    }
}

fn verdict(samples: &Samples, rule: &Rule, shift: f64, interval: Option<(f64, f64)>, test: Test) -> ChangeVerdict {
    let matters = samples.matters(rule);
    // Three runs a side are sorted wholly in exactly five of a hundred experiments; that the sides must differ by more than
    // the runs of one keeps the promise with something to spare.
    if test.found && shift.abs() >= matters && shift.abs() > samples.louder() {
        return samples.key.kind.direction(shift);
    }
    match interval {
        Some((low, high)) if low >= -matters && high <= matters => ChangeVerdict::Unchanged,
        _ => ChangeVerdict::Unclear,
    }
}

#[cfg(test)]
mod tests {
    use super::super::asked::ALPHA;
    use super::*;

    const RULE: Rule = Rule { min_change: 0.05, draws: 500 };

    fn samples(kind: Kind, base: &[f64], new: &[f64]) -> Samples {
        Samples { key: Key { operation: None, kind }, base: base.to_vec(), new: new.to_vec() }
    }

    fn one(kind: Kind, base: &[f64], new: &[f64]) -> ComparedRecord {
        judge(&[samples(kind, base, new)], &RULE).figures.remove(0)
    }

    #[test]
    fn the_direction_is_that_of_the_figure() {
        let (low, high) = ([100.0, 101.0, 102.0, 103.0, 104.0], [120.0, 121.0, 122.0, 123.0, 124.0]);
        assert_eq!(one(Kind::Mean, &low, &high).verdict, ChangeVerdict::Worse);
        assert_eq!(one(Kind::Mean, &high, &low).verdict, ChangeVerdict::Better);
        assert_eq!(one(Kind::Throughput, &low, &high).verdict, ChangeVerdict::Better);
        assert_eq!(one(Kind::Throughput, &high, &low).verdict, ChangeVerdict::Worse);
        let compared = one(Kind::Mean, &low, &high);
        assert_eq!((compared.shift, compared.base_median, compared.new_median), (20.0, 102.0, 122.0));
        assert!((compared.change.unwrap_or_default() - 20.0 / 102.0).abs() < 1e-12);
        assert!((compared.p.unwrap_or_default() - 1.0 / 252.0).abs() < 1e-12);
    }

    #[test]
    fn no_interval_reaches_what_cannot_be() {
        let fallen = one(Kind::Throughput, &[10.0, 200.0, 900.0], &[1.0, 2.0, 3.0]);
        assert_eq!(fallen.low, Some(-200.0), "{fallen:?}");
        let failing = samples(Kind::ErrorRate, &[0.4, 0.4, 0.4], &[0.9, 0.9, 0.9]);
        let (low, high) = failing.possible((-0.7, 0.9));
        assert_eq!((low, (high * 100.0).round()), (-0.4, 60.0));
    }

    #[test]
    fn what_is_certain_but_too_small_to_matter_is_unchanged() {
        let base = [100.0, 100.1, 100.2, 100.3, 100.4];
        let new = base.map(|value| value + 2.0);
        let compared = one(Kind::Mean, &base, &new);
        assert!(compared.p.is_some_and(|p| p < 0.01));
        assert_eq!(compared.verdict, ChangeVerdict::Unchanged);
    }

    #[test]
    fn what_may_or_may_not_matter_is_unclear() {
        let base = [100.0, 110.0, 95.0, 104.0, 98.0];
        assert_eq!(one(Kind::Mean, &base, &[103.0, 114.0, 97.0, 108.0, 99.0]).verdict, ChangeVerdict::Unclear);
    }

    #[test]
    fn two_runs_a_side_have_no_verdict_and_three_can_say_the_first_figure_alone() {
        let two = one(Kind::Mean, &[100.0, 101.0], &[200.0, 201.0]);
        assert_eq!((two.p, two.verdict), (None, ChangeVerdict::Unclear));
        let all: Vec<Samples> = [Kind::Throughput, Kind::Mean, Kind::P95, Kind::P99]
            .map(|kind| samples(kind, &[100.0, 101.0, 102.0], &[201.0, 202.0, 203.0]))
            .to_vec();
        let judged = judge(&all, &RULE).figures;
        let verdict = |name: &str| judged.iter().find(|c| c.name == name).expect("it is there").verdict;
        // They are asked in order, and each was found; but that throughput rose is a question of its own.
        assert_eq!(verdict("response.mean"), ChangeVerdict::Worse);
        assert_eq!(verdict("response.p95"), ChangeVerdict::Worse);
        let mut quiet = all;
        quiet[1] = samples(Kind::Mean, &[100.0, 101.0, 102.0], &[101.5, 100.5, 102.5]);
        let judged = judge(&quiet, &RULE).figures;
        assert!(judged.iter().all(|compared| compared.verdict != ChangeVerdict::Worse), "{judged:?}");
    }

    #[test]
    fn what_fails_fast_is_worse_and_not_better() {
        for runs in [3, 4, 5] {
            let side = |kind, base: f64, new: f64| {
                let of = |level: f64| (0..runs).map(|run| level * (1.0 + 0.01 * f64::from(run))).collect::<Vec<_>>();
                samples(kind, &of(base), &of(new))
            };
            let judged = judge(&[side(Kind::Mean, 100.0, 70.0), side(Kind::ErrorRate, 0.0, 0.5)], &RULE);
            assert_eq!(judged.figures[1].verdict, ChangeVerdict::Worse, "{runs} runs a side");
            // More are enough to see that both are true.
            let mean = if runs == 3 { ChangeVerdict::Unclear } else { ChangeVerdict::Better };
            assert_eq!((judged.figures[0].verdict, judged.in_order), (mean, runs == 3), "{runs} runs a side");
        }
    }

    #[test]
    fn what_was_not_asked_but_is_sorted_for_the_worse_is_named() {
        let mean = samples(Kind::Mean, &[100.0, 101.0, 102.0], &[70.0, 71.0, 72.0]);
        let throughput = samples(Kind::Throughput, &[100.0, 101.0, 102.0], &[50.0, 51.0, 52.0]);
        let judged = judge(&[throughput, mean], &RULE);
        assert_eq!((judged.figures[1].verdict, judged.in_order), (ChangeVerdict::Better, true));
        assert_eq!(judged.unasked, ["throughput"]);
    }

    #[test]
    fn p_and_verdict_agree_with_six_runs_a_side() {
        // The whole run has a part of the error only, whose bound some of these p-values just miss.
        let base = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0];
        for steps in 0..40 {
            let new: Vec<f64> = base.iter().map(|value| value + 0.1 * f64::from(steps)).collect();
            let test = tests(&[samples(Kind::Mean, &base, &new)]).0[0].expect("there are enough runs");
            assert_eq!(test.found, test.adjusted <= ALPHA + 1e-12, "{steps}: {test:?}");
        }
    }

    #[test]
    fn errors_are_compared_in_points_and_one_in_a_thousand_matters() {
        let none = [0.0; 5];
        assert_eq!(one(Kind::ErrorRate, &none, &none).verdict, ChangeVerdict::Unchanged);
        let some = one(Kind::ErrorRate, &none, &[0.02, 0.021, 0.022, 0.023, 0.024]);
        assert_eq!((some.verdict, some.change), (ChangeVerdict::Worse, Some(0.022)));
        let rare = one(Kind::ErrorRate, &none, &[0.0002, 0.0003, 0.0002, 0.0001, 0.0004]);
        assert_eq!(rare.verdict, ChangeVerdict::Unchanged);
    }

    #[test]
    fn operations_are_asked_when_the_whole_run_changed_or_with_six_runs_a_side() {
        let operation = |name: &str, runs: usize, by: f64| Samples {
            key: Key { operation: Some(name.into()), kind: Kind::Mean },
            base: (0..runs).map(|run| 100.0 + run as f64).collect(),
            new: (0..runs).map(|run| 100.4 + run as f64 + by).collect(),
        };
        let whole = |runs: usize, by: f64| Samples {
            key: Key { operation: None, kind: Kind::Mean },
            ..operation("", runs, by)
        };
        let verdict = |runs, by| {
            let all = [whole(runs, by), operation("slow", runs, 50.0), operation("same", runs, 0.0)];
            let judged = judge(&all, &RULE).figures;
            (judged[1].verdict, judged[2].verdict)
        };
        assert_eq!(verdict(5, 0.0).0, ChangeVerdict::Unclear);
        assert_eq!(verdict(5, 30.0).0, ChangeVerdict::Worse);
        assert_eq!(verdict(6, 0.0).0, ChangeVerdict::Worse);
        assert_ne!(verdict(6, 0.0).1, ChangeVerdict::Worse);
    }

    #[test]
    fn the_noise_is_what_runs_of_the_base_differ_by() {
        let compared = one(Kind::Mean, &[100.0, 102.0, 104.0], &[100.0, 102.0, 104.0]);
        assert!((compared.noise.unwrap_or_default() - 2.0 / 102.0).abs() < 1e-12);
    }
}
