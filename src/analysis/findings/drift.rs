//! Figures that do not stay what they are while the load does: slower answers, leaks.

use std::collections::BTreeMap;

use super::found::Found;
use super::rule::{Look, Rule};
use crate::analysis::trend::trend;
use crate::plan::preset::Limit;
use crate::record::{EvidenceUnit, IntervalRecord, Record, SeriesRecord, Severity};

pub(super) static RULE: Rule = Rule { id: "drift", explains: &[], look: Look::Run(look) };

/// Users or arrivals may differ by this part from the most of them and are still the same load.
const SAME_LOAD: f64 = 0.05;

/// A figure that may drift.
struct Course {
    title: String,
    points: Vec<(f64, f64)>,
    unit: EvidenceUnit,
    limit: Limit,
    /// Whether it is falling that is bad.
    falls: bool,
    action: &'static str,
}

fn look(record: &Record) -> Vec<Found> {
    courses(record).into_iter().filter_map(|course| judge(record, &course)).collect()
}

fn judge(record: &Record, course: &Course) -> Option<Found> {
    let trend = trend(&course.points)?;
    let growth = if course.falls { -trend.growth() } else { trend.growth() };
    if growth <= record.preset.limit(course.limit) {
        return None;
    }
    let direction = if course.falls { "falls" } else { "grows" };
    let found =
        Found::new(Severity::Warning, growth.min(1.0), format!("{} {direction} while the load stays", course.title))
            .beyond(format!("{direction} over the run by"), growth, course.limit, record)
            .figure("from", trend.from, course.unit)
            .figure("to", trend.to, course.unit)
            .figure("points", course.points.len() as f64, EvidenceUnit::Count)
            .action(course.action);
    Some(found)
}

fn courses(record: &Record) -> Vec<Course> {
    let steady = steady(record);
    let alike = of_longest_phase(&steady);
    let course = |title: &str, value: &dyn Fn(&IntervalRecord) -> f64, unit, limit, falls, action| Course {
        title: title.to_owned(),
        points: alike.iter().map(|interval| (interval.start_s, value(interval))).collect(),
        unit,
        limit,
        falls,
        action,
    };
    let slower =
        "look for what grows with time, tables, queues, dead rows, and run again from a fresh state to compare";
    let mut courses = vec![
        course(
            "the median response time",
            &|i| i.response_us.p50 as f64,
            EvidenceUnit::Us,
            Limit::ResponseGrowth,
            false,
            slower,
        ),
        course(
            "the 99th percentile of response times",
            &|i| i.response_us.p99 as f64,
            EvidenceUnit::Us,
            Limit::ResponseGrowth,
            false,
            slower,
        ),
        course("the throughput", &|i| i.throughput_per_s, EvidenceUnit::PerS, Limit::ThroughputLoss, true, slower),
    ];
    let from_s = steady.first().map_or(f64::INFINITY, |interval| interval.start_s);
    let gauges = [
        (
            "host",
            "throng",
            "resident_bytes",
            "memory of throng",
            EvidenceUnit::Bytes,
            Limit::MemoryGrowth,
            "look for what scripts keep in `user.state` or in tables of a module, and let go of it",
        ),
        (
            "postgres",
            "sessions",
            "connections",
            "the number of connections",
            EvidenceUnit::Count,
            Limit::ConnectionGrowth,
            "look for who connects and does not close: SELECT application_name, count(*) FROM pg_stat_activity GROUP BY 1;",
        ),
        (
            "redis",
            "memory",
            "used_bytes",
            "memory of Redis",
            EvidenceUnit::Bytes,
            Limit::MemoryGrowth,
            "let keys expire (EX), or trim lists and streams: what is written is never removed",
        ),
        (
            "postgres",
            "sizes",
            "database_bytes",
            "the database",
            EvidenceUnit::Bytes,
            Limit::TableGrowth,
            "see which table grows, in `table_sizes`, and whether old rows are ever removed",
        ),
    ];
    for (kind, sampler, gauge, title, unit, limit, action) in gauges {
        for source in record.monitor.sources.iter().filter(|source| source.kind == kind) {
            let points = source.series(sampler).map(|series| readings(series, gauge, from_s)).unwrap_or_default();
            courses.push(Course { title: title.to_owned(), points, unit, limit, falls: false, action });
        }
    }
    courses
}

/// The measured intervals of one and the same load: as many users as ever in closed load, as many arrivals in open.
fn steady(record: &Record) -> Vec<&IntervalRecord> {
    let open = record.load.groups.iter().any(|group| group.open);
    let load = |interval: &IntervalRecord| match open {
        true => interval.iterations.offered as f64 / interval.length_s.max(f64::MIN_POSITIVE),
        false => interval.users as f64,
    };
    let most = record.measured_intervals().map(load).fold(0.0, f64::max);
    // Random arrivals differ by more from one interval to the next, without any trend.
    let same = if open { 5.0 * SAME_LOAD } else { SAME_LOAD };
    let is_steady = |interval: &&IntervalRecord| load(interval) >= (1.0 - same) * most && interval.response_us.max > 0;
    record.measured_intervals().filter(is_steady).collect()
}

/// The intervals of the phase that took longest: in another one users may do other work, which answers otherwise.
fn of_longest_phase<'a>(intervals: &[&'a IntervalRecord]) -> Vec<&'a IntervalRecord> {
    let mut lengths_s: BTreeMap<&str, f64> = BTreeMap::new();
    for interval in intervals {
        *lengths_s.entry(&interval.phase).or_default() += interval.length_s;
    }
    let longest = lengths_s.into_iter().max_by(|a, b| a.1.total_cmp(&b.1)).map(|(phase, _)| phase);
    intervals.iter().copied().filter(|interval| Some(interval.phase.as_str()) == longest).collect()
}

fn readings(series: &SeriesRecord, gauge: &str, from_s: f64) -> Vec<(f64, f64)> {
    let read = series.readings(gauge).into_iter().filter(|(at_s, _)| *at_s >= from_s);
    read.map(|(at_s, reading)| (at_s, reading.mean)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::findings::made;
    use crate::record::{Finish, MAIN, PhaseRecord, SamplerData};
    use crate::stats::Outcome;

    /// A minute of ten users whose operations take so long in each second.
    fn run(response_us: impl Fn(u64) -> u64) -> Record {
        let finish = Finish { phases: vec![PhaseRecord::new(MAIN, 0.0, 60.0)], ..Finish::default() };
        made::seconds(60, |second| vec![(response_us(second), Outcome::Succeeded); 20], finish)
    }

    /// The same, whose first twenty seconds are a phase of their own.
    fn run_in_phases(response_us: impl Fn(u64) -> u64) -> Record {
        let mut record = run(response_us);
        record.intervals.iter_mut().take(20).for_each(|interval| interval.phase = "before".to_owned());
        record
    }

    fn titles(record: &Record) -> Vec<String> {
        look(record).into_iter().map(|found| found.of_rule("drift").title).collect()
    }

    #[test]
    fn answers_that_take_ever_longer_are_found() {
        let titles = titles(&run(|second| 10_000 + 100 * second));
        assert_eq!(titles.len(), 2, "{titles:?}");
        assert!(titles[0].starts_with("the median response time grows"), "{titles:?}");
    }

    #[test]
    fn a_phase_whose_work_takes_longer_is_no_drift_and_answers_within_it_may() {
        let moved = run_in_phases(|second| if second < 20 { 10_000 } else { 30_000 });
        assert_eq!(titles(&moved), Vec::<String>::new());
        let titles = titles(&run_in_phases(|second| 10_000 + 100 * second));
        assert!(titles[0].starts_with("the median response time grows"), "{titles:?}");
    }

    #[test]
    fn answers_that_take_a_little_longer_or_just_vary_are_not() {
        assert!(titles(&run(|second| 10_000 + 10 * second)).is_empty());
        assert!(titles(&run(|second| 10_000 + 4_000 * (second % 3))).is_empty());
    }

    #[test]
    fn memory_that_is_never_given_back_is_found() {
        let mut record = run(|_| 10_000);
        let growing = SeriesRecord {
            at_s: (0..60).map(f64::from).collect(),
            points: [("resident_bytes".to_owned(), (0..60).map(|at| Some(1e8 + 2e6 * f64::from(at))).collect())].into(),
            ..SeriesRecord::default()
        };
        record.monitor.sources = vec![made::source("host")];
        made::tell(&mut record, "throng", SamplerData::Series(growing));
        assert_eq!(titles(&record), ["memory of throng grows while the load stays"]);
    }
}
