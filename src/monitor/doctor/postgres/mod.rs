//! The checks of a PostgreSQL: `facts` asks, and each theme judges.

mod connections;
mod facts;
mod place;
mod rights;
mod sessions;
mod statements;
mod tables;
mod transport;

use facts::Facts;

use super::{Item, refusal, round_trips};
use crate::monitor::probe;
use crate::plan::Plan;
use crate::plan::target::PostgresTarget;

/// All themes, in the order in which they are shown.
const CHECKS: [fn(&Facts) -> Vec<Item>; 7] = [
    place::check,
    transport::check,
    rights::check,
    tables::check,
    connections::check,
    sessions::check,
    statements::check,
];

/// Looks at one target.
pub(super) async fn examine(plan: &Plan, name: &str, target: &PostgresTarget, connections: Option<u64>) -> Vec<Item> {
    let probed = match probe::postgres(name, target, &plan.limits).await {
        Ok(probed) => probed,
        Err(error) => return refusal::items(&error, "PostgreSQL"),
    };
    let version = probed.version.clone();
    match Facts::ask(plan, name, target, probed, connections).await {
        Ok((facts, times)) => {
            let mut items = vec![Item::ok("reachable", "it answers"), Item::ok("version", version)];
            items.extend(round_trips::judge(times));
            items.extend(CHECKS.iter().flat_map(|check| check(&facts)));
            items
        }
        Err(failure) => vec![Item::fail("reachable", failure.to_string(), "it answered once: see the server's log")],
    }
}
