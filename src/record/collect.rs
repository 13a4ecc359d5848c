//! From intervals to a record.
//!
//! The engine hands each merged interval over once; the collector keeps the sum of all, from
//! which the figures of the whole run are made, and a small summary of each for the series.
//! Its memory does not grow with the number of operations played, and hardly with the run's length.

use std::time::Duration;

use super::progress::Latest;
use super::series::Series;
use super::sums::{self, ratio};
use super::{
    BusyRecord, CheckRecord, ExplainRecord, GeneratorRecord, HeadroomRecord, LoadRecord, MonitorRecord, PhaseRecord,
    PlanRecord, PresetRecord, Progress, Record, SCHEMA, ScenarioRecord, SteeringRecord, TargetRecord, ThresholdRecord,
    Verdict,
};
use crate::stats::{Interval, PoolStats};

/// Which pool.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PoolKey {
    /// The target's name.
    pub name: String,
    /// `postgres`, `redis`, `http`.
    pub kind: String,
    /// The persona whose users share it, if not all do.
    pub persona: Option<String>,
}

/// One interval, merged over workers.
#[derive(Debug, Clone, Copy)]
pub struct IntervalInput<'a> {
    /// When it began, on the run's clock.
    pub start: Duration,
    /// How long it took.
    pub length: Duration,
    /// The phase in which it began.
    pub phase: &'a str,
    /// What was counted.
    pub figures: &'a Interval,
    /// The pools as they stand now, with counts since the start of the run.
    pub pools: &'a [(PoolKey, PoolStats)],
    /// Processor time of the process, in percent of the worker threads.
    pub cpu_percent: f64,
}

/// What is known of a run beside its figures.
#[derive(Debug, Clone, Default)]
pub struct Finish {
    /// Tells this run from all others.
    pub run_id: String,
    /// When the run's clock started, RFC 3339.
    pub started_at: String,
    /// The seed of every random stream.
    pub seed: u64,
    /// What was played.
    pub scenario: ScenarioRecord,
    /// The load asked for.
    pub load: LoadRecord,
    /// The systems under test.
    pub targets: Vec<TargetRecord>,
    /// Connections that were given up to others, and taken back.
    pub headroom: Vec<HeadroomRecord>,
    /// What somebody changed of the load while it went on.
    pub steering: Vec<SteeringRecord>,
    /// Worker threads.
    pub workers: usize,
    /// The timeline.
    pub phases: Vec<PhaseRecord>,
    /// Each threshold with what was observed.
    pub thresholds: Vec<ThresholdRecord>,
    /// What `verify` found.
    pub checks: Vec<CheckRecord>,
    /// Whose scripts took the workers' time.
    pub busy: Vec<BusyRecord>,
    /// How long `setup` took.
    pub setup: Duration,
    /// How long `verify` took.
    pub verify: Duration,
    /// How long `teardown` took.
    pub teardown: Duration,
    /// What was seen of the targets.
    pub monitor: MonitorRecord,
    /// How the server carries out statements.
    pub plans: Vec<PlanRecord>,
    /// Which plans were asked for.
    pub explain: Option<ExplainRecord>,
    /// The limits that the run is judged by.
    pub preset: PresetRecord,
}

/// Gathers a run's figures.
#[derive(Debug, Clone, Default)]
pub struct Collector {
    sum: Interval,
    series: Series,
    latest: Latest,
    cpu_seconds: f64,
    cpu_peak: f64,
    seconds: f64,
}

impl Collector {
    /// Adds an interval.
    pub fn add(&mut self, input: &IntervalInput<'_>) {
        self.sum.merge(input.figures);
        self.series.add(input);
        self.latest = Latest::of(input);
        let length = input.length.as_secs_f64();
        self.cpu_seconds += input.cpu_percent * length;
        self.cpu_peak = self.cpu_peak.max(input.cpu_percent);
        self.seconds += length;
    }

    /// How far a run under `load` has come.
    pub fn progress(&self, load: &LoadRecord) -> Progress {
        Progress::of(&self.sum, &self.latest, load)
    }

    /// The record of the run. Its verdict stands open until `analysis` has judged it.
    pub fn finish(self, mut finish: Finish) -> Record {
        // Begun at 0, since nothing sums up to -0.
        let duration_s = finish
            .phases
            .iter()
            .filter(|p| p.measured)
            .map(|p| p.to_s - p.from_s)
            .fold(0.0, |sum, length| sum + length);
        let (intervals, pools) = self.series.finish();
        let intervals = intervals.unwrap_or_else(|error| {
            let message =
                Some(format!("the series of intervals, put away in a temporary file, can't be read: {error}"));
            finish.checks.push(CheckRecord { name: "series".to_owned(), passed: false, message });
            Vec::new()
        });
        let totals = sums::totals(&self.sum, duration_s);
        let generator = GeneratorRecord {
            cpu_percent: ratio(self.cpu_seconds, self.seconds),
            cpu_percent_peak: self.cpu_peak,
            loop_lag_us: self.sum.loop_lag.summary(),
            late_starts: totals.iterations.late,
            late_percent: 100.0 * ratio(totals.iterations.late as f64, totals.iterations.started as f64),
            busy: finish.busy,
            suspect: false,
            reasons: Vec::new(),
        };
        Record {
            schema: SCHEMA,
            throng: env!("CARGO_PKG_VERSION").to_owned(),
            run_id: finish.run_id,
            started_at: finish.started_at,
            seed: finish.seed,
            scenario: finish.scenario,
            verdict: Verdict::Failed,
            exit_code: 1,
            reasons: Vec::new(),
            duration_s,
            setup_s: finish.setup.as_secs_f64(),
            verify_s: finish.verify.as_secs_f64(),
            teardown_s: finish.teardown.as_secs_f64(),
            personas: sums::personas(&self.sum, &finish.load),
            operations: sums::operations(&self.sum, &finish.phases),
            errors: sums::errors(&self.sum),
            statements: sums::statements(&self.sum),
            metrics: sums::metrics(&self.sum, duration_s),
            load: finish.load,
            targets: finish.targets,
            headroom: finish.headroom,
            steering: finish.steering,
            workers: finish.workers,
            phases: sums::phases(&self.sum, finish.phases),
            totals,
            thresholds: finish.thresholds,
            checks: finish.checks,
            intervals,
            pools,
            generator,
            scaling: None,
            monitor: finish.monitor,
            plans: finish.plans,
            explain: finish.explain,
            preset: finish.preset,
            findings: Vec::new(),
            rules: Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use proptest::prelude::*;

    use super::*;
    use crate::record::{DRAIN, MAIN, WARM_UP, decode};
    use crate::stats::{ErrorClass, MetricKey, MetricKind, Outcome, Recorder, Sample};

    /// One iteration that consists of one operation.
    #[derive(Debug, Clone)]
    struct Event {
        persona: usize,
        operation: usize,
        phase: usize,
        outcome: Option<Outcome>,
        response_us: u64,
        /// The phase in which it ended.
        ended: usize,
    }

    impl Event {
        fn counts_as_throughput(&self) -> bool {
            self.outcome == Some(Outcome::Succeeded) && PHASES[self.ended] == MAIN
        }
    }

    const PERSONAS: [&str; 2] = ["reader", "writer"];
    const OPERATIONS: [&str; 3] = ["list", "find", "create"];
    const PHASES: [&str; 3] = [WARM_UP, MAIN, DRAIN];

    fn event() -> impl Strategy<Value = Event> {
        let outcome = prop_oneof![
            Just(Some(Outcome::Succeeded)),
            Just(Some(Outcome::Failed)),
            Just(Some(Outcome::Unfinished)),
            Just(None),
        ];
        (0usize..2, 0usize..3, 0usize..3, outcome, 0u64..100_000, 0usize..3).prop_map(
            |(persona, operation, phase, outcome, response_us, lasted)| Event {
                persona,
                operation,
                phase,
                outcome,
                response_us,
                ended: (phase + lasted).min(2),
            },
        )
    }

    fn play(recorder: &mut Recorder, event: &Event) {
        let (persona, phase) = (PERSONAS[event.persona], PHASES[event.phase]);
        let id = recorder.iteration_id(persona, phase);
        let counts = recorder.iterations(id);
        counts.offered += 1;
        let Some(outcome) = event.outcome else {
            counts.dropped += 1;
            return;
        };
        counts.started += 1;
        match outcome {
            Outcome::Succeeded => counts.succeeded += 1,
            Outcome::Failed => counts.failed += 1,
            Outcome::Unfinished => counts.unfinished += 1,
        }
        let cell = recorder.cell(persona, OPERATIONS[event.operation], phase);
        let response_us = event.response_us;
        let sample = Sample {
            outcome,
            response_us,
            wait_us: 0,
            pool_us: response_us / 3,
            retries: 1,
            rows: 2,
            bytes: 3,
            target_us: 0,
        };
        recorder.operation(cell, &sample);
        if event.counts_as_throughput() {
            let cell = recorder.cell(persona, OPERATIONS[event.operation], MAIN);
            recorder.in_time(cell);
        }
        if outcome == Outcome::Failed {
            recorder.error(cell, ErrorClass::Timeout, || "too slow".to_owned());
        }
        recorder.metric(&MetricKey { name: "n".into(), kind: MetricKind::Counter, tags: vec![] }, 1.0);
        recorder.statement("postgres", &Arc::from("s"), response_us, 2, outcome == Outcome::Succeeded);
    }

    /// Plays the events on `workers` recorders, handing over every `each` events.
    fn record(events: &[Event], workers: usize, each: usize) -> Record {
        let mut recorders: Vec<_> = (0..workers).map(|_| Recorder::default()).collect();
        let mut collector = Collector::default();
        for (second, chunk) in events.chunks(each).enumerate() {
            for (position, event) in chunk.iter().enumerate() {
                play(&mut recorders[position % workers], event);
            }
            let mut merged = Interval::default();
            recorders.iter_mut().for_each(|recorder| merged.merge(&recorder.swap(1)));
            collector.add(&IntervalInput {
                start: Duration::from_secs(second as u64),
                length: Duration::from_secs(1),
                phase: MAIN,
                figures: &merged,
                pools: &[],
                cpu_percent: 10.0,
            });
        }
        let phases = vec![
            PhaseRecord::new(WARM_UP, 0.0, 1.0),
            PhaseRecord::new(MAIN, 1.0, 11.0),
            PhaseRecord::new(DRAIN, 11.0, 12.0),
        ];
        collector.finish(Finish { phases, ..Finish::default() })
    }

    proptest! {
        // A case encodes dozens of histograms of 180 KB.
        #![proptest_config(ProptestConfig::with_cases(32))]

        #[test]
        fn the_sums_hold(events in prop::collection::vec(event(), 0..120), each in 1usize..40) {
            let record = record(&events, 2, each);
            let totals = &record.totals;
            let counts = totals.iterations;
            let measured = events.iter().filter(|event| event.phase == 1).count() as u64;
            prop_assert_eq!(counts.offered, measured);
            prop_assert_eq!(counts.offered, counts.started + counts.dropped);
            prop_assert_eq!(counts.started, counts.succeeded + counts.failed + counts.unfinished);
            let sum = |of: fn(&crate::record::OperationRecord) -> u64| record.measured_operations().map(of).sum::<u64>();
            prop_assert_eq!(totals.operations_succeeded, sum(|o| o.succeeded));
            prop_assert_eq!(totals.operations_failed, sum(|o| o.failed));
            prop_assert_eq!(totals.operations_unfinished, sum(|o| o.unfinished));
            prop_assert_eq!(totals.retries, sum(|o| o.retries));
            prop_assert_eq!(totals.rows, sum(|o| o.rows));
            prop_assert_eq!(totals.bytes, sum(|o| o.bytes));
            prop_assert_eq!(record.personas.iter().map(|p| p.iterations.offered).sum::<u64>(), counts.offered);
            let in_time = events.iter().filter(|event| event.counts_as_throughput()).count() as u64;
            prop_assert_eq!(sum(|o| o.in_time), in_time);
            prop_assert_eq!(totals.throughput_per_s, in_time as f64 / 10.0);
        }

        #[test]
        fn the_series_adds_up_to_the_operations(events in prop::collection::vec(event(), 0..120), each in 1usize..40) {
            let record = record(&events, 2, each);
            for operation in &record.operations {
                let of_it = || record.intervals.iter().flat_map(|i| &i.operations).filter(|o| {
                    o.name == operation.name && o.persona == operation.persona && o.phase == operation.phase
                });
                prop_assert_eq!(of_it().map(|o| o.succeeded).sum::<u64>(), operation.succeeded);
                prop_assert_eq!(of_it().map(|o| o.failed).sum::<u64>(), operation.failed);
                prop_assert_eq!(of_it().map(|o| o.unfinished).sum::<u64>(), operation.unfinished);
                prop_assert_eq!(decode(&operation.histogram).unwrap().len(), operation.finished());
            }
            let errors = record.errors.iter().map(|e| e.count).sum::<u64>();
            prop_assert_eq!(errors, record.operations.iter().map(|o| o.failed).sum::<u64>());
            prop_assert_eq!(errors, record.intervals.iter().flat_map(|i| &i.errors).map(|e| e.count).sum::<u64>());
        }

        #[test]
        fn neither_workers_nor_intervals_change_the_figures(
            events in prop::collection::vec(event(), 0..120), each in 1usize..40, workers in 1usize..4,
        ) {
            let (one, many) = (record(&events, 1, 1000), record(&events, workers, each));
            prop_assert_eq!(one.totals, many.totals);
            prop_assert_eq!(one.operations, many.operations);
            prop_assert_eq!(one.personas, many.personas);
            prop_assert_eq!(one.statements, many.statements);
            prop_assert_eq!(one.metrics, many.metrics);
        }

        #[test]
        fn a_record_survives_json(events in prop::collection::vec(event(), 0..40)) {
            let record = record(&events, 1, 7);
            let text = serde_json::to_string(&record).unwrap();
            prop_assert_eq!(serde_json::from_str::<Record>(&text).unwrap(), record);
        }
    }

    #[test]
    fn what_a_pool_did_is_told_by_interval_and_in_sum() {
        let mut collector = Collector::default();
        for (second, connects) in [(0, 4), (1, 6)] {
            let key = PoolKey { name: "postgres".into(), kind: "postgres".into(), persona: None };
            collector.add(&IntervalInput {
                start: Duration::from_secs(second),
                length: Duration::from_secs(1),
                phase: MAIN,
                figures: &Interval::default(),
                pools: &[(key, PoolStats { connects, ..PoolStats::default() })],
                cpu_percent: 0.0,
            });
        }
        let record = collector.finish(Finish::default());
        assert_eq!(record.intervals.iter().map(|i| i.pools[0].connects).collect::<Vec<_>>(), [4, 2]);
        assert_eq!(record.pools[0].connects, 6);
    }
}
