//! What a Redis tells of its time for a command: `commandstats`, over all who sent it.
//!
//! The mean time of a call is that of every client, so each of the users' calls is taken to have had as much. Redis does
//! one thing at a time: what a command waits for others in it, it does not tell, and is on the way there and back.

use super::known::{Known, Waited};
use crate::record::SourceRecord;

/// What labels of single commands begin with.
const PREFIX: &str = "redis.";

/// Commands that wait for somebody else and do nothing meanwhile.
const WAITING: [&str; 15] = [
    "blmove",
    "blmpop",
    "blpop",
    "brpop",
    "brpoplpush",
    "bzmpop",
    "bzpopmax",
    "bzpopmin",
    "psubscribe",
    "ssubscribe",
    "subscribe",
    "wait",
    "waitaof",
    "xread",
    "xreadgroup",
];

/// Calls that bring several commands, which are counted each under its own name.
const SEVERAL: [&str; 3] = ["pipeline", "script", "transaction"];

/// What is known of a command that the clients waited for so; nothing of several that were sent together, whose parts
/// Redis counts among those that were sent alone.
pub(super) fn known(source: &SourceRecord, label: &str, waited: Waited) -> Known {
    let server_us = label.strip_prefix(PREFIX).and_then(|command| mean_us(source, command)).map(|us| us * waited.count);
    Known { server_share: server_us.and_then(|server_us| waited.share(server_us)), events: Vec::new() }
}

/// The mean time of a call in µs; none if Redis did not count it, or not all the while.
fn mean_us(source: &SourceRecord, command: &str) -> Option<f64> {
    let counted = source.sampler("commands").is_some_and(|sampler| sampler.resets == 0) && source.is_whole("commands");
    if !counted || WAITING.contains(&command) || SEVERAL.contains(&command) {
        return None;
    }
    let row = source.rows("commands").iter().find(|row| row.name("command") == command)?;
    let (calls, time_us) = (row.counter("calls"), row.counter("time_us"));
    (calls > 0.0).then(|| time_us / calls)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{RowRecord, RowsRecord, SamplerData, SamplerRecord};

    /// A Redis that took 10 µs for each of 500 `get`s and of 100 `blpop`s.
    fn source(resets: u64) -> SourceRecord {
        let row = |command: &str, calls: f64| RowRecord {
            names: [("command".to_owned(), command.to_owned())].into(),
            counters: [("calls".to_owned(), calls), ("time_us".to_owned(), 10.0 * calls)].into(),
            ..RowRecord::default()
        };
        let rows = RowsRecord { rows: vec![row("get", 500.0), row("blpop", 100.0)], left_out: 0 };
        let (name, data) = ("commands".to_owned(), SamplerData::Rows(rows));
        let sampler = SamplerRecord { name, period_s: 5.0, samples: 2, failed: 0, took_us: 1, resets, data };
        SourceRecord { kind: "redis".into(), samplers: vec![sampler], ..SourceRecord::default() }
    }

    fn share(label: &str, resets: u64) -> Option<f64> {
        known(&source(resets), label, Waited { us: 40_000.0, count: 200.0, failed_us: 0.0 }).server_share
    }

    #[test]
    fn each_call_of_the_users_has_the_mean_of_all() {
        assert_eq!(share("redis.get", 0), Some(0.05));
    }

    #[test]
    fn nothing_is_told_of_what_waits_comes_together_or_was_counted_anew() {
        for (label, resets) in [("redis.blpop", 0), ("redis.script", 0), ("redis.set", 0), ("get", 0), ("redis.get", 1)]
        {
            assert_eq!(share(label, resets), None, "{label}");
        }
    }
}
