//! The checks of a Redis: `facts` asks, and each theme judges.

mod data;
mod facts;
mod place;
mod rights;

use facts::Facts;

use super::{Item, refusal, round_trips};
use crate::monitor::probe;
use crate::plan::Plan;
use crate::plan::target::RedisTarget;

/// All themes, in the order in which they are shown.
const CHECKS: [fn(&Facts) -> Vec<Item>; 3] = [place::check, rights::check, data::check];

/// Looks at one target.
pub(super) async fn examine(plan: &Plan, name: &str, target: &RedisTarget, connections: Option<u64>) -> Vec<Item> {
    let probed = match probe::redis(name, target, &plan.limits).await {
        Ok(probed) => probed,
        Err(error) => return refusal::items(&error, "Redis"),
    };
    match Facts::ask(plan, name, target, connections).await {
        Ok((facts, times)) => {
            let mut items = vec![Item::ok("reachable", "it answers"), Item::ok("version", probed.version)];
            items.extend(round_trips::judge(times));
            items.extend(CHECKS.iter().flat_map(|check| check(&facts)));
            items
        }
        Err(failure) => vec![Item::fail("reachable", failure.to_string(), "it answered once: see the server's log")],
    }
}
