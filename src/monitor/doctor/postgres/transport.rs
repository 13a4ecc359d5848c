//! The way to the server: is it encrypted, is something in between?

use super::Item;
use super::facts::Facts;
use crate::plan::target::Guard;

pub(super) fn check(facts: &Facts) -> Vec<Item> {
    vec![tls(facts), pooler(facts)]
}

fn tls(facts: &Facts) -> Item {
    match &facts.tls {
        Some(version) => Item::ok("tls", version),
        None if facts.is_here => Item::ok("tls", "none, and the server is on this machine"),
        None => Item::warn(
            "tls",
            "none: passwords and rows travel in the clear",
            "put `?sslmode=require` at the end of the URL (`verify-full` checks the certificate too)",
        ),
    }
}

fn pooler(facts: &Facts) -> Item {
    match facts.guard {
        Guard::None => Item::warn(
            "pooler",
            "limits that throng sets on its sessions are refused or forgotten, as by a pooler",
            "behind PgBouncer in transaction mode use `--statements unnamed`; limits are then the server's own: `ALTER ROLE name SET statement_timeout = '60s'`",
        ),
        Guard::Limits | Guard::Watched => Item::ok("pooler", "none in between"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::State;
    use super::*;

    #[test]
    fn only_a_server_elsewhere_needs_tls() {
        let state = |is_here, tls: Option<&str>| {
            tls.map_or_else(
                || self::tls(&Facts { is_here, ..Facts::default() }),
                |version| self::tls(&Facts { is_here, tls: Some(version.into()), ..Facts::default() }),
            )
            .state
        };
        assert_eq!(state(true, None), State::Ok);
        assert_eq!(state(false, None), State::Warn);
        assert_eq!(state(false, Some("TLSv1.3")), State::Ok);
    }
}
