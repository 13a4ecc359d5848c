//! Records for the tests of reporters: a run with everything, one with nothing, one with long names.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;

use crate::analysis::threshold::Thresholds;
use crate::analysis::{Ending, conclude};
use crate::record::{
    ActualRecord, BusyRecord, CheckRecord, Collector, Condition, CurveRecord, DRAIN, ExplainRecord, Finish,
    GroupRecord, IntervalInput, LoadRecord, MAIN, MonitorRecord, PersonaLoad, PhaseRecord, PlanChange, PlanNode,
    PlanRecord, PoolKey, PresetRecord, Record, ScalingRecord, ScalingStep, ScenarioRecord, TargetRecord, WARM_UP,
};
use crate::stats::{ErrorClass, Interval, MetricKey, MetricKind, Outcome, PoolStats, Recorder, Sample};

/// Persona, users, and its operations with their mean times in µs.
type Cast = (&'static str, u64, &'static [(&'static str, u64)]);

const CAST: [Cast; 4] = [
    ("file_operations", 3, &[("create_file_record", 9_000), ("list_files", 4_000), ("read_file_metadata", 1_500)]),
    ("mixed", 12, &[("create_member", 24_000), ("list_members", 9_800), ("view_member", 21_500)]),
    ("read_heavy", 25, &[("list_members", 9_800), ("search_by_name", 12_500), ("view_member", 21_500)]),
    ("write_heavy", 10, &[("create_employment", 45_000), ("create_member", 24_000), ("update_member", 19_800)]),
];

/// A run of 50 users in which everything that a report can tell of happened.
pub(super) fn record() -> Record {
    let rules = [
        "response.p95 < 500ms",
        "response{persona=mixed,operation=create_member}.p99 < 50ms",
        "response.p99[2s] < 2s",
        "errors.rate < 1%",
        "throughput > 100/s warn 1000000/s",
        "cache_hits > 60%",
        "response{phase=cutover}.p95 < 1s",
    ];
    play(&CAST, &rules.map(str::to_owned), Ending::Completed)
}

/// A run that went through several numbers of users.
pub(super) fn staircase() -> Record {
    let step = |users: u64, throughput_per_s: f64, response_mean_us: f64| ScalingStep {
        users,
        seconds: 8.0,
        throughput_per_s,
        response_mean_us,
        response_p95_us: response_mean_us as u64 * 3,
        error_rate: if users == 800 { 0.002 } else { 0.0 },
        generator_cpu_percent: 25.0,
        linear_capacity: 500_000.0 / response_mean_us * users as f64,
    };
    let curve = CurveRecord {
        lambda_per_s: 10.0,
        sigma: 0.0,
        kappa: 2.06e-6,
        r_squared: 0.9992,
        residual: 0.0179,
        peak_users: Some(696.7),
        peak_throughput_per_s: Some(3_501.0),
        capacity: Some(1_642.0),
        capacity_low: Some(1_596.0),
        capacity_high: None,
        throughput_at_per_s: 1_184.0,
        response_at_us: 3_280_000.0,
        extrapolated: true,
    };
    let scaling = ScalingRecord {
        steps: vec![
            step(25, 245.0, 1_390.0),
            step(50, 492.0, 1_130.0),
            step(100, 984.0, 1_310.0),
            step(400, 3_076.0, 22_700.0),
            step(800, 3_430.0, 125_000.0),
        ],
        target_us: 500_000.0,
        to: 4000,
        think_us: 100_000.0,
        curve: Some(curve),
        refused: None,
        warnings: vec!["4000 users are 5.0 times the most that were measured: so far out the curve is a guess".into()],
        recommendation: "for 4000 users the system must bear 2.4 times what it does".into(),
    };
    Record { scaling: Some(scaling), ..record() }
}

/// A run whose `setup` failed.
pub(super) fn empty() -> Record {
    let mut record = Collector::default().finish(finish(&[], vec![]));
    conclude(&mut record, &Ending::Incomplete("setup failed: relation \"members\" does not exist".into()));
    record
}

/// A run with names and figures that are too long for any table.
pub(super) fn wide() -> Record {
    const LONG: &str = "a_name_that_somebody_thought_would_be_clearer_if_it_said_everything_that_the_operation_does";
    let mut record = record();
    for operation in &mut record.operations {
        operation.name = LONG.into();
        operation.succeeded += 123_456_789_012;
        operation.response_us.max = 3_599_000_000;
    }
    record.errors.iter_mut().for_each(|error| error.operation = LONG.into());
    record.statements.iter_mut().for_each(|statement| statement.label = LONG.into());
    record.pools.iter_mut().for_each(|pool| pool.persona = Some(LONG.into()));
    record.metrics.iter_mut().for_each(|metric| metric.name = LONG.into());
    record.personas.iter_mut().for_each(|persona| persona.name = LONG.into());
    record.load.groups[0].personas.iter_mut().for_each(|persona| persona.name = LONG.into());
    record.scenario.name = LONG.repeat(2);
    record.targets[0].address = LONG.repeat(2);
    record.thresholds[0].rule = format!("response{{persona={LONG},operation={LONG}}}.p99.99 < 1h");
    record
}

fn play(cast: &[Cast], rules: &[String], ending: Ending) -> Record {
    let mut collector = Collector::default();
    let mut thresholds = Thresholds::parse(rules).expect("the rules are valid");
    let mut recorder = Recorder::default();
    let phases =
        [PhaseRecord::new(WARM_UP, 0.0, 1.0), PhaseRecord::new(MAIN, 1.0, 7.0), PhaseRecord::new(DRAIN, 7.0, 7.5)];
    for second in 0..8 {
        let phase = match second {
            0 => WARM_UP,
            7 => DRAIN,
            _ => MAIN,
        };
        let figures = self::second(&mut recorder, cast, second, phase);
        let pools = [(PoolKey { name: "postgres".into(), kind: "postgres".into(), persona: None }, pool(second))];
        let input = IntervalInput {
            start: Duration::from_secs(second),
            length: Duration::from_secs(1),
            phase,
            figures: &figures,
            pools: &pools,
            cpu_percent: 96.4,
        };
        collector.add(&input);
        thresholds.observe(&input, &phases);
    }
    let mut finish = finish(cast, phases.to_vec());
    finish.thresholds = thresholds.finish(&finish.phases, &finish.monitor);
    let mut record = collector.finish(finish);
    conclude(&mut record, &ending);
    record
}

/// Each operation a few times, each time a little slower.
fn second(recorder: &mut Recorder, cast: &[Cast], second: u64, phase: &str) -> Interval {
    for (persona, users, operations) in cast {
        for (position, (operation, mean_us)) in operations.iter().enumerate() {
            let cell = recorder.cell(persona, operation, phase);
            for turn in 0..users * 3 {
                let fails = *operation == "create_member" && turn == 1;
                let outcome = if fails { Outcome::Failed } else { Outcome::Succeeded };
                let response_us = mean_us * (20 + turn) / 30;
                let pool_us = if turn % 10 == 0 { response_us / 8 } else { 3 };
                recorder.operation(
                    cell,
                    &Sample {
                        target_us: 0,
                        outcome,
                        response_us,
                        wait_us: 0,
                        pool_us,
                        retries: u64::from(fails),
                        rows: 20,
                        bytes: 1_800,
                    },
                );
                let in_time = u64::from(phase == MAIN);
                if in_time > 0 && !fails {
                    recorder.in_time(cell);
                }
                let id = recorder.iteration_id(persona, phase);
                let counts = recorder.iterations(id);
                counts.offered += 1;
                counts.started += 1;
                counts.succeeded += u64::from(!fails);
                counts.failed += u64::from(fails);
                counts.in_time += in_time;
                if fails {
                    let class = ErrorClass::Sqlstate { code: "23505".into(), name: "unique_violation".into() };
                    let message = || "duplicate key value violates unique constraint \"members_email_key\"".to_owned();
                    recorder.error(cell, class, message);
                }
                if phase == MAIN {
                    recorder.statement("postgres", &Arc::from(*operation), response_us - pool_us, 20, !fails);
                    let rate = MetricKey { name: "cache_hits".into(), kind: MetricKind::Rate, tags: vec![] };
                    recorder.metric(&rate, f64::from(u8::from(turn % 4 > 0)));
                    let tags = vec![("queue".to_owned(), "mail".to_owned())];
                    let gauge = MetricKey { name: "queue_depth".into(), kind: MetricKind::Gauge, tags };
                    recorder.metric(&gauge, (second * 10 + position as u64) as f64);
                }
            }
        }
    }
    let id = recorder.iteration_id("mixed", phase);
    recorder.iterations(id).late += u64::from(phase == MAIN);
    recorder.loop_lag(400 + second);
    recorder.swap(50)
}

fn pool(second: u64) -> PoolStats {
    let mut pool = PoolStats {
        max_size: 50,
        size: 38,
        in_use: 20 + second,
        in_use_peak: 31,
        waiters: 0,
        waiters_peak: 2,
        waited: 4,
        connects: 39,
        reconnects: 1,
        ..PoolStats::default()
    };
    (0..100).for_each(|n| pool.wait.record(n * 40));
    pool
}

/// A statement that reads all of a table, and had an index at first.
fn plans() -> Vec<PlanRecord> {
    let scan = PlanNode {
        node: "Seq Scan".into(),
        relation: Some("members".into()),
        conditions: vec![Condition { kind: "Filter".into(), text: "(last_name = ?::text)".into() }],
        cost: 2_241.0,
        rows: 20.0,
        actual: Some(ActualRecord {
            rows: 23.0,
            loops: 1.0,
            time_us: 12_100.0,
            rows_removed: 99_977.0,
            blocks_hit: 991,
            ..ActualRecord::default()
        }),
        ..PlanNode::default()
    };
    let sort = ActualRecord {
        rows: 23.0,
        loops: 1.0,
        time_us: 12_300.0,
        sort: Some("quicksort, 27 kB in memory".into()),
        ..ActualRecord::default()
    };
    let sorted = |input| PlanNode {
        node: "Sort".into(),
        conditions: vec![Condition { kind: "Sort Key".into(), text: "last_name, id".into() }],
        cost: 2_246.0,
        rows: 20.0,
        actual: Some(sort.clone()),
        inputs: vec![input],
        ..PlanNode::default()
    };
    let index = PlanNode { node: "Index Scan".into(), index: Some("members_by_name".into()), ..scan.clone() };
    vec![PlanRecord {
        target: "postgres".into(),
        label: "search_by_name".into(),
        slowest_us: 38_000,
        parameters: vec!["a string of 6 bytes".into()],
        at_s: 7.5,
        planning_us: Some(210.0),
        execution_us: Some(12_400.0),
        change: Some(PlanChange { from_s: 2.0, from: sorted(index), to_s: 7.5, to: sorted(scan.clone()) }),
        plan: Some(sorted(scan)),
        ..PlanRecord::default()
    }]
}

fn finish(cast: &[Cast], phases: Vec<PhaseRecord>) -> Finish {
    let users: u64 = cast.iter().map(|(_, users, _)| users).sum();
    let personas = cast.iter().map(|(name, of, _)| PersonaLoad {
        name: (*name).into(),
        mix: true,
        share_percent: 100.0 * *of as f64 / users as f64,
        users: Some(*of),
        think: "50ms..150ms".into(),
        think_mean_us: 100_000.0,
    });
    let params = [("members".to_owned(), json!(10_000)), ("region".to_owned(), json!("north"))];
    Finish {
        started_at: "2026-03-01T09:30:00Z".into(),
        seed: 42,
        scenario: ScenarioRecord {
            name: "office".into(),
            about: "An office: staff who look up, enter and correct records of members.".into(),
            source_hash: "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824".into(),
            profile: Some("normal".into()),
            params: params.into_iter().collect(),
        },
        load: LoadRecord {
            warm_up_s: 1.0,
            graceful_stop_s: 30.0,
            scale_to: 4000,
            scale_target_us: 500_000.0,
            groups: vec![GroupRecord {
                description: "50 users × 50 iterations, started over 10s".into(),
                open: false,
                staged: false,
                users: 50,
                iterations: Some(2500),
                duration_s: None,
                personas: personas.collect(),
            }],
        },
        run_id: "1f0c9a3e".into(),
        headroom: vec![],
        steering: vec![],
        targets: vec![TargetRecord {
            name: "postgres".into(),
            kind: "postgres".into(),
            version: Some("15.6".into()),
            address: "postgres://throng:***@127.0.0.1:54321/throng".into(),
        }],
        workers: 2,
        phases,
        thresholds: vec![],
        checks: vec![CheckRecord {
            name: "verify".into(),
            passed: false,
            message: Some("2 of 1,250 employments have no member".into()),
        }],
        busy: vec![BusyRecord { worker: 0, persona: "reader".into(), percent: 31.0 }],
        setup: Duration::from_millis(1_840),
        verify: Duration::from_millis(35),
        teardown: Duration::ZERO,
        monitor: MonitorRecord::default(),
        plans: if cast.is_empty() { vec![] } else { plans() },
        explain: (!cast.is_empty()).then_some(ExplainRecord { over_us: 20_000, left_out: 0 }),
        preset: PresetRecord::default(),
    }
}
