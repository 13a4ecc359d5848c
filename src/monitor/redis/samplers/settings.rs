//! Settings that explain what a server does. Read one by one, so that no password is among them.

use std::rc::Rc;
use std::time::Duration;

use futures_util::future::{FutureExt, LocalBoxFuture};

use super::super::link::{Link, command, failed};
use super::super::reply::pairs;
use crate::monitor::sampler::{Keep, Row, SampleError, Sampler, Spec};

/// By their names in `CONFIG`; a server that does not have one says nothing.
const SETTINGS: [&str; 21] = [
    "activedefrag",
    "appendfsync",
    "appendonly",
    "client-output-buffer-limit",
    "databases",
    "hz",
    "io-threads",
    "latency-monitor-threshold",
    "lazyfree-lazy-eviction",
    "lazyfree-lazy-expire",
    "lazyfree-lazy-user-del",
    "maxclients",
    "maxmemory",
    "maxmemory-policy",
    "maxmemory-samples",
    "no-appendfsync-on-rewrite",
    "save",
    "slowlog-log-slower-than",
    "slowlog-max-len",
    "stop-writes-on-bgsave-error",
    "timeout",
];

/// Reads them once.
pub(super) struct Settings {
    spec: Spec,
    link: Rc<Link>,
}

impl Settings {
    pub(super) fn new(link: &Rc<Link>) -> Self {
        Self {
            spec: Spec {
                name: "settings",
                period: Duration::ZERO,
                keep: Keep::Facts,
                keys: Vec::new(),
                notes: SETTINGS.to_vec(),
                figures: Vec::new(),
            },
            link: link.clone(),
        }
    }
}

impl Sampler for Settings {
    fn spec(&self) -> &Spec {
        &self.spec
    }

    fn sample(&mut self) -> LocalBoxFuture<'_, Result<Vec<Row>, SampleError>> {
        async {
            let questions = SETTINGS.map(|name| command(&["CONFIG", "GET", name]));
            let replies = self.link.ask_all(&questions).await.map_err(failed)?;
            let value = |reply| pairs(reply).into_iter().next().map(|(_, value)| value).unwrap_or_default();
            Ok(vec![Row { notes: replies.iter().map(value).collect(), ..Row::default() }])
        }
        .boxed_local()
    }
}
