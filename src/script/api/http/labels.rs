//! The names under which the figures of requests are kept.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use mlua::Lua;

use super::client::DEFAULT_TARGET;
use crate::drivers::http::Opening;
use crate::script::host::Host;
use crate::stats::{MetricKey, MetricKind};

/// How many names the requests of one worker may have; what comes after them goes under [`OTHERS`].
const MOST_LABELS: usize = 500;

/// The name for requests beyond the most.
const OTHERS: &str = "(others)";

/// Answers of 400 and above whose request had no `expect`; a finding is made of them.
const UNASKED: &str = "http_unasked";

/// A name with the metrics that are kept under it.
pub(in crate::script::api) struct Label {
    /// The name as the table of statements has it.
    pub(in crate::script::api) text: Arc<str>,
    tags: Vec<(String, String)>,
    dns: MetricKey,
    connect: MetricKey,
    tls: MetricKey,
    first_byte: MetricKey,
    retries: MetricKey,
    responses: RefCell<HashMap<u16, MetricKey>>,
    unasked: RefCell<HashMap<u16, MetricKey>>,
}

impl Label {
    fn new(target: Option<&str>, text: &str) -> Self {
        let mut tags = vec![("request".to_owned(), text.to_owned())];
        tags.extend(target.map(|target| ("target".to_owned(), target.to_owned())));
        let trend = |name: &str| MetricKey { name: name.to_owned(), kind: MetricKind::Trend, tags: tags.clone() };
        Self {
            text: text.into(),
            dns: trend("http_dns_ms"),
            connect: trend("http_connect_ms"),
            tls: trend("http_tls_ms"),
            first_byte: trend("http_first_byte_ms"),
            retries: counter("http_retries", &tags),
            responses: RefCell::default(),
            unasked: RefCell::default(),
            tags,
        }
    }

    /// The label of that name at a target.
    pub(in crate::script::api) fn of(lua: &Lua, target: &str, name: &str) -> Rc<Self> {
        let labels = Labels::of(lua);
        let mut targets = labels.0.borrow_mut();
        if !targets.contains_key(target) {
            targets.insert(target.to_owned(), HashMap::new());
        }
        let known = targets.get_mut(target).expect("it has just been put there");
        let name = if known.len() < MOST_LABELS || known.contains_key(name) { name } else { OTHERS };
        if let Some(label) = known.get(name) {
            return label.clone();
        }
        let label = Rc::new(Self::new((target != DEFAULT_TARGET).then_some(target), name));
        known.insert(name.to_owned(), label.clone());
        label
    }

    /// The tags of its metrics, in the order of their names.
    pub(in crate::script::api) fn tags(&self) -> &[(String, String)] {
        &self.tags
    }

    /// Counts the steps to a connection that was opened for the request.
    pub(in crate::script::api) fn opened(&self, host: &Host, opening: Opening) {
        host.count_metric(&self.dns, ms(opening.dns));
        host.count_metric(&self.connect, ms(opening.connect));
        if let Some(tls) = opening.tls {
            host.count_metric(&self.tls, ms(tls));
        }
    }

    /// Counts an answer: how long its beginning took, and its status.
    pub(super) fn answered(&self, host: &Host, status: u16, first_byte: Duration) {
        host.count_metric(&self.first_byte, ms(first_byte));
        self.count(host, "http_responses", &self.responses, status);
    }

    /// Counts an answer of 400 or above to a request that said nothing of the status it expects.
    pub(super) fn unasked(&self, host: &Host, status: u16) {
        self.count(host, UNASKED, &self.unasked, status);
    }

    fn count(&self, host: &Host, name: &str, keys: &RefCell<HashMap<u16, MetricKey>>, status: u16) {
        let mut keys = keys.borrow_mut();
        let key = keys.entry(status).or_insert_with(|| {
            let mut tags = self.tags.clone();
            tags.insert(1, ("status".to_owned(), status.to_string()));
            counter(name, &tags)
        });
        host.count_metric(key, 1.0);
    }

    /// Counts a request that was sent again because its connection had been closed.
    pub(super) fn retried(&self, host: &Host) {
        host.count_metric(&self.retries, 1.0);
    }
}

fn counter(name: &str, tags: &[(String, String)]) -> MetricKey {
    MetricKey { name: name.to_owned(), kind: MetricKind::Counter, tags: tags.to_vec() }
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

/// The labels of one Lua state, by target and name.
#[derive(Clone, Default)]
struct Labels(Rc<RefCell<HashMap<String, ByName>>>);

/// The labels of one target.
type ByName = HashMap<String, Rc<Label>>;

impl Labels {
    fn of(lua: &Lua) -> Self {
        if let Some(labels) = lua.app_data_ref::<Self>() {
            return labels.clone();
        }
        let labels = Self::default();
        lua.set_app_data(labels.clone());
        labels
    }
}

/// The name of a request that was given none: its method and path, with a placeholder for each part that looks like the
/// id of something, and without its query.
pub(super) fn derived(method: &str, path: &str) -> String {
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let part = |part: &str| if is_id(part) { "{id}".to_owned() } else { part.to_owned() };
    let parts: Vec<String> = path.split('/').map(part).collect();
    format!("{method} {}", parts.join("/"))
}

/// Whether a part of a path is a number, a UUID or a hash rather than a word.
fn is_id(part: &str) -> bool {
    let hex = |b: u8| b.is_ascii_hexdigit() || b == b'-';
    let digits = part.bytes().filter(u8::is_ascii_digit).count();
    digits > 0 && (digits == part.len() || part.len() >= 16 && part.bytes().all(hex))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_do_not_become_names() {
        for (path, name) in [
            ("/members/71?page=2", "GET /members/{id}"),
            ("/", "GET /"),
            ("/files/9f86d081884c7d659a2feaa0c55ad015/v2", "GET /files/{id}/v2"),
            ("/jobs/6a2f41a3-c54c-fce8-32d2-0324e1c32e22", "GET /jobs/{id}"),
            ("/feed/decade", "GET /feed/decade"),
        ] {
            assert_eq!(derived("GET", path), name);
        }
    }
}
