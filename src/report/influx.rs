//! InfluxDB's line protocol, for a trend over many runs and for the course of each.
//!
//! <https://docs.influxdata.com/influxdb/v2/reference/syntax/line-protocol/>. Measurements: `throng_run` (one point),
//! `throng_operation` (one for each), both at the run's start, and `throng_interval` at each interval's. Keys are those
//! of the record. A run that never began has no time, and no points.

use jiff::{SignedDuration, Timestamp};

use crate::record::{OperationRecord, Record};
use crate::stats::Summary;

/// The points of a record.
pub(super) fn render(record: &Record) -> String {
    let Ok(start) = record.started_at.parse::<Timestamp>() else { return String::new() };
    let mut points = vec![run(record, start)];
    points.extend(record.measured_operations().map(|operation| self::operation(record, operation, start)));
    points.extend(record.intervals.iter().map(|interval| {
        let at = SignedDuration::try_from_secs_f64(interval.start_s).map_or(start, |since| start + since);
        common("throng_interval", record)
            .tag("phase", &interval.phase)
            .whole("users", interval.users)
            .whole("operations_succeeded", interval.operations_succeeded)
            .whole("operations_failed", interval.operations_failed)
            .number("throughput_per_s", interval.throughput_per_s)
            .times("response", interval.times(&interval.response_us))
            .whole("errors", interval.errors.iter().map(|error| error.count).sum())
            .number("generator_cpu_percent", interval.generator.cpu_percent)
            .at(at)
    }));
    points.concat()
}

fn run(record: &Record, start: Timestamp) -> String {
    let totals = &record.totals;
    let ended = |times| Some(times).filter(|_| totals.operations_finished() > 0);
    common("throng_run", record)
        .text("run_id", &record.run_id)
        .text("verdict", &record.verdict.to_string())
        .whole("exit_code", record.exit_code.into())
        .number("duration_s", record.duration_s)
        .whole("operations_succeeded", totals.operations_succeeded)
        .whole("operations_failed", totals.operations_failed)
        .whole("operations_unfinished", totals.operations_unfinished)
        .whole("dropped", totals.iterations.dropped)
        .number("throughput_per_s", totals.throughput_per_s)
        .times("response", ended(&totals.response_us))
        .times("pool", ended(&totals.pool_us))
        .number("generator_cpu_percent", record.generator.cpu_percent)
        .at(start)
}

fn operation(record: &Record, operation: &OperationRecord, start: Timestamp) -> String {
    common("throng_operation", record)
        .tag("persona", &operation.persona)
        .tag("operation", &operation.name)
        .tag("phase", &operation.phase)
        .whole("succeeded", operation.succeeded)
        .whole("failed", operation.failed)
        .times("response", operation.times(&operation.response_us))
        .at(start)
}

/// What tells a series of this scenario from others.
fn common(measurement: &str, record: &Record) -> Point {
    let point = Point { tags: measurement.to_owned(), fields: Vec::new() }.tag("scenario", &record.scenario.name);
    match &record.scenario.profile {
        Some(profile) => point.tag("profile", profile),
        None => point,
    }
}

/// One line in the making.
struct Point {
    /// The measurement and its tags.
    tags: String,
    fields: Vec<String>,
}

impl Point {
    fn tag(mut self, name: &str, value: &str) -> Self {
        // A tag without a value is none.
        if !value.is_empty() {
            self.tags.push_str(&format!(",{name}={}", escape(value)));
        }
        self
    }

    fn whole(mut self, name: &str, value: u64) -> Self {
        self.fields.push(format!("{name}={value}i"));
        self
    }

    fn number(mut self, name: &str, value: f64) -> Self {
        // The protocol has no word for what is no number.
        if value.is_finite() {
            self.fields.push(format!("{name}={value}"));
        }
        self
    }

    fn text(mut self, name: &str, value: &str) -> Self {
        let value = value.replace('\\', "\\\\").replace('"', "\\\"");
        self.fields.push(format!("{name}=\"{value}\""));
        self
    }

    /// Times; where nothing ended there are none, and no fields.
    fn times(self, name: &str, times: Option<&Summary>) -> Self {
        let Some(times) = times else { return self };
        self.number(&format!("{name}_mean_us"), times.mean)
            .whole(&format!("{name}_p50_us"), times.p50)
            .whole(&format!("{name}_p95_us"), times.p95)
            .whole(&format!("{name}_p99_us"), times.p99)
            .whole(&format!("{name}_max_us"), times.max)
    }

    fn at(self, at: Timestamp) -> String {
        format!("{} {} {}\n", self.tags, self.fields.join(","), at.as_nanosecond())
    }
}

/// A tag's value, whose commas, equals signs, blanks and line ends must not end it.
fn escape(value: &str) -> String {
    let mut escaped = String::with_capacity(value.len());
    for c in value.chars() {
        match c {
            ',' | '=' | ' ' => escaped.extend(['\\', c]),
            '\n' | '\r' => escaped.push_str("\\ "),
            // One at the end would take the next comma with it.
            '\\' => escaped.push('/'),
            _ => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;

    #[test]
    fn the_points_of_a_run() {
        let mut record = sample::record();
        record.operations.retain(|operation| operation.persona == "write_heavy");
        record.intervals.truncate(2);
        insta::assert_snapshot!(render(&record));
    }

    #[test]
    fn signs_in_names_end_no_tag() {
        assert_eq!(escape("a b,c=d\\"), r"a\ b\,c\=d/");
    }

    #[test]
    fn a_run_that_never_began_has_no_points() {
        let record = Record { started_at: String::new(), ..sample::empty() };
        assert_eq!(render(&record), "");
    }
}
