//! The response times of each interval as an HdrHistogram log, which that project's own tools read.
//!
//! Format 1.3 of the log: <https://github.com/HdrHistogram/HdrHistogram>. Times are in µs, the maximum beside each
//! histogram in ms. Intervals in which no operation ended have no line.

use std::time::{Duration, SystemTime};

use hdrhistogram::serialization::V2DeflateSerializer;
use hdrhistogram::serialization::interval_log::IntervalLogWriterBuilder;
use jiff::Timestamp;

use super::ReportError;
use crate::record::{Record, decode};

/// What a maximum is divided by.
const US_PER_MS: f64 = 1000.0;

/// The log of a record.
pub(super) fn render(record: &Record) -> Result<String, ReportError> {
    let failed = |what: String| ReportError::HdrLog { what };
    // A run that never began has neither a start nor intervals.
    let start = record.started_at.parse::<Timestamp>().map_or(SystemTime::UNIX_EPOCH, SystemTime::from);
    let (mut log, mut serializer) = (Vec::new(), V2DeflateSerializer::new());
    let mut writer = IntervalLogWriterBuilder::new()
        .add_comment("[Histogram log format version 1.3]")
        .add_comment(&format!("[throng {}: {}, response times in microseconds]", record.throng, record.scenario.name))
        .with_start_time(start)
        .with_base_time(start)
        .with_max_value_divisor(US_PER_MS)
        .begin_log_with(&mut log, &mut serializer)
        .map_err(|error| failed(error.to_string()))?;
    for interval in record.intervals.iter().filter(|interval| !interval.histogram.is_empty()) {
        let histogram = decode(&interval.histogram).map_err(|error| failed(error.to_string()))?;
        let (begun, length) = (seconds(interval.start_s), seconds(interval.length_s));
        writer.write_histogram(&histogram, begun, length, None).map_err(|error| failed(error.to_string()))?;
    }
    Ok(String::from_utf8_lossy(&log).into_owned())
}

/// A time of the run's clock.
fn seconds(s: f64) -> Duration {
    Duration::try_from_secs_f64(s).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use hdrhistogram::serialization::Deserializer;
    use hdrhistogram::serialization::interval_log::{IntervalLogIterator, LogEntry};

    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;

    use super::*;
    use crate::report::sample;

    #[test]
    fn every_interval_comes_back_with_its_times() {
        let record = sample::record();
        let log = render(&record).expect("it can be written");
        assert!(log.starts_with("#[Histogram log format version 1.3]\n"), "{log}");
        let entries: Vec<LogEntry<'_>> =
            IntervalLogIterator::new(log.as_bytes()).collect::<Result<_, _>>().expect("it can be read");
        let start = Duration::from_secs(1_772_357_400);
        assert!(entries.contains(&LogEntry::StartTime(start)) && entries.contains(&LogEntry::BaseTime(start)), "{log}");
        let intervals = entries.iter().filter_map(|entry| match entry {
            LogEntry::Interval(interval) => Some(interval),
            _ => None,
        });
        let intervals: Vec<_> = intervals.collect();
        assert_eq!(intervals.len(), record.intervals.len());
        for (told, known) in intervals.iter().zip(&record.intervals) {
            assert_eq!(told.start_timestamp(), Duration::from_secs_f64(known.start_s));
            let payload = STANDARD.decode(told.encoded_histogram()).expect("it is base64");
            let histogram: hdrhistogram::Histogram<u64> =
                Deserializer::new().deserialize(&mut payload.as_slice()).expect("it is a histogram");
            assert_eq!(histogram.len(), known.operations_succeeded + known.operations_failed);
            assert_eq!(histogram.value_at_quantile(0.5), known.response_us.p50);
        }
    }

    #[test]
    fn a_run_that_never_began_has_a_log_without_intervals() {
        let log = render(&sample::empty()).expect("it can be written");
        assert!(log.lines().all(|line| line.starts_with('#')), "{log}");
    }
}
