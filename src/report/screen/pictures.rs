//! What the screen looks like, at several sizes.

use std::time::Duration;

use ratatui::Terminal;
use ratatui::backend::TestBackend;

use super::{Hand, Look, Step, View, draw};
use crate::plan::settings::Input;
use crate::plan::{Layer, Machine, Origin, PersonaDecl, Plan, Scenario, Settings, resolve};
use crate::record::{
    EvidenceRecord, FindingRecord, IntervalInput, MAIN, MonitorRecord, PAUSED, PoolKey, ProfileRecord, Progress,
    SamplerData, SamplerRecord, Severity, SourceRecord, WARM_UP,
};
use crate::stats::{ErrorClass, Outcome, PoolStats, Recorder, Sample};

const PLAIN: Look = Look { colour: false };

fn plan() -> Plan {
    let mut plan = plan_of("membership", &[("users", "50"), ("duration", "40s"), ("warm_up", "2s")]);
    plan.profile = Some("peak".into());
    plan
}

/// A plan of a scenario without anything but this load.
fn plan_of(name: &str, settings: &[(&str, &str)]) -> Plan {
    let mut given = Settings::default();
    for (name, value) in settings {
        given.set(name, Input::Text(value), "").expect("a good setting");
    }
    let layers = [Layer { origin: Origin::CommandLine, settings: given }];
    let persona = PersonaDecl { name: "reader".into(), run: true, ..PersonaDecl::default() };
    let scenario = Scenario { name: name.into(), personas: vec![persona], ..Scenario::default() };
    resolve(&scenario, None, &layers, Machine { cores: 1, seed: 1 }).expect("a good plan")
}

/// One second of a run.
fn second(view: &mut View, recorder: &mut Recorder, second: u64, phase: &str) {
    for (place, (persona, operation, times)) in
        [("reader", "list_members", 40), ("reader", "view_member", 25), ("writer", "create_member", 12)]
            .into_iter()
            .enumerate()
    {
        let cell = recorder.cell(persona, operation, phase);
        for time in 0..if phase == PAUSED { 0 } else { times + second % 5 } {
            let failed = place == 2 && time % 6 == 5;
            let outcome = if failed { Outcome::Failed } else { Outcome::Succeeded };
            let response_us = (place as u64 + 1) * 1_500 + time * 90 + second * 40;
            let sample =
                Sample { outcome, response_us, wait_us: 0, pool_us: 0, retries: 0, rows: 1, bytes: 10, target_us: 0 };
            recorder.operation(cell, &sample);
            if failed {
                recorder.error(cell, ErrorClass::Timeout, || "too slow".to_owned());
            }
        }
    }
    let pool = PoolStats { max_size: 20, size: 20, in_use: 19, waiters: 7, ..PoolStats::default() };
    let key = PoolKey { name: "postgres".into(), kind: "postgres".into(), persona: None };
    view.interval(&IntervalInput {
        start: Duration::from_secs(second),
        length: Duration::from_secs(1),
        phase,
        figures: &recorder.swap(50),
        pools: &[(key, pool)],
        cpu_percent: 20.0,
    });
    view.progress(&Progress {
        phase: phase.into(),
        elapsed_s: second as f64 + 1.0,
        until_s: Some(42.0),
        users: 50,
        throughput_per_s: 77.0,
        p95_us: 6_120,
        errors: second * 2,
        ..Progress::default()
    });
}

fn seen() -> MonitorRecord {
    let sightings = [("CPU", 20), ("Lock:transactionid", 95), ("LWLock:WALWrite", 31), ("Client:ClientRead", 4)];
    let profile = ProfileRecord {
        stretch_s: 1.0,
        looks_by_stretch: vec![5; 4],
        sightings: sightings.into_iter().map(|(event, met)| (event.to_owned(), vec![met; 4])).collect(),
        ..ProfileRecord::default()
    };
    let sampler = SamplerRecord {
        name: "activity".into(),
        period_s: 0.2,
        samples: 20,
        failed: 0,
        took_us: 900,
        resets: 0,
        data: SamplerData::Profile(profile),
    };
    let source = SourceRecord {
        name: "postgres".into(),
        kind: "postgres".into(),
        samplers: vec![sampler],
        ..SourceRecord::default()
    };
    MonitorRecord { sources: vec![source], ..MonitorRecord::default() }
}

/// A run of half a minute in which everything happened that can be shown.
fn view() -> View {
    let (mut view, mut recorder) = (View::default(), Recorder::default());
    view.begins(&plan());
    view.stage("setup");
    view.stage("playing");
    for at in 0..30 {
        let phase = match at {
            0..2 => WARM_UP,
            12..16 => PAUSED,
            _ => MAIN,
        };
        second(&mut view, &mut recorder, at, phase);
    }
    view.seen(&seen());
    view.steered(false, "users 50 → 55 at 20.0 s");
    view.found(vec![FindingRecord {
        id: "lock_contention".into(),
        severity: Severity::Critical,
        score: 0.6,
        title: "sessions wait for one another's rows".into(),
        evidence: vec![EvidenceRecord { label: "share".into(), value: Some(0.6), unit: None, limit: None }],
        action: "update rows in one order".into(),
        operations: vec![],
    }]);
    view.line("warn scenario.lua:12: \u{1b}[31mno such member\nat all");
    view
}

/// What stands on a screen of this size.
fn picture(view: &View, hand: &Hand, width: u16, height: u16) -> String {
    let mut terminal = Terminal::new(TestBackend::new(width, height)).expect("memory can be drawn on");
    terminal.draw(|frame| draw(frame, view, hand, PLAIN)).expect("memory can be drawn on");
    let buffer = terminal.backend().buffer().clone();
    let line = |y| (0..width).map(|x| buffer[(x, y)].symbol()).collect::<String>().trim_end().to_owned();
    (0..height).map(line).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_wide_screen_has_all_panels() {
    insta::assert_snapshot!(picture(&view(), &Hand::default(), 140, 44));
}

#[test]
fn a_common_screen_has_charts_operations_and_errors() {
    insta::assert_snapshot!(picture(&view(), &Hand::default(), 80, 24));
}

#[test]
fn a_small_screen_has_the_panel_that_was_chosen() {
    let mut hand = Hand::default();
    hand.choose(Step::SortRight);
    insta::assert_snapshot!(picture(&view(), &hand, 60, 14));
}

#[test]
fn before_the_first_interval_it_says_what_is_being_done() {
    let mut view = View::default();
    view.begins(&plan());
    view.stage("setup");
    insta::assert_snapshot!(picture(&view, &Hand::default(), 80, 24));
}

#[test]
fn a_pause_and_the_end_of_a_run_stand_out() {
    let mut view = view();
    view.steered(true, "paused at 30.0 s");
    assert!(picture(&view, &Hand::default(), 100, 10).contains("paused: p goes on"));
    view.stage("stopping: what is under way has 30s to finish; Ctrl-C again ends at once");
    assert!(picture(&view, &Hand::default(), 100, 10).contains("stopping: what is under way has 30s"));
}

#[test]
fn the_footer_says_what_cannot_be_changed() {
    let mut view = View::default();
    view.begins(&plan_of("counted", &[("users", "5"), ("iterations", "9")]));
    assert!(picture(&view, &Hand::default(), 120, 10).contains("iterations are fixed, so are the users"));
}

#[test]
fn nothing_that_was_logged_steers_the_terminal() {
    assert!(!picture(&view(), &Hand::default(), 140, 44).contains('\u{1b}'));
}

#[test]
fn a_screen_of_any_size_is_drawn_with_any_choice() {
    let view = view();
    let mut hand = Hand::default();
    let steps = [Step::Next, Step::Down, Step::Help, Step::Alone, Step::SortLeft, Step::Up, Step::Before];
    for size in 1..=60u16 {
        for (width, height) in [(size, 1), (1, size), (size, size), (3 * size, size), (size, 2 * size)] {
            hand.choose(steps[usize::from(size + width + height) % steps.len()]);
            picture(&view, &hand, width, height);
        }
    }
    picture(&View::default(), &hand, 80, 24);
}
