//! Ratings of response time, throughput, success and cache hits, by the tables of the preset in force. They are rules of
//! thumb for a kind of application, not thresholds.

use crate::plan::preset::Limit;
use crate::record::{PresetRecord, Record};

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
    /// Look-ups in Redis that found something.
    Hits,
}

/// What ratings come to together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// All are good or better.
    Passed,
    /// One is fair.
    Warning,
    /// One is poor.
    Failed,
}

impl Status {
    /// Its word.
    pub fn name(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Warning => "warning",
            Self::Failed => "failed",
        }
    }
}

/// Below this share of success the response times are mostly those of failures, which say nothing of the service.
const TELLING: f64 = 0.9;

/// Fewer look-ups than this have no rate.
const LOOK_UPS: f64 = 100.0;

/// Rates a run; nothing is said of a run in which no operation succeeded, nor of times where many failed.
pub fn assess(record: &Record) -> Vec<Assessment> {
    let totals = &record.totals;
    if totals.operations_succeeded == 0 {
        return Vec::new();
    }
    let success = totals.operations_succeeded as f64 / totals.attempts() as f64;
    let failed = (totals.attempts() - totals.operations_succeeded) as f64 / totals.attempts() as f64;
    let preset = &record.preset;
    let response = (success >= TELLING).then(|| response(totals.response_us.mean, preset));
    let throughput = throughput(totals.throughput_per_s, preset);
    let success = Assessment { value: success, ..self::success(failed, preset) };
    response.into_iter().chain([throughput, success]).chain(hits(record)).collect()
}

/// What they come to together.
pub fn overall(assessments: &[Assessment]) -> Option<Status> {
    let worst = assessments.iter().map(|assessment| assessment.rating).max()?;
    Some(match worst {
        Rating::Excellent | Rating::Good => Status::Passed,
        Rating::Fair => Status::Warning,
        Rating::Poor => Status::Failed,
    })
}

fn response(mean_us: f64, preset: &PresetRecord) -> Assessment {
    let limit = |limit| preset.limit(limit);
    let (rating, advice) = match mean_us {
        us if us < limit(Limit::ResponseExcellent) => (Rating::Excellent, "users feel no delay"),
        us if us <= limit(Limit::ResponseGood) => (Rating::Good, "acceptable in production"),
        us if us <= limit(Limit::ResponseFair) => (Rating::Fair, "look for slow statements"),
        _ => (Rating::Poor, "users wait; optimise before going further"),
    };
    Assessment { subject: Subject::Response, value: mean_us, rating, advice }
}

fn throughput(per_s: f64, preset: &PresetRecord) -> Assessment {
    let limit = |limit| preset.limit(limit);
    let (rating, advice) = match per_s {
        per_s if per_s > limit(Limit::ThroughputExcellent) => (Rating::Excellent, "room for many users"),
        per_s if per_s >= limit(Limit::ThroughputGood) => (Rating::Good, "enough for a medium load"),
        per_s if per_s >= limit(Limit::ThroughputFair) => (Rating::Fair, "may struggle under a high load"),
        _ => (Rating::Poor, "little was done; more users, or less thinking, would tell more"),
    };
    Assessment { subject: Subject::Throughput, value: per_s, rating, advice }
}

fn success(failed: f64, preset: &PresetRecord) -> Assessment {
    let limit = |limit| preset.limit(limit);
    let (rating, advice) = match failed {
        share if share < limit(Limit::ErrorsExcellent) => (Rating::Excellent, "stable"),
        share if share <= limit(Limit::ErrorsGood) => (Rating::Good, "keep an eye on the errors"),
        share if share <= limit(Limit::ErrorsFair) => (Rating::Fair, "find out what fails"),
        _ => (Rating::Poor, "not fit for use until the errors are gone"),
    };
    Assessment { subject: Subject::Success, value: 1.0 - failed, rating, advice }
}

/// The hits of all Redis that were watched and asked often enough to tell.
fn hits(record: &Record) -> Option<Assessment> {
    let stats = record.monitor.sources.iter().filter(|source| source.kind == "redis").filter_map(|s| s.series("stats"));
    let (hits, misses) = stats.fold((0.0, 0.0), |(hits, misses), stats| {
        (hits + stats.counter("keyspace_hits"), misses + stats.counter("keyspace_misses"))
    });
    let share = hits / (hits + misses).max(1.0);
    let limit = |limit| record.preset.limit(limit);
    let (rating, advice) = match share {
        share if share > limit(Limit::HitsExcellent) => (Rating::Excellent, "the cache saves most of the work"),
        share if share >= limit(Limit::HitsGood) => (Rating::Good, "the cache does its part"),
        share if share >= limit(Limit::HitsFair) => (Rating::Fair, "see what is looked up and not there"),
        _ => (Rating::Poor, "the cache saves little"),
    };
    (hits + misses >= LOOK_UPS).then_some(Assessment { subject: Subject::Hits, value: share, rating, advice })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::settings::PresetChoice;
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
        let office = PresetRecord::default();
        for (ms, rating) in [
            (99.9, Rating::Excellent),
            (100.0, Rating::Good),
            (500.0, Rating::Good),
            (500.1, Rating::Fair),
            (1000.0, Rating::Fair),
            (1000.1, Rating::Poor),
        ] {
            assert_eq!(response(ms * 1000.0, &office).rating, rating, "{ms} ms");
        }
        for (per_s, rating) in [
            (100.1, Rating::Excellent),
            (100.0, Rating::Good),
            (50.0, Rating::Good),
            (49.9, Rating::Fair),
            (19.9, Rating::Poor),
        ] {
            assert_eq!(throughput(per_s, &office).rating, rating, "{per_s}/s");
        }
        for (failed, rating) in
            [(0.009, Rating::Excellent), (0.01, Rating::Good), (0.051, Rating::Fair), (0.101, Rating::Poor)]
        {
            assert_eq!(success(failed, &office).rating, rating, "{failed}");
        }
    }

    #[test]
    fn another_preset_rates_otherwise_and_the_worst_decides() {
        let finance = PresetChoice { name: Some("finance"), ..PresetChoice::default() };
        let finance = PresetRecord::from(&finance);
        let rated = [response(150_000.0, &finance), throughput(1_500.0, &finance), success(0.0, &finance)];
        assert_eq!(rated.map(|rated| rated.rating), [Rating::Fair, Rating::Excellent, Rating::Excellent]);
        assert_eq!(overall(&rated), Some(Status::Warning));
        assert_eq!((overall(&rated[1..]), overall(&[])), (Some(Status::Passed), None));
    }
}
