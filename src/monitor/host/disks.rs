//! Whole disks: what is read from and written to them, and for how much of the time they are busy.
//!
//! From Linux's `/proc/diskstats`, because `sysinfo` knows neither how busy a disk is nor disks that are not mounted.

use std::collections::HashMap;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use futures_util::future::LocalBoxFuture;

use crate::monitor::sampler::{Keep, Kind, Row, SampleError, Sampler, Spec};

/// See `Documentation/admin-guide/iostats.rst` of Linux.
const STATISTICS: &str = "/proc/diskstats";

/// The unit of its sectors, whatever the disk's own.
const SECTOR_BYTES: f64 = 512.0;

/// What is in memory, or a file that is counted on its own disk.
const NO_DISKS: [&str; 3] = ["loop", "ram", "zram"];

pub(super) struct Disks {
    spec: Spec,
    /// When the last look was, and for how many milliseconds each disk had been busy by then.
    last: Option<(Instant, HashMap<String, f64>)>,
}

impl Disks {
    /// None where the machine does not tell.
    pub(super) fn new() -> Option<Self> {
        let figures = [
            ("bytes_written", Kind::Counter),
            ("bytes_read", Kind::Counter),
            ("writes", Kind::Counter),
            ("reads", Kind::Counter),
            ("busy_us", Kind::Counter),
            ("busy_percent", Kind::Gauge),
        ];
        Path::new(STATISTICS).exists().then(|| Self {
            spec: Spec {
                name: "disks",
                period: Duration::from_secs(1),
                keep: Keep::Rows { most: 50, idle: false },
                keys: vec!["disk"],
                notes: Vec::new(),
                figures: figures.to_vec(),
            },
            last: None,
        })
    }

    fn read(&mut self) -> Result<Vec<Row>, SampleError> {
        let text = fs::read_to_string(STATISTICS).map_err(|error| SampleError::Failed(error.to_string()))?;
        let now = Instant::now();
        let disks: Vec<Disk> = text.lines().filter_map(Disk::parse).filter(Disk::is_whole).collect();
        let last = self.last.replace((now, disks.iter().map(|disk| (disk.name.clone(), disk.busy_ms)).collect()));
        Ok(disks.into_iter().map(|disk| disk.row(now, last.as_ref())).collect())
    }
}

/// A line of the statistics.
#[derive(Debug, PartialEq)]
struct Disk {
    name: String,
    reads: f64,
    bytes_read: f64,
    writes: f64,
    bytes_written: f64,
    busy_ms: f64,
}

impl Disk {
    fn parse(line: &str) -> Option<Self> {
        let words: Vec<&str> = line.split_whitespace().collect();
        let number = |position: usize| words.get(position)?.parse::<f64>().ok();
        Some(Self {
            name: (*words.get(2)?).to_owned(),
            reads: number(3)?,
            bytes_read: number(5)? * SECTOR_BYTES,
            writes: number(7)?,
            bytes_written: number(9)? * SECTOR_BYTES,
            busy_ms: number(12)?,
        })
    }

    /// Partitions are in the disk's own figures.
    fn is_whole(&self) -> bool {
        let is_disk = !NO_DISKS.iter().any(|no_disk| self.name.starts_with(no_disk));
        is_disk && Path::new("/sys/block").join(&self.name).exists()
    }

    fn row(self, now: Instant, last: Option<&(Instant, HashMap<String, f64>)>) -> Row {
        let busy_percent = last.and_then(|(then, busy)| {
            let passed_ms = (now - *then).as_secs_f64() * 1e3;
            let busy_ms = self.busy_ms - busy.get(&self.name)?;
            // Shares of so short a time say nothing.
            (passed_ms >= 100.0).then(|| (100.0 * busy_ms / passed_ms).clamp(0.0, 100.0))
        });
        let counters = [self.bytes_written, self.bytes_read, self.writes, self.reads, self.busy_ms * 1e3];
        let figures = counters.into_iter().map(Some).chain([busy_percent]).collect();
        Row { keys: vec![self.name], figures, ..Row::default() }
    }
}

impl Sampler for Disks {
    fn spec(&self) -> &Spec {
        &self.spec
    }

    fn sample(&mut self) -> LocalBoxFuture<'_, Result<Vec<Row>, SampleError>> {
        let rows = self.read();
        Box::pin(std::future::ready(rows))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_tells_bytes_and_how_long_the_disk_was_busy() {
        let disk = Disk::parse(" 254 0 vda 105 8 8000 185 246 118 6845 334 0 24312 526126 9724 52 3187984 5738 1 94");
        let expected = Disk {
            name: "vda".into(),
            reads: 105.0,
            bytes_read: 8000.0 * 512.0,
            writes: 246.0,
            bytes_written: 6845.0 * 512.0,
            busy_ms: 24312.0,
        };
        assert_eq!(disk, Some(expected));
        assert_eq!(Disk::parse("254 0 vda"), None);
    }
}
