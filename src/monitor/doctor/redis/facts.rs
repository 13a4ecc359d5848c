//! What a Redis tells about itself, as far as the user may know.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use redis::Value;

use super::super::round_trips::QUESTIONS;
use crate::drivers::Failure;
use crate::drivers::redis::{Command, Pool};
use crate::monitor::PATIENCE;
use crate::monitor::redis::{fields, pairs, text};
use crate::plan::target::RedisTarget;
use crate::plan::{Plan, safety};

/// What the checks judge.
#[derive(Debug, Clone, Default)]
pub(super) struct Facts {
    /// What safety would say, with the hint.
    pub danger: Option<String>,
    /// Whether it is on this machine.
    pub is_here: bool,
    /// Whether the way there is encrypted.
    pub tls: bool,
    /// The fields of `INFO`.
    pub info: BTreeMap<String, String>,
    /// Commands that were refused for lack of rights, as an ACL would name them.
    pub refused: Vec<&'static str>,
    /// When snapshots are taken, as `CONFIG GET save` says it.
    pub save: Option<String>,
    /// From how many milliseconds on the server notes a spike of latency; 0 is never.
    pub latency_threshold: Option<String>,
    /// Keys in the database.
    pub keys: Option<i64>,
    /// Connections that were asked for.
    pub wanted: Option<u64>,
}

/// What a report on a Redis needs, and how an ACL names it.
const LOOKS: [(&[&str], &str); 5] = [
    (&["SLOWLOG", "LEN"], "+slowlog"),
    (&["LATENCY", "LATEST"], "+latency"),
    (&["CONFIG", "GET", "save"], "+config|get"),
    (&["CONFIG", "GET", "latency-monitor-threshold"], "+config|get"),
    (&["DBSIZE"], "+dbsize"),
];

impl Facts {
    /// Asks; also the times of [`QUESTIONS`] round trips.
    pub async fn ask(
        plan: &Plan,
        name: &str,
        target: &RedisTarget,
        wanted: Option<u64>,
    ) -> Result<(Self, Vec<Duration>), Failure> {
        let pool = Pool::new(name, target, 1, &plan.limits)?;
        let mut connection = pool.acquire().await?;
        let url = target.url.as_ref();
        let mut facts = Self {
            danger: url.and_then(|url| safety::danger_of(plan, name, url)).map(|danger| danger.to_string()),
            is_here: url.is_none_or(safety::is_here),
            tls: url.is_some_and(|url| url.reveal().starts_with("rediss://")),
            wanted,
            ..Self::default()
        };
        facts.info = fields(&text(&connection.call(&command(&["INFO"]), PATIENCE).await?));
        for (words, right) in LOOKS {
            match connection.call(&command(words), PATIENCE).await {
                Ok(Value::Int(count)) if words == ["DBSIZE"] => facts.keys = Some(count),
                Ok(reply) if words[0] == "CONFIG" => {
                    let value = pairs(&reply).pop().map(|(_, value)| value);
                    *(if words[2] == "save" { &mut facts.save } else { &mut facts.latency_threshold }) = value;
                }
                Ok(_) => {}
                Err(Failure::Redis { .. }) if facts.refused.contains(&right) => {}
                Err(Failure::Redis { .. }) => facts.refused.push(right),
                Err(failure) => return Err(failure),
            }
        }
        let mut times = Vec::with_capacity(QUESTIONS);
        for _ in 0..QUESTIONS {
            let asked = Instant::now();
            connection.call(&command(&["PING"]), PATIENCE).await?;
            times.push(asked.elapsed());
        }
        drop(connection);
        pool.close().await;
        Ok((facts, times))
    }

    /// A field of `INFO`, empty if it is not there.
    pub fn info(&self, name: &str) -> &str {
        self.info.get(name).map(String::as_str).unwrap_or_default()
    }

    /// A field of `INFO` that is a number.
    pub fn number(&self, name: &str) -> Option<u64> {
        self.info(name).parse().ok()
    }
}

fn command(words: &[&str]) -> Command {
    let mut command = Command::new(words[0].as_bytes());
    command.args(&words[1..]);
    command
}
