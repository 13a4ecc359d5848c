//! Commands that took long, by command and kind of key. What else they were given may hold secrets, and is not kept.

use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;
use std::time::Duration;

use futures_util::future::{FutureExt, LocalBoxFuture};
use redis::Value;

use super::super::link::{Link, NAME, command, failed};
use super::super::reply::{items, number, text};
use super::super::shape;
use crate::monitor::sampler::{Keep, Kind, Row, SampleError, Sampler, Spec};

/// As many entries as the server keeps unless told otherwise.
const MOST_ENTRIES: &str = "128";

/// More pairs of command and key than this are not told apart.
const MOST_PAIRS: usize = 200;

/// Under this name stand entries that the server had thrown away before anybody could see them.
const UNSEEN: &str = "(not seen)";

/// Under this name stand entries of pairs for which there was no room.
const OTHERS: &str = "(other commands)";

/// Adds up what the log has had since the first look.
pub(super) struct Slowlog {
    spec: Spec,
    link: Rc<Link>,
    /// The number of the newest entry of the last look, once there was one; they are counted from 0.
    newest: Option<i64>,
    sums: BTreeMap<[String; 2], Sum>,
    /// Which argument of a command is its first key, as far as the server may be asked.
    key_positions: HashMap<String, Option<usize>>,
    may_ask: bool,
}

/// What one command took on one kind of key.
#[derive(Debug, Clone, Copy, Default)]
struct Sum {
    entries: f64,
    time_us: f64,
    /// The longest since the last look.
    longest_us: Option<f64>,
}

/// An entry of the log, as far as it is looked at.
struct Entry {
    took_us: f64,
    words: Vec<String>,
}

impl Slowlog {
    /// `may_ask` is whether the server tells which arguments of a command are keys.
    pub(super) fn new(link: &Rc<Link>, may_ask: bool) -> Self {
        let figures = [("entries", Kind::Counter), ("time_us", Kind::Counter), ("longest_us", Kind::Gauge)];
        Self {
            spec: Spec {
                name: "slowlog",
                period: Duration::from_secs(1),
                keep: Keep::Rows { most: MOST_PAIRS, idle: false },
                keys: vec!["command", "key"],
                notes: Vec::new(),
                figures: figures.to_vec(),
            },
            link: link.clone(),
            newest: None,
            sums: BTreeMap::new(),
            key_positions: HashMap::new(),
            may_ask,
        }
    }

    async fn look(&mut self) -> Result<Vec<Row>, SampleError> {
        let reply = self.link.ask(&command(&["SLOWLOG", "GET", MOST_ENTRIES])).await.map_err(failed)?;
        let newest = items(&reply).iter().filter_map(|entry| items(entry).first().and_then(number)).max();
        let Some(seen) = self.newest.replace(newest.or(self.newest).unwrap_or(-1)) else { return Ok(Vec::new()) };
        self.sums.values_mut().for_each(|sum| sum.longest_us = None);
        // Numbers begin anew with the server.
        let seen = if newest.is_some_and(|newest| newest < seen) { -1 } else { seen };
        let fresh: Vec<Entry> = items(&reply).iter().filter_map(|entry| self.entry(entry, seen)).collect();
        let oldest = items(&reply).iter().filter_map(|entry| items(entry).first().and_then(number)).min();
        let unseen = oldest.map_or(0, |oldest| (oldest - seen - 1).max(0));
        if unseen > 0 {
            self.sums.entry([UNSEEN.to_owned(), String::new()]).or_default().entries += unseen as f64;
        }
        for entry in fresh {
            let names = self.names(&entry.words).await;
            self.add(names, entry.took_us);
        }
        Ok(self.sums.iter().map(|(keys, sum)| sum.row(keys)).collect())
    }

    fn add(&mut self, names: [String; 2], took_us: f64) {
        // Two places are left to what is told of as one.
        let known = self.sums.contains_key(&names) || self.sums.len() < MOST_PAIRS - 2;
        let names = if known { names } else { [OTHERS.to_owned(), String::new()] };
        let sum = self.sums.entry(names).or_default();
        sum.entries += 1.0;
        sum.time_us += took_us;
        sum.longest_us = Some(sum.longest_us.unwrap_or(0.0).max(took_us));
    }

    /// An entry that is new and not the monitor's own.
    fn entry(&self, entry: &Value, seen: i64) -> Option<Entry> {
        let [number, _, took, words, rest @ ..] = items(entry) else { return None };
        let (number, took) = (self::number(number)?, self::number(took)?);
        let of_monitor = rest.get(1).is_some_and(|client| text(client) == NAME);
        (number > seen && !of_monitor)
            .then(|| Entry { took_us: took as f64, words: items(words).iter().map(text).collect() })
    }

    /// The command and the kind of key that it was about.
    async fn names(&mut self, words: &[String]) -> [String; 2] {
        let name = words.first().map(String::as_str).unwrap_or_default();
        let position = self.key_position(name).await;
        let key = position.and_then(|position| words.get(position)).map(|key| shape::of_key(key));
        let command = shape::command_name(name, words.get(1).map(String::as_str));
        [command, key.unwrap_or_default()]
    }

    /// Which argument of a command is its first key, if that is known.
    async fn key_position(&mut self, name: &str) -> Option<usize> {
        let name = name.to_ascii_lowercase();
        if let Some(known) = self.key_positions.get(&name) {
            return *known;
        }
        if !self.may_ask {
            return None;
        }
        // name, arity, flags, first key, …
        let reply = self.link.ask(&command(&["COMMAND", "INFO", &name])).await.ok()?;
        let first = items(&reply).first().and_then(|about| items(about).get(3)).and_then(number);
        let position = first.and_then(|first| usize::try_from(first).ok()).filter(|first| *first > 0);
        self.key_positions.insert(name, position);
        position
    }
}

impl Sum {
    fn row(&self, keys: &[String; 2]) -> Row {
        let figures = vec![Some(self.entries), Some(self.time_us), self.longest_us];
        Row { keys: keys.to_vec(), figures, ..Row::default() }
    }
}

impl Sampler for Slowlog {
    fn spec(&self) -> &Spec {
        &self.spec
    }

    fn sample(&mut self) -> LocalBoxFuture<'_, Result<Vec<Row>, SampleError>> {
        self.look().boxed_local()
    }
}
