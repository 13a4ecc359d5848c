//! Whether an open load was delivered at the rate asked for, and if not, what was the limit.

use super::generator::worked_too_much;
use crate::record::Record;

/// A shortfall up to this is the edges of the run, not a limit.
const TOLERANCE: f64 = 0.01;

/// What was asked of an open load and what came of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Delivery {
    /// Iterations that fell due, a second of measured time.
    pub asked_per_s: f64,
    /// Iterations that came to an end within measured time, by its seconds.
    pub delivered_per_s: f64,
    /// What held the rest back, if it was more than the edges of the run.
    pub limit: Option<Limit>,
}

/// What held a load back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// throng itself.
    Generator,
    /// The connections that users waited for.
    Pool,
    /// The users allowed, all of whom were busy: too few for the rate, or kept busy by a target that can't take it.
    Users,
    /// The systems under test.
    Target,
}

/// Compares the two; none for a closed load, which has no rate.
pub fn delivery(record: &Record) -> Option<Delivery> {
    let open = !record.load.groups.is_empty() && record.load.groups.iter().all(|group| group.open);
    if !open || record.duration_s <= 0.0 {
        return None;
    }
    let counts = &record.totals.iterations;
    let tolerated = TOLERANCE * counts.offered as f64;
    let lost = counts.offered.saturating_sub(counts.succeeded + counts.failed) as f64;
    let behind = counts.offered.saturating_sub(counts.in_time) as f64;
    let short = lost > tolerated || behind > tolerated + under_way_at_most(record);
    let limit = if generator_explains(record, lost.max(behind)) {
        Limit::Generator
    } else if wanted_users(record) {
        Limit::Users
    } else if record.totals.pool_us.mean > record.totals.service_us.mean {
        Limit::Pool
    } else {
        Limit::Target
    };
    Some(Delivery {
        asked_per_s: counts.offered as f64 / record.duration_s,
        delivered_per_s: counts.in_time as f64 / record.duration_s,
        limit: short.then_some(limit),
    })
}

/// Whether throng itself explains that so many iterations are missing: it worked all the time, or came late to about as
/// many though users were free.
fn generator_explains(record: &Record, missing: f64) -> bool {
    let generator = &record.generator;
    worked_too_much(generator) || (generator.suspect && 2.0 * generator.late_starts as f64 >= missing)
}

/// Whether arrivals found every user busy; those whose user could not start were lost to an error, not for want of one.
fn wanted_users(record: &Record) -> bool {
    let totals = &record.totals;
    totals.iterations.dropped > totals.errors_outside || totals.wait_us.mean > totals.service_us.mean
}

/// How many iterations may be under way when the load ends without the target having fallen behind: as many as
/// halfway through, since those of a target that cannot keep up grow in number from one to the other.
fn under_way_at_most(record: &Record) -> f64 {
    let measured = || record.phases.iter().filter(|phase| phase.measured);
    let from_s = measured().map(|phase| phase.from_s).fold(f64::INFINITY, f64::min);
    let halfway_s = from_s + record.duration_s / 2.0;
    let under_way: i128 = record
        .intervals
        .iter()
        .take_while(|interval| interval.start_s + interval.length_s <= halfway_s)
        .map(|interval| &interval.iterations)
        .map(|n| i128::from(n.offered) - i128::from(n.dropped + n.succeeded + n.failed + n.unfinished))
        .sum();
    let under_way = under_way.max(0) as f64;
    // Arrivals at random put a Poisson number under way; two of them differ by √2n, and hardly ever by three times that.
    under_way + 3.0 * (2.0 * under_way).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{Collector, Finish, GroupRecord, IntervalInput, LoadRecord, MAIN, PhaseRecord};
    use crate::stats::{Interval, IterationCounts};

    fn record(finished: u64) -> Record {
        let groups = vec![GroupRecord { open: true, ..GroupRecord::default() }];
        let load = LoadRecord { groups, ..LoadRecord::default() };
        let mut record = Collector::default().finish(Finish { load, ..Finish::default() });
        record.duration_s = 10.0;
        record.totals.iterations.offered = 1000;
        record.totals.iterations.succeeded = finished;
        record.totals.iterations.in_time = finished;
        record.totals.service_us.mean = 10.0;
        record
    }

    #[test]
    fn the_limit_is_named_when_the_rate_falls_short() {
        assert_eq!(delivery(&record(995)).expect("an open load").limit, None);
        let mut short = record(800);
        let delivered = delivery(&short).expect("an open load");
        assert_eq!((delivered.asked_per_s, delivered.delivered_per_s), (100.0, 80.0));
        assert_eq!(delivered.limit, Some(Limit::Target));
        short.totals.pool_us.mean = 20.0;
        assert_eq!(delivery(&short).expect("an open load").limit, Some(Limit::Pool));
        short.totals.wait_us.mean = 20.0;
        assert_eq!(delivery(&short).expect("an open load").limit, Some(Limit::Users));
        short.generator.cpu_percent = 97.0;
        assert_eq!(delivery(&short).expect("an open load").limit, Some(Limit::Generator));
    }

    #[test]
    fn throng_is_blamed_for_a_gap_only_where_its_lateness_explains_it() {
        let mut short = record(800);
        short.totals.iterations.dropped = 200;
        short.generator.suspect = true;
        short.generator.late_starts = 4;
        assert_eq!(delivery(&short).expect("an open load").limit, Some(Limit::Users));
        short.generator.late_starts = 150;
        assert_eq!(delivery(&short).expect("an open load").limit, Some(Limit::Generator));
    }

    /// Ten seconds of 100 arrivals, of which each second's count came to an end in it, and the rest in the drain.
    fn drained(ended: [u64; 10]) -> Delivery {
        let mut collector = Collector::default();
        let rest = 1000 - ended.iter().sum::<u64>();
        for (second, ended) in ended.into_iter().map(Some).chain([None]).enumerate() {
            let mut figures = Interval::default();
            let counts = IterationCounts {
                offered: ended.map_or(0, |_| 100),
                started: ended.map_or(0, |_| 100),
                succeeded: ended.unwrap_or(rest),
                in_time: ended.unwrap_or(0),
                ..IterationCounts::default()
            };
            figures.iterations.insert(("p".into(), MAIN.into()), counts);
            collector.add(&IntervalInput {
                start: std::time::Duration::from_secs(second as u64),
                length: std::time::Duration::from_secs(1),
                phase: MAIN,
                figures: &figures,
                pools: &[],
                cpu_percent: 0.0,
            });
        }
        let load =
            LoadRecord { groups: vec![GroupRecord { open: true, ..GroupRecord::default() }], ..LoadRecord::default() };
        let phases = vec![PhaseRecord::new(MAIN, 0.0, 10.0)];
        delivery(&collector.finish(Finish { load, phases, ..Finish::default() })).expect("an open load")
    }

    #[test]
    fn what_is_delivered_after_the_end_of_the_load_does_not_count() {
        let delivered = drained([50; 10]);
        assert_eq!((delivered.delivered_per_s, delivered.limit), (50.0, Some(Limit::Target)));
    }

    #[test]
    fn iterations_that_are_always_under_way_are_no_shortfall() {
        assert_eq!(drained([70, 100, 100, 100, 100, 100, 100, 100, 100, 100]).limit, None);
        assert_eq!(drained([70, 100, 100, 100, 100, 100, 80, 80, 80, 80]).limit, Some(Limit::Target));
    }
}
