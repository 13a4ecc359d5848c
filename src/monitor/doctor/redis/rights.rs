//! What the user may look at.

use super::Item;
use super::facts::Facts;

pub(super) fn check(facts: &Facts) -> Vec<Item> {
    let check = "see the server";
    vec![seen(facts, check), spikes(facts)]
}

/// Whether the server notes what holds it up.
fn spikes(facts: &Facts) -> Item {
    let check = "latency monitor";
    match facts.latency_threshold.as_deref() {
        Some("0") => {
            Item::note(check, "off: spikes are not noted; `CONFIG SET latency-monitor-threshold 10` has it note them")
        }
        Some(threshold) => Item::ok(check, format!("notes spikes from {threshold} ms on")),
        None => Item::note(check, "it can't be seen whether it is on"),
    }
}

fn seen(facts: &Facts, check: &'static str) -> Item {
    match facts.refused.as_slice() {
        [] => Item::ok(check, "INFO, SLOWLOG, LATENCY and CONFIG GET answer"),
        refused => Item::warn(
            check,
            format!("refused: {}", refused.join(" ").replace('+', "")),
            format!("`ACL SETUSER name {}`", refused.join(" ")),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_refused_comes_with_the_acl_that_grants_it() {
        let facts = Facts { refused: vec!["+slowlog", "+config|get"], ..Facts::default() };
        assert_eq!(
            check(&facts)[0],
            Item::warn("see the server", "refused: slowlog config|get", "`ACL SETUSER name +slowlog +config|get`")
        );
    }
}
