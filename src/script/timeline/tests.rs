//! What the timeline says of moments, and of how long things took.

use super::*;

#[test]
fn a_moment_belongs_to_the_phase_in_which_it_falls() {
    let timeline = Timeline::new(Duration::from_secs(10), Some(Duration::from_secs(70)));
    let origin = Instant::now();
    timeline.start(origin);
    let name = |s: u64| timeline.name(timeline.phase_at(origin + Duration::from_secs(s)));
    assert_eq!(
        (name(9), name(10), name(70), name(71)),
        ("warm_up".into(), "main".into(), "main".into(), "drain".into())
    );
    timeline.begin("cutover");
    assert_eq!((name(9), name(20)), ("warm_up".into(), "cutover".into()));
}

#[test]
fn a_load_that_was_finished_drains_from_then_on() {
    for end in [None, Some(Duration::from_secs(70))] {
        let timeline = Timeline::new(Duration::ZERO, end);
        let origin = Instant::now();
        timeline.start(origin);
        timeline.finish();
        let ended = timeline.end().unwrap();
        assert!(ended < Duration::from_secs(70));
        assert_eq!(timeline.name(timeline.phase_at(origin + Duration::from_secs(60))), "drain");
        timeline.finish();
        assert_eq!(timeline.end(), Some(ended), "a second end changes nothing");
    }
}

#[test]
fn phases_are_named_from_when_they_are_begun() {
    let timeline = Timeline::new(Duration::from_secs(10), Some(Duration::from_secs(70)));
    let origin = Instant::now();
    timeline.start(origin);
    let names = |s: u64| timeline.begun_by(origin + Duration::from_secs(s)).join(" ");
    assert_eq!(
        (names(5), names(20), names(71)),
        ("warm_up".into(), "warm_up main".into(), "warm_up main drain".into())
    );
    timeline.begin("cutover");
    assert_eq!(names(20), "warm_up main cutover");
    assert_eq!(Timeline::new(Duration::ZERO, None).begun_by(origin), ["main"]);
}

#[test]
fn the_stretches_cover_the_run_without_gaps() {
    let timeline = Timeline::new(Duration::from_secs(1), Some(Duration::from_secs(3)));
    let stretches = timeline.stretches(Duration::from_secs(4));
    let names: Vec<_> = stretches.iter().map(|(name, ..)| name.as_str()).collect();
    assert_eq!(names, ["warm_up", "main", "drain"]);
    assert!(stretches.windows(2).all(|pair| pair[0].2 == pair[1].1));
}

#[test]
fn a_pause_is_a_phase_of_its_own_and_puts_the_end_off() {
    let s = Duration::from_secs;
    let timeline = Timeline::new(s(10), Some(s(70)));
    let origin = Instant::now();
    timeline.start(origin);
    let name = |at: u64| timeline.name(timeline.phase_at(origin + s(at)));
    timeline.pause(s(20));
    assert_eq!(
        (timeline.end(), name(19), name(20), name(500)),
        (None, "main".into(), "paused".into(), "paused".into())
    );
    assert_eq!(timeline.stretches(s(30)).last(), Some(&("paused".to_owned(), s(20), s(30), false)));
    timeline.resume(s(50));
    timeline.resume(s(60));
    assert_eq!(
        (timeline.end(), name(49), name(50), name(101)),
        (Some(s(100)), "paused".into(), "main".into(), "drain".into())
    );
    assert_eq!((timeline.stood_still(s(30)), timeline.stood_still(s(90))), (s(10), s(30)));
    let stretches = timeline.stretches(s(105));
    let names: Vec<_> = stretches.iter().map(|(name, ..)| name.as_str()).collect();
    assert_eq!(names, ["warm_up", "main", "paused", "main", "drain"]);
    assert!(stretches.windows(2).all(|pair| pair[0].2 == pair[1].1));
    let measured: Duration =
        stretches.iter().filter(|(.., measured)| *measured).map(|(_, from, to, _)| *to - *from).sum();
    assert_eq!(measured, s(60), "all that was planned");
}

#[test]
fn a_moment_between_two_pauses_is_in_neither_while_the_second_begins() {
    const PAUSES: u64 = 20_000;
    let timeline = Timeline::new(Duration::ZERO, None);
    let origin = Instant::now();
    timeline.start(origin);
    let ms = Duration::from_millis;
    timeline.pause(ms(1));
    timeline.resume(ms(2));
    std::thread::scope(|threads| {
        let pausing = threads.spawn(|| {
            for pause in 1..=PAUSES {
                timeline.pause(ms(10 * pause));
                timeline.resume(ms(10 * pause + 1));
            }
        });
        // After the first pause, before all others.
        while !pausing.is_finished() {
            assert_eq!(timeline.name(timeline.phase_at(origin + ms(7))), "main");
        }
    });
}

#[test]
fn a_load_that_was_finished_while_it_stood_still_does_not_go_on() {
    let timeline = Timeline::new(Duration::ZERO, Some(Duration::from_secs(70)));
    timeline.start(Instant::now());
    timeline.pause(Duration::ZERO);
    timeline.finish();
    let ended = timeline.end().expect("it was finished");
    timeline.resume(Duration::from_secs(5));
    assert_eq!(timeline.end(), Some(ended));
}

#[test]
fn a_load_that_is_stopped_before_its_warm_up_is_over_has_no_measured_part() {
    let timeline = Timeline::new(Duration::from_secs(3600), Some(Duration::from_secs(7200)));
    let origin = Instant::now() - Duration::from_secs(10);
    timeline.start(origin);
    timeline.finish();
    let names: Vec<_> = timeline.stretches(Duration::from_secs(20)).into_iter().map(|(name, ..)| name).collect();
    assert_eq!(names, ["warm_up", "drain"]);
    assert_eq!(timeline.name(timeline.phase_at(origin + Duration::from_secs(15))), "drain");
}

#[test]
fn an_end_that_becomes_known_is_put_off_by_pauses() {
    let timeline = Timeline::new(Duration::ZERO, None);
    timeline.start(Instant::now());
    timeline.pause(Duration::from_secs(5));
    timeline.resume(Duration::from_secs(7));
    timeline.pause(Duration::from_secs(10));
    timeline.ends_at(Duration::from_secs(60));
    assert_eq!(timeline.end(), None);
    timeline.resume(Duration::from_secs(15));
    assert_eq!(timeline.end(), Some(Duration::from_secs(67)));
}
