//! Whether this is a Redis to put load on at all.

use super::Item;
use super::facts::Facts;

pub(super) fn check(facts: &Facts) -> Vec<Item> {
    vec![production(facts), tls(facts), primary(facts), clients(facts)]
}

fn production(facts: &Facts) -> Item {
    match &facts.danger {
        None => Item::ok("production", "nothing says that it is"),
        Some(danger) => {
            let (found, fix) = danger.split_once("\nhint: ").unwrap_or((danger, "add `--force` to the run"));
            Item::fail("production", found, fix)
        }
    }
}

fn tls(facts: &Facts) -> Item {
    match (facts.tls, facts.is_here) {
        (true, _) => Item::ok("tls", "in use"),
        (false, true) => Item::ok("tls", "none, and the server is on this machine"),
        (false, false) => Item::warn(
            "tls",
            "none: passwords and data travel in the clear",
            "use `rediss://`, where the server has `tls-port`",
        ),
    }
}

fn primary(facts: &Facts) -> Item {
    match facts.info("role") {
        "slave" => Item::warn(
            "primary",
            "it is a replica, which takes no writes",
            "give the primary's URL, unless the scenario only reads",
        ),
        _ => Item::ok("primary", "it takes writes"),
    }
}

fn clients(facts: &Facts) -> Item {
    let check = "room";
    let (Some(most), Some(now)) = (facts.number("maxclients"), facts.number("connected_clients")) else {
        return Item::note(check, "the server does not tell how many clients it takes");
    };
    // Ours is gone before a run begins.
    let free = (most + 1).saturating_sub(now);
    let found = format!("{free} of {most} clients are free");
    match facts.wanted {
        Some(wanted) if wanted > free => {
            Item::fail(check, format!("{found}, not {wanted}"), format!("`CONFIG SET maxclients {}`", most + wanted))
        }
        _ => Item::ok(check, found),
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::State;
    use super::*;

    #[test]
    fn a_replica_and_too_many_clients_are_seen() {
        let info = [("role", "slave"), ("maxclients", "10"), ("connected_clients", "4")];
        let info = info.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        let facts = Facts { info, is_here: true, wanted: Some(8), ..Facts::default() };
        let states: Vec<_> = check(&facts).into_iter().map(|item| item.state).collect();
        assert_eq!(states, [State::Ok, State::Ok, State::Warn, State::Fail]);
        assert_eq!(clients(&Facts { wanted: Some(7), ..facts }).state, State::Ok);
    }
}
