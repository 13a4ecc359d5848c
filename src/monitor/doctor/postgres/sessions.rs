//! What the server looks after itself, should throng be killed.

use super::Item;
use super::facts::Facts;
use crate::plan::target::Guard;

pub(super) fn check(facts: &Facts) -> Vec<Item> {
    let check = "if throng is killed";
    vec![match facts.guard {
        Guard::Watched => Item::ok(check, "the server ends its statements within a second or two"),
        Guard::Limits => Item::note(
            check,
            "the server ends its statements at their limit; client_connection_check_interval is for PostgreSQL 14 on Linux",
        ),
        Guard::None => Item::warn(
            check,
            "a statement that is under way goes on to its end",
            "set the server's own limit: `ALTER ROLE name SET statement_timeout = '60s'`",
        ),
    }]
}
