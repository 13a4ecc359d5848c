//! One Redis as a source to be watched.

use std::rc::Rc;

use super::super::watch::Source;
use super::link::{Link, command};
use super::reply::{fields, pairs, text};
use super::{rights, samplers};
use crate::drivers::Failure;
use crate::plan::Limits;
use crate::plan::target::RedisTarget;
use crate::record::{MissingRecord, SourceRecord};

/// Opens a connection to a target, and finds out what can be seen of it.
pub(in crate::monitor) async fn source(name: &str, target: &RedisTarget, limits: &Limits) -> Source {
    let about = SourceRecord { name: name.to_owned(), kind: "redis".to_owned(), ..SourceRecord::default() };
    let mut source = Source::unseen(about);
    if let Err(failure) = open(&mut source, name, target, limits).await {
        let what = format!("the server can't be watched: {failure}");
        source.about.missing.push(MissingRecord { what, fix: None });
    }
    source
}

async fn open(source: &mut Source, name: &str, target: &RedisTarget, limits: &Limits) -> Result<(), Failure> {
    let link = Rc::new(Link::new(name, target, limits)?);
    let (rights, missing) = rights::ask(&link).await?;
    source.about.missing = missing;
    let mut version = 0;
    if rights.info {
        let server = fields(&text(&link.ask(&command(&["INFO", "server"])).await?));
        source.about.version = server.get("redis_version").cloned();
        version = source.about.version.as_deref().map_or(0, ordinal);
    }
    if rights.config && rights.latency {
        let threshold = pairs(&link.ask(&command(&["CONFIG", "GET", THRESHOLD])).await?);
        source.about.missing.extend(threshold.iter().any(|(_, value)| value == "0").then(not_noted));
    }
    source.samplers = samplers::all(&link, version, rights);
    Ok(())
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
