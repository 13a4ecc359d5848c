//! The checks of an HTTP server: is it there, is it meant, does it keep connections open?

use std::time::{Duration, Instant};

use super::{Item, refusal, round_trips};
use crate::drivers::Failure;
use crate::drivers::http::{HeaderMap, Lease, Method, Payload, Pool};
use crate::monitor::{PATIENCE, probe};
use crate::plan::target::HttpTarget;
use crate::plan::{Plan, safety};

/// How often the server is asked: few, since nobody knows what its first page costs it.
const QUESTIONS: usize = 5;

/// Looks at one target.
pub(super) async fn examine(plan: &Plan, name: &str, target: &HttpTarget) -> Vec<Item> {
    if let Err(error) = probe::http(name, target, &plan.limits).await {
        return refusal::items(&error, "HTTP server");
    }
    let mut items = vec![Item::ok("reachable", "it takes connections"), production(plan, name, target)];
    match Facts::ask(plan, name, target).await {
        Ok(facts) => {
            items.extend([facts.answers(), facts.tls(target), facts.keep_alive()]);
            items.extend(round_trips::judge(facts.times));
        }
        Err(failure) => items.push(Item::fail(
            "answers",
            failure.to_string(),
            "see the server's log; `curl -I URL` shows what it says to others",
        )),
    }
    items
}

/// What the server says when it is asked for its first page's head.
#[derive(Debug, Default)]
struct Facts {
    status: u16,
    server: Option<String>,
    is_encrypted: bool,
    /// Connections that it took to ask.
    connects: u64,
    times: Vec<Duration>,
}

impl Facts {
    async fn ask(plan: &Plan, name: &str, target: &HttpTarget) -> Result<Self, Failure> {
        let pool = Pool::new(name, target, 1, &plan.limits)?;
        let mut facts = Self { is_encrypted: pool.address().is_encrypted(), ..Self::default() };
        for _ in 0..QUESTIONS {
            let mut lease = pool.acquire().await?;
            let begun = Instant::now();
            let asked = tokio::time::timeout(PATIENCE, facts.head(&pool, &mut lease)).await;
            asked.map_err(|_| Failure::Timeout { what: "`HEAD`".to_owned(), limit: PATIENCE })??;
            facts.times.push(begun.elapsed());
        }
        facts.connects = pool.status().connects;
        Ok(facts)
    }

    async fn head(&mut self, pool: &Pool, lease: &mut Lease) -> Result<(), Failure> {
        let path = pool.address().uri("").filter(|uri| uri.path() != "").or_else(|| pool.address().uri("/"));
        let uri = path.unwrap_or_default();
        let request = pool.address().request(Method::HEAD, uri, HeaderMap::new(), Payload::default());
        let head = lease.send(request).await.map_err(|unanswered| unanswered.failure)?;
        self.status = head.status.as_u16();
        self.server = head.headers.get("server").and_then(|value| value.to_str().ok()).map(str::to_owned);
        while lease.chunk().await?.is_some() {}
        Ok(())
    }

    fn answers(&self) -> Item {
        let by = self.server.as_ref().map(|server| format!(" by `{server}`")).unwrap_or_default();
        let found = format!("status {} to `HEAD`{by}", self.status);
        match self.status {
            500.. => Item::warn("answers", found, "see the server's log: it is in trouble before there is any load"),
            401 | 403 => Item::note("answers", format!("{found}: it wants a login, in the URL or the scenario")),
            _ => Item::ok("answers", found),
        }
    }

    fn tls(&self, target: &HttpTarget) -> Item {
        match (self.is_encrypted, target.url.as_ref().is_none_or(safety::is_here)) {
            (true, _) => Item::ok("tls", "in use"),
            (false, true) => Item::ok("tls", "none, and the server is on this machine"),
            (false, false) => Item::warn("tls", "none: passwords and data travel in the clear", "use `https://`"),
        }
    }

    fn keep_alive(&self) -> Item {
        match self.connects {
            1 => Item::ok("keep-alive", format!("one connection for {QUESTIONS} requests")),
            connects => Item::warn(
                "keep-alive",
                format!("{connects} connections for {QUESTIONS} requests: each request would wait for a new one"),
                "have the server, or the proxy before it, keep connections open; `pool` tells what it costs",
            ),
        }
    }
}

fn production(plan: &Plan, name: &str, target: &HttpTarget) -> Item {
    match target.url.as_ref().and_then(|url| safety::danger_of(plan, name, url)) {
        None => Item::ok("production", "nothing says that it is"),
        Some(danger) => {
            let danger = danger.to_string();
            let (found, fix) = danger.split_once("\nhint: ").unwrap_or((&danger, "add `--force` to the run"));
            Item::fail("production", found, fix)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::State;
    use super::*;

    #[test]
    fn a_server_in_trouble_and_one_that_hangs_up_are_seen() {
        let facts = |status, connects| Facts { status, connects, ..Facts::default() };
        assert_eq!(facts(200, 1).answers().state, State::Ok);
        assert_eq!(facts(401, 1).answers().state, State::Note);
        assert_eq!(facts(503, 1).answers().state, State::Warn);
        assert_eq!(facts(200, 1).keep_alive().state, State::Ok);
        assert_eq!(facts(200, 5).keep_alive().state, State::Warn);
    }
}
