//! Ratings of response time, throughput and success, by the tables of the membership system's
//! load-test handbook. They are rules of thumb for an office application, not thresholds.

use crate::record::Record;

/// How good a figure is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rating {
    /// Nothing to be done.
    Excellent,
    /// Fit for use.
    Good,
    /// Worth a look.
    Fair,
    /// Something must be done.
    Poor,
}

/// One figure and its rating.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Assessment {
    /// The figure.
    pub subject: Subject,
    /// Its value: µs, operations a second, or a share of 1.
    pub value: f64,
    /// How good that is.
    pub rating: Rating,
    /// What follows from it.
    pub advice: &'static str,
}

/// A figure that is rated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// The mean response time.
    Response,
    /// Operations succeeded a second.
    Throughput,
    /// Operations succeeded by operations that came to an end and errors outside of any.
    Success,
}

/// Below this share of success the response times are mostly those of failures, which say nothing of the service.
const TELLING: f64 = 0.9;

/// Rates a run; nothing is said of a run in which no operation succeeded, nor of times where many failed.
pub fn assess(record: &Record) -> Vec<Assessment> {
    let totals = &record.totals;
    if totals.operations_succeeded == 0 {
        return Vec::new();
    }
    let success = totals.operations_succeeded as f64 / totals.attempts() as f64;
    let response = (success >= TELLING).then(|| response(totals.response_us.mean));
    response.into_iter().chain([throughput(totals.throughput_per_s), self::success(success)]).collect()
}

fn response(mean_us: f64) -> Assessment {
    let (rating, advice) = match mean_us / 1000.0 {
        ms if ms < 100.0 => (Rating::Excellent, "users feel no delay"),
        ms if ms <= 500.0 => (Rating::Good, "acceptable in production"),
        ms if ms <= 1000.0 => (Rating::Fair, "look for slow statements"),
        _ => (Rating::Poor, "users wait; optimise before going further"),
    };
    Assessment { subject: Subject::Response, value: mean_us, rating, advice }
}

fn throughput(per_s: f64) -> Assessment {
    let (rating, advice) = match per_s {
        per_s if per_s > 100.0 => (Rating::Excellent, "room for many users"),
        per_s if per_s >= 50.0 => (Rating::Good, "enough for a medium load"),
        per_s if per_s >= 20.0 => (Rating::Fair, "may struggle under a high load"),
        _ => (Rating::Poor, "little was done; more users, or less thinking, would tell more"),
    };
    Assessment { subject: Subject::Throughput, value: per_s, rating, advice }
}

fn success(share: f64) -> Assessment {
    let (rating, advice) = match 100.0 * share {
        percent if percent > 99.0 => (Rating::Excellent, "stable"),
        percent if percent >= 95.0 => (Rating::Good, "keep an eye on the errors"),
        percent if percent >= 90.0 => (Rating::Fair, "find out what fails"),
        _ => (Rating::Poor, "not fit for use until the errors are gone"),
    };
    Assessment { subject: Subject::Success, value: share, rating, advice }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{Collector, Finish};

    #[test]
    fn errors_outside_operations_count_against_success_and_many_failures_hide_the_times() {
        let mut record = Collector::default().finish(Finish::default());
        record.totals.operations_succeeded = 6;
        record.totals.errors_outside = 6;
        let rated = assess(&record);
        assert!(rated.iter().all(|assessment| assessment.subject != Subject::Response));
        let success = rated.iter().find(|assessment| assessment.subject == Subject::Success);
        assert_eq!(success.map(|success| (success.value, success.rating)), Some((0.5, Rating::Poor)));
    }

    #[test]
    fn ratings_change_at_the_bounds_of_the_tables() {
        for (ms, rating) in [
            (99.9, Rating::Excellent),
            (100.0, Rating::Good),
            (500.0, Rating::Good),
            (500.1, Rating::Fair),
            (1000.0, Rating::Fair),
            (1000.1, Rating::Poor),
        ] {
            assert_eq!(response(ms * 1000.0).rating, rating, "{ms} ms");
        }
        for (per_s, rating) in [
            (100.1, Rating::Excellent),
            (100.0, Rating::Good),
            (50.0, Rating::Good),
            (49.9, Rating::Fair),
            (19.9, Rating::Poor),
        ] {
            assert_eq!(throughput(per_s).rating, rating, "{per_s}/s");
        }
        for (share, rating) in
            [(0.991, Rating::Excellent), (0.99, Rating::Good), (0.949, Rating::Fair), (0.899, Rating::Poor)]
        {
            assert_eq!(success(share).rating, rating, "{share}");
        }
    }
}
