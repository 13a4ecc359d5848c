//! What the targets and the machine did while the users were there, in a few lines each, and what could not be seen.

use super::{Block, Cell, Column, Note, Section, Table, Tone};
use crate::record::{Extent, MissingRecord, Record, SeriesRecord, SourceRecord};
use crate::report::human;

/// What of a source is told, by what it is: each line has a title and its text, and is left out where nothing is known.
type Line = (&'static str, fn(&SourceRecord) -> Option<String>);

const POSTGRES: [Line; 7] = [
    ("transactions", transactions),
    ("cache", cache),
    ("log", log),
    ("temporary files", temporary_files),
    ("trouble", trouble),
    ("sessions", sessions),
    ("processes", processes),
];

const REDIS: [Line; 5] = [
    ("commands", commands),
    ("keys", keys),
    ("memory", redis_memory),
    ("persistence", persistence),
    ("processes", redis_processes),
];

const HOST: [Line; 5] =
    [("processor", processor), ("memory", memory), ("disks", disks), ("network", network), ("throng itself", throng)];

pub(super) fn section(record: &Record) -> Option<Section> {
    let sources = &record.monitor.sources;
    let rows: Vec<_> = sources.iter().flat_map(rows).collect();
    let notes: Vec<_> =
        sources.iter().flat_map(|source| source.missing.iter().map(|missing| note(source, missing))).collect();
    if rows.is_empty() && notes.is_empty() {
        return None;
    }
    let columns = vec![Column::text("Watched"), Column::text("What"), Column::text("Over the measured part")];
    let table = (!rows.is_empty()).then_some(Block::Table(Table { columns, rows }));
    let notes = (!notes.is_empty()).then_some(Block::Notes(notes));
    Some(Section::new("What the servers did meanwhile", table.into_iter().chain(notes)))
}

/// A row for each line of a source; its name stands in the first.
fn rows(source: &SourceRecord) -> Vec<Vec<Cell>> {
    let lines: &[Line] = match source.kind.as_str() {
        "postgres" => &POSTGRES,
        "redis" => &REDIS,
        _ => &HOST,
    };
    let told = lines.iter().filter_map(|(title, tell)| Some((*title, tell(source)?)));
    let row = |(position, (title, text)): (usize, (&str, String))| {
        let name = if position == 0 { source.name.as_str() } else { "" };
        vec![Cell::from(name), Cell::from(title), Cell::from(text)]
    };
    told.enumerate().map(row).collect()
}

fn note(source: &SourceRecord, missing: &MissingRecord) -> Note {
    let fix = missing.fix.as_ref().map(|fix| format!(" (`{fix}`)")).unwrap_or_default();
    Note::new(Tone::Doubtful, format!("{}: {}{fix}", source.name, missing.what))
}

/// A counter of a series, by the second.
fn per_s(source: &SourceRecord, count: f64) -> f64 {
    let length_s = source.to_s - source.from_s;
    if length_s > 0.0 { count / length_s } else { 0.0 }
}

fn gauge(series: &SeriesRecord, name: &str) -> Option<Extent> {
    series.gauges.get(name).copied()
}

/// Parts with something to say, one after the other; none if there is nothing.
fn joined(parts: impl IntoIterator<Item = Option<String>>) -> Option<String> {
    let parts: Vec<_> = parts.into_iter().flatten().collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

/// A count that is worth a word only if there is one.
fn if_any(count: f64, what: &str) -> Option<String> {
    (count > 0.0).then(|| format!("{} {what}", human::count(count as u64)))
}

fn bytes(bytes: f64) -> String {
    human::bytes(bytes.max(0.0) as u64)
}

/// `hit` as a share of `hit` and `missed`.
fn hit_share(hit: f64, missed: f64) -> Option<String> {
    let all = hit + missed;
    (all > 0.0).then(|| human::share(hit / all))
}

fn transactions(source: &SourceRecord) -> Option<String> {
    let database = source.series("database")?;
    let commits = (database.counter("commits") - database.counter("monitor_commits")).max(0.0);
    let rate = human::rate(per_s(source, commits));
    joined([
        Some(format!("{} committed ({rate})", human::count(commits as u64))),
        if_any(database.counter("rollbacks"), "rolled back"),
    ])
}

fn cache(source: &SourceRecord) -> Option<String> {
    let database = source.series("database")?;
    let (hit, read) = (database.counter("blocks_hit"), database.counter("blocks_read"));
    let share = hit_share(hit, read)?;
    Some(format!("{share} of {} blocks found in shared buffers", human::count((hit + read) as u64)))
}

fn log(source: &SourceRecord) -> Option<String> {
    let wal = source.series("wal")?;
    let written = wal.counter("bytes");
    let checkpoints = source.series("writer").map(|writer| {
        let (timed, requested) = (writer.counter("checkpoints_timed"), writer.counter("checkpoints_requested"));
        match requested > 0.0 {
            true => {
                format!("checkpoints: {} due, {} requested", human::count(timed as u64), human::count(requested as u64))
            }
            false => format!("checkpoints: {} due", human::count(timed as u64)),
        }
    });
    let written = format!("{} written ({}/s)", bytes(written), bytes(per_s(source, written)));
    joined([Some(written), if_any(wal.counter("full_page_images"), "full pages"), checkpoints])
}

fn temporary_files(source: &SourceRecord) -> Option<String> {
    let database = source.series("database")?;
    let files = if_any(database.counter("temp_files"), "files")?;
    Some(format!("{} in {files}", bytes(database.counter("temp_bytes"))))
}

fn trouble(source: &SourceRecord) -> Option<String> {
    let database = source.series("database")?;
    joined([
        if_any(database.counter("deadlocks"), "deadlocks"),
        if_any(database.counter("conflicts"), "conflicts with recovery"),
        if_any(database.counter("checksum_failures"), "checksum failures"),
        if_any(database.counter("sessions_fatal"), "sessions ended by errors"),
        if_any(database.counter("sessions_killed"), "sessions killed"),
    ])
}

fn sessions(source: &SourceRecord) -> Option<String> {
    let sessions = source.series("sessions")?;
    let most = |name: &str| gauge(sessions, name).map(|extent| extent.max).unwrap_or(0.0);
    let mean = gauge(sessions, "active")?.mean;
    joined([
        Some(format!("{} at most", human::count(most("connections") as u64))),
        (mean > 0.0).then(|| format!("{} active in the mean", human::number(mean))),
        if_any(most("idle_in_transaction"), "idle in transaction at most"),
        if_any(most("waiting_for_locks"), "waiting for locks at most"),
    ])
}

/// Processors that a counter of microseconds makes.
fn cores(source: &SourceRecord, cpu_us: f64) -> String {
    format!("{} cores busy", human::number(per_s(source, cpu_us) / 1e6))
}

fn processes(source: &SourceRecord) -> Option<String> {
    let process = source.series("process")?;
    let cpu_us = process.counter("cpu_us");
    let monitor = process.counter("monitor_cpu_us");
    joined([
        Some(cores(source, cpu_us)),
        (monitor > 0.0 && cpu_us > 0.0).then(|| format!("{} of that for watching", human::share(monitor / cpu_us))),
        gauge(process, "resident_bytes").map(|resident| format!("{} resident at most", bytes(resident.max))),
        source.series("cgroup").and_then(held_back),
    ])
}

/// For how long its cgroup kept something from running.
fn held_back(cgroup: &SeriesRecord) -> Option<String> {
    let throttled_us = cgroup.counter("throttled_us");
    (throttled_us > 0.0).then(|| format!("held back by its cgroup for {}", human::time_us(throttled_us)))
}

fn commands(source: &SourceRecord) -> Option<String> {
    let stats = source.series("stats")?;
    let commands = (stats.counter("commands") - stats.counter("monitor_commands")).max(0.0);
    joined([
        Some(format!("{} ({})", human::count(commands as u64), human::rate(per_s(source, commands)))),
        if_any(stats.counter("error_replies"), "refused"),
        if_any(stats.counter("connections_rejected"), "connections rejected"),
        gauge(source.series("clients")?, "blocked").and_then(|blocked| if_any(blocked.max, "clients blocked at most")),
    ])
}

fn keys(source: &SourceRecord) -> Option<String> {
    let stats = source.series("stats")?;
    let (hits, misses) = (stats.counter("keyspace_hits"), stats.counter("keyspace_misses"));
    joined([
        hit_share(hits, misses)
            .map(|share| format!("{share} of {} looked up were there", human::count((hits + misses) as u64))),
        if_any(stats.counter("evicted_keys"), "evicted"),
        if_any(stats.counter("expired_keys"), "expired"),
    ])
}

fn redis_memory(source: &SourceRecord) -> Option<String> {
    let memory = source.series("memory")?;
    let used = gauge(memory, "used_bytes")?;
    let limit = gauge(memory, "limit_bytes").map_or(0.0, |limit| limit.last);
    let of = if limit > 0.0 { format!(" of {}", bytes(limit)) } else { String::new() };
    let resident = gauge(memory, "resident_bytes").map(|resident| format!("{} resident", bytes(resident.max)));
    joined([Some(format!("{}{of} used at most", bytes(used.max))), resident])
}

fn persistence(source: &SourceRecord) -> Option<String> {
    let (persistence, stats) = (source.series("persistence")?, source.series("stats"));
    let failed = |name: &str, what: &str| {
        gauge(persistence, name).filter(|failed| failed.max > 0.0).map(|_| format!("the last {what} failed"))
    };
    let forks = stats.map(|stats| stats.counter("forks")).filter(|forks| *forks > 0.0);
    let forked = forks.map(|forks| {
        let took = stats.and_then(|stats| gauge(stats, "latest_fork_us")).map_or(0.0, |fork| fork.max);
        format!("{} forks of up to {}", human::count(forks as u64), human::time_us(took))
    });
    joined([
        forked,
        failed("last_save_failed", "snapshot"),
        failed("last_rewrite_failed", "rewrite"),
        failed("last_write_failed", "write"),
        if_any(persistence.counter("fsyncs_delayed"), "fsyncs delayed"),
    ])
}

fn redis_processes(source: &SourceRecord) -> Option<String> {
    let cpu = source.series("cpu")?;
    let busy = cores(source, cpu.counter("system_us") + cpu.counter("user_us"));
    joined([Some(busy), source.series("cgroup").and_then(held_back)])
}

fn processor(source: &SourceRecord) -> Option<String> {
    let processor = source.series("processor")?;
    let busy = gauge(processor, "busy_percent")?;
    let count = gauge(processor, "cores").map(|cores| human::things(cores.last as u64, "core"));
    joined([
        Some(format!(
            "{} busy in the mean, {} at most",
            human::share(busy.mean / 100.0),
            human::share(busy.max / 100.0)
        )),
        count,
        source.series("cgroup").and_then(held_back),
    ])
}

fn memory(source: &SourceRecord) -> Option<String> {
    let memory = source.series("memory")?;
    let (used, total) = (gauge(memory, "used_bytes")?, gauge(memory, "total_bytes")?);
    let swapped = gauge(memory, "swap_used_bytes").filter(|swapped| swapped.max > swapped.first);
    joined([
        Some(format!("{} of {} in use at most", bytes(used.max), bytes(total.last))),
        swapped.map(|swapped| format!("{} more swapped out", bytes(swapped.max - swapped.first))),
    ])
}

/// The disk that was the busiest.
fn disks(source: &SourceRecord) -> Option<String> {
    let busy = |row: &crate::record::RowRecord| row.counter("busy_us");
    let busiest = source.rows("disks").iter().max_by(|a, b| busy(a).total_cmp(&busy(b)))?;
    let rate = |name: &str| format!("{}/s", bytes(per_s(source, busiest.counter(name))));
    let share =
        busiest.gauges.get("busy_percent").map(|busy| format!("{} busy at most", human::share(busy.max / 100.0)));
    let traffic = format!("{}: {} written, {} read", busiest.name("disk"), rate("bytes_written"), rate("bytes_read"));
    joined([Some(traffic), share])
}

/// All interfaces but the loopback.
fn network(source: &SourceRecord) -> Option<String> {
    let rows = source.rows("network").iter().filter(|row| row.name("interface") != "lo");
    let sum = |name: &str| rows.clone().map(|row| row.counter(name)).sum::<f64>();
    let rate = |name: &str| format!("{}/s", bytes(per_s(source, sum(name))));
    let errors = sum("errors_received") + sum("errors_sent");
    let is_told = rows.clone().next().is_some();
    is_told.then(|| {
        joined([
            Some(format!("{} received, {} sent", rate("bytes_received"), rate("bytes_sent"))),
            if_any(errors, "errors"),
        ])
    })?
}

fn throng(source: &SourceRecord) -> Option<String> {
    let throng = source.series("throng")?;
    let resident = gauge(throng, "resident_bytes")?;
    Some(format!("{}, {} resident at most", cores(source, throng.counter("cpu_us")), bytes(resident.max)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{SamplerData, SamplerRecord};

    fn series(name: &str, counters: &[(&str, f64)], gauges: &[(&str, f64)]) -> SamplerRecord {
        let named = |figures: &[(&str, f64)]| {
            figures.iter().map(|(name, value)| ((*name).to_owned(), *value)).collect::<Vec<_>>()
        };
        let extent = |value| Extent { first: value, last: value, min: value, mean: value, max: value };
        SamplerRecord {
            name: name.to_owned(),
            period_s: 1.0,
            samples: 10,
            failed: 0,
            took_us: 1,
            resets: 0,
            data: SamplerData::Series(SeriesRecord {
                counters: named(counters).into_iter().collect(),
                gauges: named(gauges).into_iter().map(|(name, value)| (name, extent(value))).collect(),
                ..SeriesRecord::default()
            }),
        }
    }

    fn source(kind: &str, samplers: Vec<SamplerRecord>) -> SourceRecord {
        SourceRecord {
            name: kind.into(),
            kind: kind.into(),
            from_s: 5.0,
            to_s: 15.0,
            samplers,
            ..SourceRecord::default()
        }
    }

    fn told(source: &SourceRecord) -> Vec<(String, String)> {
        rows(source).into_iter().map(|row| (row[1].text.clone(), row[2].text.clone())).collect()
    }

    #[test]
    fn a_source_tells_what_it_knows_and_nothing_else() {
        let database = [
            ("commits", 1010.0),
            ("monitor_commits", 10.0),
            ("deadlocks", 2.0),
            ("blocks_hit", 3.0),
            ("blocks_read", 1.0),
        ];
        let postgres = source("postgres", vec![series("database", &database, &[])]);
        let lines = told(&postgres);
        let expected = [
            ("transactions", "1,000 committed (100/s)"),
            ("cache", "75.0 % of 4 blocks found in shared buffers"),
            ("trouble", "2 deadlocks"),
        ];
        assert_eq!(lines, expected.map(|(title, text)| (title.to_owned(), text.to_owned())));
        assert_eq!(told(&source("redis", Vec::new())), []);
    }

    #[test]
    fn what_could_not_be_seen_is_said_with_its_fix() {
        let mut record = crate::report::sample::empty();
        record.monitor.sources = vec![source("redis", Vec::new())];
        assert_eq!(section(&record), None);
        record.monitor.sources[0].missing =
            vec![MissingRecord { what: "it is blind".into(), fix: Some("ACL SETUSER app +info".into()) }];
        let section = section(&record).expect("a section");
        let [Block::Notes(notes)] = section.blocks.as_slice() else { panic!("{section:?}") };
        assert_eq!(notes[0].text, "redis: it is blind (`ACL SETUSER app +info`)");
    }
}
