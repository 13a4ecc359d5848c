//! Whether this is a database to put load on at all.

use super::Item;
use super::facts::Facts;

pub(super) fn check(facts: &Facts) -> Vec<Item> {
    vec![production(facts), primary(facts), clock(facts)]
}

fn production(facts: &Facts) -> Item {
    let check = "production";
    if facts.production {
        return Item::fail(
            check,
            "its database has the setting `throng.production`",
            "use another database; if load on this one is meant, add `--force` to the run",
        );
    }
    match &facts.danger {
        None => Item::ok(check, "nothing says that it is"),
        Some(danger) => {
            let (found, fix) = danger.split_once("\nhint: ").unwrap_or((danger, "add `--force` to the run"));
            Item::fail(check, found, fix)
        }
    }
}

fn primary(facts: &Facts) -> Item {
    let check = "primary";
    match (facts.is("recovery"), facts.setting("default_transaction_read_only") == "on") {
        (true, _) => Item::warn(
            check,
            "it is a replica in recovery, which takes no writes",
            "give the primary's URL, unless the scenario only reads",
        ),
        (false, true) => Item::warn(
            check,
            "transactions are read-only by default",
            "`ALTER ROLE name SET default_transaction_read_only = off`, unless the scenario only reads",
        ),
        _ => Item::ok(check, "it takes writes"),
    }
}

/// Beyond this, log lines of both machines can't be put side by side.
const APART_S: f64 = 0.5;

fn clock(facts: &Facts) -> Item {
    let check = "clock";
    let zone = facts.setting("TimeZone");
    match facts.clock_ahead {
        None => Item::note(check, format!("unknown; time zone {zone}")),
        Some((ahead, error)) if ahead.abs() > APART_S + error => Item::warn(
            check,
            format!("{:.1} s {} ours; time zone {zone}", ahead.abs(), if ahead > 0.0 { "ahead of" } else { "behind" }),
            "synchronise both machines (chrony, systemd-timesyncd), or its log can't be held against the report",
        ),
        Some(_) => Item::ok(check, format!("as ours; time zone {zone}")),
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::State;
    use super::*;

    #[test]
    fn a_replica_and_a_clock_that_is_off_are_warned_of_and_production_stands_in_the_way() {
        let mut facts = Facts { clock_ahead: Some((0.01, 0.001)), ..Facts::default() };
        assert!(check(&facts).iter().all(|item| item.state == State::Ok));
        facts.yes.insert("recovery".into(), true);
        facts.clock_ahead = Some((-3.0, 0.1));
        facts.danger = Some("it looks like production\nhint: if that is meant, add `--force`".into());
        let states: Vec<_> = check(&facts).into_iter().map(|item| (item.check, item.state)).collect();
        assert_eq!(states, [("production", State::Fail), ("primary", State::Warn), ("clock", State::Warn)]);
        assert_eq!(check(&facts)[2].found, "3.0 s behind ours; time zone ");
        facts.production = true;
        assert!(check(&facts)[0].found.contains("throng.production"));
    }
}
