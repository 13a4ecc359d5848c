//! What a PostgreSQL told of its statements, by label.

use std::collections::BTreeMap;

use crate::record::{RowRecord, SourceRecord};

/// How much of the text of a statement without a label is shown.
const SHOWN: usize = 80;

/// Fewer sightings than this say nothing of what a statement waits for.
const LEAST_SIGHTINGS: u64 = 5;

/// A statement as the server saw it, over all roles that ran it.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Seen<'a> {
    /// Its label; empty for what is none of the scenario's.
    pub label: &'a str,
    /// Its text, without constants.
    pub query: &'a str,
    /// Executions.
    pub calls: f64,
    /// Time of execution and planning in µs.
    pub time_us: f64,
    /// Rows returned or affected.
    pub rows: f64,
    /// Blocks written to temporary files.
    pub temp_blocks: f64,
}

/// All statements, those first that took the most time.
pub(super) fn seen(source: &SourceRecord) -> Vec<Seen<'_>> {
    let mut by_name: BTreeMap<(&str, &str), Seen<'_>> = BTreeMap::new();
    for row in source.rows("statements") {
        let (label, query) = (row.name("label"), row.name("query"));
        // Statements of one shape have one label, however they are written.
        let key = (label, if label.is_empty() { query } else { "" });
        by_name.entry(key).or_insert(Seen { label, query, ..Seen::default() }).add(row);
    }
    let mut all: Vec<_> = by_name.into_values().collect();
    all.sort_by(|a, b| b.time_us.total_cmp(&a.time_us));
    all
}

impl Seen<'_> {
    fn add(&mut self, row: &RowRecord) {
        self.calls += row.counter("calls");
        self.time_us += row.counter("execution_time_us") + row.counter("planning_time_us");
        self.rows += row.counter("rows");
        self.temp_blocks += row.counter("temp_blocks_written");
    }

    /// What it is called in a sentence.
    pub fn name(&self) -> String {
        if self.label.is_empty() { format!("`{}`", shortened(self.query)) } else { format!("`{}`", self.label) }
    }

    /// The mean time of an execution in µs.
    pub fn mean_us(&self) -> f64 {
        if self.calls > 0.0 { self.time_us / self.calls } else { 0.0 }
    }
}

/// The time that all of them took in µs.
pub(super) fn total_us(all: &[Seen<'_>]) -> f64 {
    all.iter().map(|statement| statement.time_us).sum()
}

/// A part of the time that all statements took.
pub(super) fn share_of(time_us: f64, all: &[Seen<'_>]) -> f64 {
    let total = total_us(all);
    if total > 0.0 { time_us / total } else { 0.0 }
}

/// A text on one line, cut off where it is long.
pub(super) fn shortened(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

/// The part of a statement's active sightings in which it waited for a lock; none of one that was hardly met.
pub(super) fn lock_share(source: &SourceRecord, label: &str) -> Option<f64> {
    let profile = source.profile("activity").filter(|_| !label.is_empty())?;
    let (waiting, all) = profile.active_of(label).fold((0, 0), |(waiting, all), total| {
        (waiting + if total.is_lock() { total.count } else { 0 }, all + total.count)
    });
    (all >= LEAST_SIGHTINGS).then(|| waiting as f64 / all as f64)
}

/// What part a wait is of the time of all statements; none where neither is known.
pub(super) fn waited_share(source: &SourceRecord, waited_us: f64) -> Option<f64> {
    let total = total_us(&seen(source));
    (waited_us > 0.0 && total > 0.0).then(|| (waited_us / total).min(1.0))
}
