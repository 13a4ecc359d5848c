//! What the user may look at.

use super::Item;
use super::facts::Facts;

pub(super) fn check(facts: &Facts) -> Vec<Item> {
    let check = "see the server";
    vec![match facts.refused.as_slice() {
        [] => Item::ok(check, "INFO, SLOWLOG, LATENCY and CONFIG GET answer"),
        refused => Item::warn(
            check,
            format!("refused: {}", refused.join(" ").replace('+', "")),
            format!("`ACL SETUSER name {}`", refused.join(" ")),
        ),
    }]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_refused_comes_with_the_acl_that_grants_it() {
        let facts = Facts { refused: vec!["+slowlog", "+config|get"], ..Facts::default() };
        assert_eq!(
            check(&facts),
            [Item::warn("see the server", "refused: slowlog config|get", "`ACL SETUSER name +slowlog +config|get`")]
        );
    }
}
