//! All targets of a plan, then this machine.

use super::{Checklist, http, machine, postgres, redis};
use crate::plan::Plan;
use crate::plan::target::SecretUrl;

/// Looks at everything that a run of `plan` would meet.
pub async fn examine(plan: &Plan) -> Vec<Checklist> {
    let mut lists = Vec::new();
    let connections = plan.targets.pools().filter_map(|(_, pool)| pool.size).map(u64::from).max();
    for (name, target) in &plan.targets.postgres {
        let items = postgres::examine(plan, name, target, connections).await;
        lists.push(checklist(name, "postgres", target.url.as_ref(), items));
    }
    for (name, target) in &plan.targets.redis {
        let items = redis::examine(plan, name, target, connections).await;
        lists.push(checklist(name, "redis", target.url.as_ref(), items));
    }
    for (name, target) in &plan.targets.http {
        let items = http::examine(plan, name, target).await;
        lists.push(checklist(name, "http", target.url.as_ref(), items));
    }
    lists.push(checklist("machine", "machine", None, machine::examine(connections)));
    lists
}

fn checklist(subject: &str, kind: &'static str, url: Option<&SecretUrl>, items: Vec<super::Item>) -> Checklist {
    let address = url.map(SecretUrl::to_string).unwrap_or_default();
    Checklist { subject: subject.to_owned(), kind, address, items }
}
