//! Whether an open load was delivered at the rate asked for, and if not, what was the limit.

use crate::record::Record;

/// A shortfall up to this is the edges of the run, not a limit.
const TOLERANCE: f64 = 0.01;

/// What was asked of an open load and what came of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Delivery {
    /// Iterations that fell due, a second of measured time.
    pub asked_per_s: f64,
    /// Iterations that came to an end, a second of measured time.
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
    let finished = counts.succeeded + counts.failed;
    let short = counts.offered.saturating_sub(finished) as f64 > TOLERANCE * counts.offered as f64;
    let limit = if record.generator.suspect {
        Limit::Generator
    } else if record.totals.pool_us.mean > record.totals.service_us.mean {
        Limit::Pool
    } else {
        Limit::Target
    };
    Some(Delivery {
        asked_per_s: counts.offered as f64 / record.duration_s,
        delivered_per_s: finished as f64 / record.duration_s,
        limit: short.then_some(limit),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{Collector, Finish, GroupRecord, LoadRecord};

    fn record(finished: u64) -> Record {
        let groups = vec![GroupRecord { open: true, ..GroupRecord::default() }];
        let load = LoadRecord { groups, ..LoadRecord::default() };
        let mut record = Collector::default().finish(Finish { load, ..Finish::default() });
        record.duration_s = 10.0;
        record.totals.iterations.offered = 1000;
        record.totals.iterations.succeeded = finished;
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
        short.generator.suspect = true;
        assert_eq!(delivery(&short).expect("an open load").limit, Some(Limit::Generator));
    }
}
