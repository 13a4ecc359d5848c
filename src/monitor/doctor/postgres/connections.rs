//! Whether there is room for the run's connections, and who else is there.

use super::Item;
use super::facts::Facts;

/// The largest pool that throng chooses by itself.
const USUAL: u64 = 50;

/// Connections of a run beside those of the pools.
const OWN: u64 = 3;

pub(super) fn check(facts: &Facts) -> Vec<Item> {
    vec![room(facts), reserved(facts), other_runs(facts)]
}

fn room(facts: &Facts) -> Item {
    let check = "room";
    let Some(free) = facts.room else {
        return Item::note(check, "the server does not tell how many connections it has");
    };
    let most = facts.number("max_connections").unwrap_or_default();
    let (reserve, left) = (facts.reserve, free.saturating_sub(facts.reserve).saturating_sub(OWN));
    let found = format!("{free} of {most} connections are free, {reserve} of them for others: {left} for a pool");
    let raise = "raise `max_connections` in postgresql.conf and restart, or end idle sessions of others";
    match facts.wanted {
        Some(wanted) if wanted > left => {
            Item::fail(check, format!("{found}, not {wanted}"), format!("ask for {left} connections, or {raise}"))
        }
        Some(_) => Item::ok(check, found),
        None if left == 0 => Item::fail(check, found, format!("{raise}; `--reserve` leaves fewer to others")),
        None if left < USUAL => Item::warn(check, found, format!("{raise}; a pool of throng's own size gets {left}")),
        None => Item::ok(check, found),
    }
}

fn reserved(facts: &Facts) -> Item {
    let check = "superusers";
    let reserved = facts.number("superuser_reserved_connections").unwrap_or_default();
    match reserved {
        0 => Item::warn(
            check,
            "no connection is kept for them: nobody could look when the server is full",
            "`ALTER SYSTEM SET superuser_reserved_connections = 3`, then restart",
        ),
        _ if facts.is("superuser") => {
            Item::note(check, format!("throng would be one, and could take the {reserved} connections kept for them"))
        }
        _ => Item::ok(check, format!("{reserved} connections are kept for them")),
    }
}

fn other_runs(facts: &Facts) -> Item {
    match facts.other_runs.as_slice() {
        [] => Item::ok("other runs", "no other run of throng has connections"),
        runs => Item::warn(
            "other runs",
            format!("`{}` has connections", runs.join("`, `")),
            "wait for its end, or the runs disturb each other; to end it: `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'throng %'`",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::State;
    use super::*;

    #[test]
    fn room_is_judged_by_what_was_asked_for() {
        let state = |free, wanted| room(&Facts { room: Some(free), reserve: 10, wanted, ..Facts::default() }).state;
        assert_eq!(state(97, None), State::Ok);
        assert_eq!(state(40, None), State::Warn);
        assert_eq!(state(13, None), State::Fail);
        assert_eq!(state(40, Some(27)), State::Ok);
        assert_eq!(state(40, Some(28)), State::Fail);
    }
}
