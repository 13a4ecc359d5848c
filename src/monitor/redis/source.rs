//! One Redis as a source to be watched.

use std::collections::BTreeMap;
use std::path::Path;
use std::rc::Rc;

use super::super::process::{self, Claim, Family};
use super::super::watch::Source;
use super::link::{Link, command};
use super::reply::{fields, pairs, text};
use super::{rights, samplers};
use crate::drivers::Failure;
use crate::plan::Plan;
use crate::plan::target::RedisTarget;
use crate::record::{MissingRecord, SourceRecord};

/// Opens a connection to a target, and finds out what can be seen of it.
pub(in crate::monitor) async fn source(name: &str, target: &RedisTarget, plan: &Plan) -> Source {
    let about = SourceRecord { name: name.to_owned(), kind: "redis".to_owned(), ..SourceRecord::default() };
    let mut source = Source::unseen(about);
    if let Err(failure) = open(&mut source, name, target, plan).await {
        let what = format!("the server can't be watched: {failure}");
        source.about.missing.push(MissingRecord { what, fix: None });
    }
    source
}

async fn open(source: &mut Source, name: &str, target: &RedisTarget, plan: &Plan) -> Result<(), Failure> {
    let link = Rc::new(Link::new(name, target, &plan.limits)?);
    let (rights, missing) = rights::ask(&link).await?;
    source.about.missing = missing;
    let mut version = 0;
    let mut processes = Vec::new();
    if rights.info {
        let server = fields(&text(&link.ask(&command(&["INFO", "server"])).await?));
        source.about.version = server.get("redis_version").cloned();
        version = source.about.version.as_deref().map_or(0, ordinal);
        if plan.monitor.host {
            processes = process::samplers(family(&server), None);
        }
    }
    if rights.config && rights.latency {
        let threshold = pairs(&link.ask(&command(&["CONFIG", "GET", THRESHOLD])).await?);
        source.about.missing.extend(threshold.iter().any(|(_, value)| value == "0").then(not_noted));
    }
    source.samplers = samplers::all(&link, version, rights, plan.monitor.big_keys);
    source.samplers.extend(processes);
    Ok(())
}

/// The server's process, if it is on this machine, by what `INFO` says of it.
fn family(server: &BTreeMap<String, String>) -> Option<Family> {
    let number = |name: &str| server.get(name)?.parse::<f64>().ok();
    let now_s = number("server_time_usec").map_or_else(|| jiff::Timestamp::now().as_second() as f64, |us| us / 1e6);
    let claim = Claim { pid: server.get("process_id")?.parse().ok()?, started_s: now_s - number("uptime_in_seconds")? };
    let program = Path::new(server.get("executable")?).file_name()?.to_str()?;
    Family::of(claim, program)
}

/// From how many milliseconds on the server notes a spike; 0 is never.
const THRESHOLD: &str = "latency-monitor-threshold";

fn not_noted() -> MissingRecord {
    MissingRecord {
        what: format!("the server notes no spikes of latency, since its {THRESHOLD} is 0"),
        fix: Some(format!("CONFIG SET {THRESHOLD} 10")),
    }
}

/// A version as a number that can be compared: 7.2.4 is 702.
fn ordinal(version: &str) -> u32 {
    let mut parts = version.split('.').map(|part| part.parse::<u32>().unwrap_or(0));
    parts.next().unwrap_or(0) * 100 + parts.next().unwrap_or(0).min(99)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_compare_as_numbers() {
        assert_eq!((ordinal("7.0.15"), ordinal("6.2.0"), ordinal("unheard of")), (700, 602, 0));
    }
}
