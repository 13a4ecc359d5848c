//! Watching rules over a run.

use super::grade::Grade;
use super::rule::{Comparison, Figure, Rule};
use super::tally::Tally;
use super::window::Window;
use super::{RuleError, classes, known};
use crate::plan::scenario::PersonaDecl;
use crate::plan::{Outline, Plan};
use crate::record::{IntervalInput, MonitorRecord, PhaseRecord, ThresholdRecord};

/// All thresholds of a run.
#[derive(Debug, Default)]
pub struct Thresholds {
    watches: Vec<Watch>,
}

/// One rule and what it has seen.
#[derive(Debug)]
struct Watch {
    rule: Rule,
    /// Whether the budget asks for it.
    budget: bool,
    total: Tally,
    /// The rule whose figure the limit stands on, and what it has seen.
    beneath: Option<(Rule, Tally)>,
    window: Window,
    /// The figure at which the rule ended the run.
    aborted_at: Option<f64>,
}

impl Thresholds {
    /// Reads the rules; the first that cannot be read is the error.
    pub fn parse(rules: &[String]) -> Result<Self, RuleError> {
        let watches = rules.iter().map(|text| Rule::parse(text).map(Watch::new)).collect::<Result<_, _>>()?;
        Ok(Self { watches })
    }

    /// Reads the rules of a plan: its thresholds, and then its budget. The first that cannot be read is the error.
    pub fn of(plan: &Plan) -> Result<Self, RuleError> {
        let mut all = Self::parse(&plan.thresholds)?;
        let budget = Self::parse(&plan.budget)?.watches;
        all.watches.extend(budget.into_iter().map(|watch| Watch { budget: true, ..watch }));
        Ok(all)
    }

    /// Refuses rules on personas and operations that a scenario does not have, and on what is not watched; they would
    /// meet no sample.
    ///
    /// # Errors
    /// The first such rule.
    pub fn check(&self, personas: &[PersonaDecl], watched: &[Outline]) -> Result<(), RuleError> {
        self.watches.iter().try_for_each(|watch| known::check(&watch.rule, personas, watched))
    }

    /// Refuses rules on classes of errors that there are not; `conditions` are PostgreSQL's names for its SQLSTATEs.
    ///
    /// # Errors
    /// The first such rule.
    pub fn check_classes(&self, conditions: &[&str]) -> Result<(), RuleError> {
        self.watches.iter().try_for_each(|watch| classes::check(&watch.rule, conditions))
    }

    /// Looks at one interval, given the phases of the run up to its end. Returns a rule, as written, whose
    /// breach ends the run.
    pub fn observe(&mut self, input: &IntervalInput<'_>, phases: &[PhaseRecord]) -> Option<&str> {
        let mut broken = None;
        for watch in &mut self.watches {
            watch.observe(input, phases);
            if watch.must_abort() && broken.is_none() {
                broken = Some(watch.rule.text.as_str());
            }
        }
        broken
    }

    /// What became of each rule, over the phases as they turned out and with what the monitor saw.
    pub fn finish(&self, phases: &[PhaseRecord], monitor: &MonitorRecord) -> Vec<ThresholdRecord> {
        self.watches.iter().map(|watch| watch.finish(phases, monitor)).collect()
    }
}

impl Watch {
    fn new(rule: Rule) -> Self {
        let beneath = rule.beneath().map(|rule| (rule, Tally::default()));
        Self { rule, budget: false, total: Tally::default(), beneath, window: Window::default(), aborted_at: None }
    }

    fn observe(&mut self, input: &IntervalInput<'_>, phases: &[PhaseRecord]) {
        let tally = Tally::of(&self.rule, input, phases);
        self.total.merge(&tally);
        if let Some((rule, total)) = &mut self.beneath {
            total.merge(&Tally::of(rule, input, phases));
        }
        if let Some(length) = self.rule.window
            && tally.seconds() > 0.0
        {
            let now_s = (input.start + input.length).as_secs_f64();
            self.window.slide(&self.rule, length.as_secs_f64(), tally, now_s, self.total.met());
        }
    }

    /// Whether the rule is broken now and its time of grace is over.
    fn must_abort(&mut self) -> bool {
        let Some(abort) = self.rule.abort else { return false };
        if self.total.seconds() < abort.after.as_secs_f64() || !self.total.met() {
            return false;
        }
        let value = match self.rule.window {
            Some(_) => self.window.latest(),
            None => self.total.value(&self.rule.figure),
        };
        let broken = value.filter(|&value| !self.rule.comparison.holds(value, self.rule.limit));
        if self.aborted_at.is_none() {
            self.aborted_at = broken;
        }
        broken.is_some()
    }

    fn finish(&self, phases: &[PhaseRecord], monitor: &MonitorRecord) -> ThresholdRecord {
        if let Figure::Watched(watched) = &self.rule.figure {
            let seen = |rule: &Rule| watched.value(rule, phases, monitor);
            let note = "the monitor saw nothing of it";
            return self.judge(seen(&self.rule), self.beneath.as_ref().and_then(|(rule, _)| seen(rule)), note);
        }
        let whole = || whole(&self.rule, &self.total, phases);
        if let Some((rule, total)) = &self.beneath {
            let there = total.met().then(|| self::whole(rule, total, phases)).flatten();
            return self.judge(self.total.met().then(whole).flatten(), there, "it met no sample");
        }
        let mut note = None;
        let observed = if !self.total.met() {
            note = Some("it met no sample".to_owned());
            None
        } else if self.rule.window.is_some() {
            match self.window.worst() {
                Some((worst, end_s)) => {
                    note = Some(format!("the worst window ended at {end_s:.0} s"));
                    Some(worst)
                }
                None => {
                    note = Some("the run was shorter than the window, so this is over the whole of it".to_owned());
                    whole()
                }
            }
        } else {
            let value = whole();
            if value.is_none() {
                note = Some("a metric of this kind has no such figure".to_owned());
            }
            value
        };
        if let Some(value) = self.aborted_at {
            // What drained afterwards may have mended the figure; the breach stands.
            note = Some("it ended the run".to_owned());
            return self.record(Some(observed.map_or(value, |now| self.worse(now, value))), Grade::Failed, note);
        }
        self.record(observed, self.rule.grade(observed, None), note)
    }

    /// Judges a figure against a limit that may stand on what the same figure is elsewhere, `there`.
    fn judge(&self, observed: Option<f64>, there: Option<f64>, if_unseen: &str) -> ThresholdRecord {
        let note = match (observed, there) {
            (None, _) => Some(if_unseen.to_owned()),
            (_, None) => self.rule.base.as_ref().map(|_| format!("what it is held against: {if_unseen}")),
            (_, Some(there)) => Some(format!("{} there", self.rule.figure.unit().show(there))),
        };
        self.record(observed, self.rule.grade(observed, there), note)
    }

    fn worse(&self, a: f64, b: f64) -> f64 {
        Comparison::worse(self.rule.comparison, a, b, self.rule.limit)
    }

    fn record(&self, observed: Option<f64>, grade: Grade, note: Option<String>) -> ThresholdRecord {
        ThresholdRecord {
            rule: self.rule.text.clone(),
            budget: self.budget,
            observed,
            unit: self.rule.figure.unit(),
            passed: grade != Grade::Failed,
            warning: grade == Grade::Warning,
            note,
        }
    }
}

/// A rule's figure over all that it is measured over.
fn whole(rule: &Rule, total: &Tally, phases: &[PhaseRecord]) -> Option<f64> {
    let measured = phases.iter().filter(|phase| rule.is_measured_over(phase));
    total.over(measured.map(|phase| phase.to_s - phase.from_s).sum()).value(&rule.figure)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use super::*;
    use crate::record::{DRAIN, MAIN, WARM_UP};
    use crate::stats::{CellKey, ErrorClass, Interval, MetricKey, MetricKind, Outcome, Recorder, Sample};

    /// What happens in one second.
    struct Second {
        phase: &'static str,
        /// Response times in ms of operations that succeed.
        ok_ms: Vec<u64>,
        /// Operations that fail at once.
        failed: u64,
    }

    fn main(ok_ms: &[u64], failed: u64) -> Second {
        Second { phase: MAIN, ok_ms: ok_ms.to_vec(), failed }
    }

    fn played(second: &Second) -> Interval {
        let mut recorder = Recorder::default();
        let cell = recorder.cell("reader", "list", second.phase);
        let mut sample = |outcome, response_us| {
            let sample =
                Sample { outcome, response_us, wait_us: 0, pool_us: 0, retries: 0, rows: 0, bytes: 0, target_us: 0 };
            recorder.operation(cell, &sample);
        };
        second.ok_ms.iter().for_each(|ms| sample(Outcome::Succeeded, ms * 1000));
        (0..second.failed).for_each(|_| sample(Outcome::Failed, 1000));
        if second.phase != WARM_UP && second.phase != DRAIN {
            second.ok_ms.iter().for_each(|_| recorder.in_time(cell));
        }
        (0..second.failed).for_each(|_| recorder.error(cell, ErrorClass::Timeout, || "slow".into()));
        let id = recorder.iteration_id("reader", second.phase);
        let counts = recorder.iterations(id);
        counts.offered = second.ok_ms.len() as u64 + second.failed;
        counts.failed = second.failed;
        let hits = MetricKey { name: "hits".into(), kind: MetricKind::Rate, tags: vec![] };
        second.ok_ms.iter().for_each(|ms| recorder.metric(&hits, f64::from(u8::from(*ms < 100))));
        recorder.swap(1)
    }

    /// The rule's record, and the second after which it ended the run.
    fn watch(rule: &str, seconds: &[Second]) -> (ThresholdRecord, Option<usize>) {
        let mut thresholds = Thresholds::parse(&[rule.to_owned()]).unwrap_or_else(|e| panic!("{e}"));
        let mut aborted = None;
        let mut phases: Vec<PhaseRecord> = Vec::new();
        for (number, second) in seconds.iter().enumerate() {
            let figures = played(second);
            let start = Duration::from_secs(number as u64);
            match phases.last_mut().filter(|phase| phase.name == second.phase) {
                Some(phase) => phase.to_s += 1.0,
                None => phases.push(PhaseRecord::new(second.phase, number as f64, number as f64 + 1.0)),
            }
            let input = IntervalInput {
                start,
                length: Duration::from_secs(1),
                phase: second.phase,
                figures: &figures,
                pools: &[],
                cpu_percent: 0.0,
            };
            if thresholds.observe(&input, &phases).is_some() {
                aborted = Some(number);
                break;
            }
        }
        (thresholds.finish(&phases, &MonitorRecord::default()).remove(0), aborted)
    }

    fn observed(rule: &str, seconds: &[Second]) -> (Option<f64>, bool) {
        let (record, _) = watch(rule, seconds);
        (record.observed.map(|value| (value * 1000.0).round() / 1000.0), record.passed)
    }

    #[test]
    fn rules_look_at_what_they_name() {
        let run = [main(&[10, 20], 0), main(&[30, 200], 1)];
        for (rule, expected) in [
            ("response.max < 250ms", (200_000.0, true)),
            ("response.p50 < 10ms", (20_015.0, false)),
            ("errors.rate < 20%", (0.2, false)),
            ("errors.rate <= 20%", (0.2, true)),
            ("errors.count == 1", (1.0, true)),
            ("errors{class=timeout}.count < 1", (1.0, false)),
            ("errors{class=23505}.count < 1", (0.0, true)),
            ("throughput > 2/s", (2.0, false)),
            ("throughput{operation=list} >= 2/s", (2.0, true)),
            ("iterations.failed < 2", (1.0, true)),
            ("hits > 70%", (0.75, true)),
            ("hits.count == 4", (4.0, true)),
        ] {
            assert_eq!(observed(rule, &run), (Some(expected.0), expected.1), "{rule}");
        }
    }

    #[test]
    fn a_limit_may_stand_on_another_phase() {
        let second = |phase, ok_ms: &[u64]| Second { phase, ok_ms: ok_ms.to_vec(), failed: 0 };
        let run = [second("before", &[10, 10]), second("while", &[14, 16, 15])];
        for (rule, passed) in [
            ("response{phase=while}.mean < 6ms over {phase=before}", true),
            ("response{phase=while}.mean < 4ms over {phase=before}", false),
            ("response{phase=while}.mean < 151% of {phase=before}", true),
            ("throughput{phase=while} > 140% of {phase=before}", true),
            ("throughput{phase=while} > 160% of {phase=before}", false),
        ] {
            let (record, _) = watch(rule, &run);
            assert_eq!(record.passed, passed, "{rule}: {record:?}");
        }
        let (record, _) = watch("response{phase=while}.mean < 6ms over {phase=before}", &run);
        assert_eq!((record.observed, record.note.as_deref()), (Some(15_000.0), Some("10.0 ms there")));
        let (record, _) = watch("response{phase=while}.mean < 6ms over {phase=never}", &run);
        assert_eq!((record.passed, record.note.as_deref()), (false, Some("what it is held against: it met no sample")));
    }

    #[test]
    fn a_rule_that_met_no_sample_fails_and_says_so() {
        for rule in [
            "response{persona=writer}.p95 < 1s",
            "errors{operation=nothing}.count < 10",
            "throughput{phase=elsewhere} > 1/s",
            "unheard_of < 1",
        ] {
            let (record, _) = watch(rule, &[main(&[10], 0)]);
            assert_eq!((record.observed, record.passed), (None, false), "{rule}");
            assert_eq!(record.note.as_deref(), Some("it met no sample"), "{rule}");
        }
    }

    #[test]
    fn neither_warm_up_nor_drain_counts() {
        let quiet = |phase| Second { phase, ok_ms: vec![900], failed: 5 };
        let run = [quiet(WARM_UP), main(&[10], 0), quiet(DRAIN)];
        assert_eq!(observed("errors.rate == 0%", &run), (Some(0.0), true));
        assert_eq!(observed("throughput == 1/s", &run), (Some(1.0), true));
        assert!(observed("response.max[1s] < 20ms", &run).1);
    }

    #[test]
    fn a_window_is_judged_by_its_worst_stretch() {
        let run = [main(&[10], 0), main(&[10], 0), main(&[900], 0), main(&[10], 0), main(&[10], 0)];
        let (record, _) = watch("response.mean[2s] < 400ms", &run);
        assert!(!record.passed);
        assert_eq!(record.note.as_deref(), Some("the worst window ended at 3 s"));
        assert!(observed("response.mean < 400ms", &run).1);
        assert_eq!(observed("throughput[2s] >= 1/s", &run), (Some(1.0), true));
    }

    #[test]
    fn a_standstill_is_a_window_without_throughput() {
        let run = [main(&[10], 0), main(&[], 0), main(&[10], 0)];
        assert_eq!(observed("throughput[1s] > 0/s", &run), (Some(0.0), false));
        assert!(observed("response.p99[1s] < 1s", &run).1);
    }

    #[test]
    fn a_run_shorter_than_the_window_is_judged_as_a_whole() {
        let (record, _) = watch("response.max[30s] < 1s", &[main(&[10], 0)]);
        assert!(record.passed);
        assert!(record.note.is_some_and(|note| note.contains("shorter than the window")));
    }

    #[test]
    fn abort_waits_for_the_time_of_grace() {
        let run = || [main(&[10], 1), main(&[10], 1), main(&[10], 1), main(&[10], 1)];
        assert_eq!(watch("errors.rate < 10% abort", &run()).1, Some(0));
        assert_eq!(watch("errors.rate < 10% abort after 3s", &run()).1, Some(2));
        assert_eq!(watch("errors.rate < 10%", &run()).1, None);
        let (record, _) = watch("errors.rate < 10% abort after 3s", &run());
        assert!(!record.passed && record.note.as_deref() == Some("it ended the run"));
    }

    #[test]
    fn windows_and_abort_go_together() {
        let run = [main(&[10; 4], 0), main(&[10; 4], 0), main(&[10; 4], 0), main(&[10], 3), main(&[10; 4], 0)];
        assert_eq!(watch("errors.rate[1s] < 50% abort", &run).1, Some(3));
        assert_eq!(watch("errors.rate < 50% abort", &run).1, None);
    }

    #[test]
    fn a_breach_that_is_mended_within_the_time_of_grace_does_not_end_the_run() {
        let mended = || [main(&[10], 3), main(&[10; 4], 0), main(&[10; 4], 0), main(&[10; 4], 0)];
        let (record, aborted) = watch("errors.rate[1s] < 50% abort after 3s", &mended());
        assert_eq!((record.observed, record.passed, aborted), (Some(0.75), false, None));
        let again = mended().into_iter().chain([main(&[10], 3)]).collect::<Vec<_>>();
        assert_eq!(watch("errors.rate[1s] < 50% abort after 3s", &again).1, Some(4));
    }

    #[test]
    fn the_figure_of_a_threshold_is_that_of_the_record() {
        let run = [main(&[3, 7, 11], 0), main(&[5, 13], 1)];
        let mut sum = Interval::default();
        run.iter().for_each(|second| sum.merge(&played(second)));
        let key = Arc::new(CellKey { persona: "reader".into(), operation: "list".into(), phase: MAIN.into() });
        let cell = &sum.cells.iter().find(|(known, _)| *known == key).expect("it was played").1;
        let (record, _) = watch("response.p95 < 1s", &run);
        assert_eq!(record.observed, Some(cell.response.summary().p95 as f64));
        let (record, _) = watch("response.mean < 1s", &run);
        assert_eq!(record.observed, Some(cell.response.summary().mean));
    }
}
