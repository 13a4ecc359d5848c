//! Spikes that the server's own latency monitor noted: forks, slow system calls, eviction and expiry cycles.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

use futures_util::future::{FutureExt, LocalBoxFuture};

use super::super::link::{Link, command, failed};
use super::super::reply::{items, number, text};
use crate::monitor::sampler::{Keep, Kind, Row, SampleError, Sampler, Spec};

/// Adds up the spikes since the first look, by event.
pub(super) struct Latency {
    spec: Spec,
    link: Rc<Link>,
    events: BTreeMap<String, Event>,
    looked: bool,
}

/// Spikes of one kind.
#[derive(Debug, Clone, Copy, Default)]
struct Event {
    /// The second of the newest one that was counted.
    newest: i64,
    spikes: f64,
    time_us: f64,
    /// The longest since the last look.
    longest_us: Option<f64>,
}

impl Latency {
    pub(super) fn new(link: &Rc<Link>) -> Self {
        let figures = [("time_us", Kind::Counter), ("spikes", Kind::Counter), ("longest_us", Kind::Gauge)];
        Self {
            spec: Spec {
                name: "latency",
                period: Duration::from_secs(2),
                keep: Keep::Rows { most: 100, idle: false },
                keys: vec!["event"],
                notes: Vec::new(),
                figures: figures.to_vec(),
            },
            link: link.clone(),
            events: BTreeMap::new(),
            looked: false,
        }
    }

    async fn look(&mut self) -> Result<Vec<Row>, SampleError> {
        let latest = self.link.ask(&command(&["LATENCY", "LATEST"])).await.map_err(failed)?;
        self.events.values_mut().for_each(|event| event.longest_us = None);
        for about in items(&latest) {
            // name, second of the latest, …
            let [name, second, ..] = items(about) else { continue };
            let (name, second) = (text(name), number(second).unwrap_or(0));
            let known = self.events.get(&name).copied().unwrap_or_default();
            if second <= known.newest {
                continue;
            }
            let event = if self.looked { self.with_new_spikes(&name, known).await? } else { known };
            self.events.insert(name, Event { newest: second.max(event.newest), ..event });
        }
        self.looked = true;
        Ok(self.events.iter().map(|(name, event)| event.row(name)).collect())
    }

    /// The event with the spikes that came since. The server keeps one a second, and the last 160 of them.
    async fn with_new_spikes(&self, name: &str, mut event: Event) -> Result<Event, SampleError> {
        let history = self.link.ask(&command(&["LATENCY", "HISTORY", name])).await.map_err(failed)?;
        let counted = event.newest;
        for spike in items(&history) {
            let [second, took_ms] = items(spike) else { continue };
            let (Some(second), Some(took_ms)) = (number(second), number(took_ms)) else { continue };
            if second > counted {
                let took_us = took_ms as f64 * 1e3;
                event.newest = event.newest.max(second);
                event.spikes += 1.0;
                event.time_us += took_us;
                event.longest_us = Some(event.longest_us.unwrap_or(0.0).max(took_us));
            }
        }
        Ok(event)
    }
}

impl Event {
    fn row(&self, name: &str) -> Row {
        let figures = vec![Some(self.time_us), Some(self.spikes), self.longest_us];
        Row { keys: vec![name.to_owned()], figures, ..Row::default() }
    }
}

impl Sampler for Latency {
    fn spec(&self) -> &Spec {
        &self.spec
    }

    fn sample(&mut self) -> LocalBoxFuture<'_, Result<Vec<Row>, SampleError>> {
        self.look().boxed_local()
    }
}
