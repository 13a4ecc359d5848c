//! What a rule says.

use std::time::Duration;

use super::base::Base;
use super::connections::ConnectionStat;
use super::course::CourseStat;
use super::grade::Warning;
use super::watched::Watched;
use crate::record::{PhaseRecord, ThresholdUnit};
use crate::stats::ErrorClass;

/// One threshold.
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    /// As written.
    pub text: String,
    /// The figure it looks at.
    pub figure: Figure,
    /// What that figure is restricted to: (key, text) pairs that must all match.
    pub filter: Vec<(String, String)>,
    /// The length of the sliding window, if it has one.
    pub window: Option<Duration>,
    /// How figure and limit are compared.
    pub comparison: Comparison,
    /// The limit, in the unit of [`Figure::unit`], or a share of what it stands on.
    pub limit: f64,
    /// What the limit stands on, if not on itself.
    pub base: Option<Base>,
    /// What of it is worth a warning and no more.
    pub warning: Option<Warning>,
    /// Whether a breach ends the run.
    pub abort: Option<Abort>,
}

/// A breach ends the run, but not before so much measured time has gone by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Abort {
    /// The time of grace.
    pub after: Duration,
}

/// A figure of a run.
#[derive(Debug, Clone, PartialEq)]
pub enum Figure {
    /// A statistic of times, in µs.
    Time(TimePart, Stat),
    /// Operations that failed and errors outside of any, by operations that came to an end and those errors.
    ErrorRate,
    /// Errors.
    ErrorCount,
    /// Operations that succeeded within measured time, by its seconds.
    Throughput,
    /// Iterations of one kind.
    Iterations(IterationKind),
    /// Iterations dropped by iterations offered.
    DroppedRate,
    /// What the monitor saw.
    Watched(Watched),
    /// The connections of all pools.
    Connections(ConnectionStat),
    /// A metric of the scenario's own.
    Metric(String, MetricStat),
}

impl Figure {
    /// Whether it is a part of something, so that more than all of it can't be.
    pub(super) fn is_part(&self) -> bool {
        match self {
            Self::Connections(ConnectionStat::Use(stat)) => *stat != CourseStat::Growth,
            _ => matches!(self, Self::ErrorRate | Self::DroppedRate),
        }
    }

    /// The unit of the figure and of the limit it is compared with.
    pub fn unit(&self) -> ThresholdUnit {
        match self {
            Self::Time(..) => ThresholdUnit::Us,
            Self::ErrorRate | Self::DroppedRate => ThresholdUnit::Share,
            Self::Throughput => ThresholdUnit::PerS,
            Self::ErrorCount | Self::Iterations(_) => ThresholdUnit::Count,
            Self::Watched(watched) => watched.unit(),
            Self::Connections(ConnectionStat::Open(CourseStat::Growth) | ConnectionStat::Use(_)) => {
                ThresholdUnit::Share
            }
            Self::Connections(ConnectionStat::Open(CourseStat::Mean)) => ThresholdUnit::Own,
            Self::Connections(_) => ThresholdUnit::Count,
            Self::Metric(..) => ThresholdUnit::Own,
        }
    }
}

/// A part of the response time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimePart {
    /// The whole.
    Response,
    /// From the planned to the actual start.
    Wait,
    /// Waiting for connections.
    Pool,
    /// The rest.
    Service,
}

/// Iterations of one kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IterationKind {
    /// Fell due.
    Offered,
    /// Taken up.
    Started,
    /// Never taken up.
    Dropped,
    /// Ended well.
    Succeeded,
    /// Ended with an error.
    Failed,
    /// Interrupted.
    Unfinished,
    /// Started late by the generator's fault.
    Late,
}

/// A statistic of a distribution.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Stat {
    /// The smallest.
    Min,
    /// The arithmetic mean.
    Mean,
    /// The value below or at which so many percent lie.
    Percentile(f64),
    /// The largest.
    Max,
}

impl Stat {
    /// Reads `min`, `mean`, `avg`, `max`, `p95`, `p99.9`, `p999`.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "min" => Some(Self::Min),
            "mean" | "avg" => Some(Self::Mean),
            "max" => Some(Self::Max),
            _ => percentile(text.strip_prefix('p')?).map(Self::Percentile),
        }
    }
}

/// `95`, `99.9`, and, as in the record's keys, `999` for 99.9.
fn percentile(digits: &str) -> Option<f64> {
    let plain = digits.bytes().all(|b| b.is_ascii_digit());
    if !plain && !digits.bytes().all(|b| b.is_ascii_digit() || b == b'.') {
        return None;
    }
    let percent: f64 = match digits.strip_prefix("99") {
        Some(nines) if plain && !nines.is_empty() => format!("99.{nines}").parse().ok()?,
        _ => digits.parse().ok()?,
    };
    (percent > 0.0 && percent < 100.0).then_some(percent)
}

/// A statistic of a metric of the scenario's own.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum MetricStat {
    /// What a metric of its kind is about: a counter's sum, a gauge's last value, a rate's share, a trend's mean.
    Main,
    /// A counter's sum; the number of observations of a rate or trend.
    Count,
    /// A counter's sum a second; a rate's share.
    Rate,
    /// A gauge's last value.
    Last,
    /// A statistic of a trend; extremes of a gauge.
    Of(Stat),
}

/// How two numbers are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `>`
    Greater,
    /// `>=`
    AtLeast,
    /// `==`
    Equal,
}

impl Comparison {
    /// Whether `observed` keeps to `limit`.
    pub fn holds(self, observed: f64, limit: f64) -> bool {
        match self {
            Self::Less => observed < limit,
            Self::AtMost => observed <= limit,
            Self::Greater => observed > limit,
            Self::AtLeast => observed >= limit,
            Self::Equal => observed == limit,
        }
    }

    /// Of two observations the one that is worse for the rule.
    pub fn worse(self, a: f64, b: f64, limit: f64) -> f64 {
        match self {
            Self::Less | Self::AtMost => a.max(b),
            Self::Greater | Self::AtLeast => a.min(b),
            Self::Equal if (a - limit).abs() >= (b - limit).abs() => a,
            Self::Equal => b,
        }
    }
}

impl Rule {
    /// Whether the filter lets this persona, operation and phase pass.
    pub(super) fn admits(&self, persona: &str, operation: Option<&str>, phase: &str) -> bool {
        self.filter.iter().all(|(key, wanted)| match key.as_str() {
            "persona" => wanted == persona,
            "operation" => operation.is_none_or(|name| name == wanted),
            "phase" => wanted == phase,
            _ => true,
        })
    }

    /// Whether the filter lets errors of this class pass.
    pub(super) fn admits_class(&self, class: &ErrorClass) -> bool {
        self.filter.iter().filter(|(key, _)| key == "class").all(|(_, wanted)| is_class(class, wanted))
    }

    /// Whether the filter asks for one class of errors.
    pub(super) fn asks_for_class(&self) -> bool {
        self.filter.iter().any(|(key, _)| key == "class")
    }

    /// Whether the rule looks at what happens in this phase.
    pub(super) fn is_measured_over(&self, phase: &PhaseRecord) -> bool {
        let wanted = self.filter.iter().find(|(key, _)| key == "phase");
        wanted.map_or(phase.measured, |(_, wanted)| *wanted == phase.name)
    }

    /// Whether the filter lets a metric with these tags pass.
    pub(super) fn admits_tags(&self, tags: &[(String, String)]) -> bool {
        self.filter.iter().all(|wanted| tags.contains(wanted))
    }
}

/// Whether `text` names the class: by its SQLSTATE, its condition name, its Redis word, what went wrong over HTTP, or as it is
/// shown, with blanks or underscores.
fn is_class(class: &ErrorClass, text: &str) -> bool {
    let named = match class {
        ErrorClass::Sqlstate { code, name } => {
            text == code || text == name || text.replace(' ', "_") == format!("sqlstate_{code}")
        }
        ErrorClass::Redis(word) => text == word,
        ErrorClass::Http(fault) => fault.replace(' ', "_") == text.replace(' ', "_"),
        ErrorClass::Raised(kind) => text == kind,
        _ => false,
    };
    named || class.to_string().replace(' ', "_") == text.replace(' ', "_")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_read_as_people_write_them() {
        for (text, percent) in
            [("p50", 50.0), ("p99", 99.0), ("p99.9", 99.9), ("p999", 99.9), ("p9999", 99.99), ("p5", 5.0)]
        {
            assert_eq!(Stat::parse(text), Some(Stat::Percentile(percent)), "{text}");
        }
        for text in ["p", "p0", "p100", "p101", "p1e1", "p9x", "median", "p.", "p-5", "p9.9.9"] {
            assert_eq!(Stat::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_class_can_be_named_in_several_ways() {
        let unique = ErrorClass::Sqlstate { code: "23505".into(), name: "unique_violation".into() };
        for text in ["23505", "unique_violation", "sqlstate 23505", "sqlstate 23505 unique_violation"] {
            assert!(is_class(&unique, text), "{text}");
        }
        assert!(is_class(&ErrorClass::PoolTimeout, "pool_timeout"));
        assert!(!is_class(&ErrorClass::PoolTimeout, "timeout"));
        assert!(is_class(&ErrorClass::Redis("WRONGTYPE".into()), "WRONGTYPE"));
        assert!(is_class(&ErrorClass::Http("status 503".into()), "status_503"));
    }
}
