//! What a server looks after itself in a session of throng's, so that a throng which was killed leaves nothing behind:
//! no statement that runs on, no transaction that holds its locks.
//!
//! Told at the start of the session, for no round trip more. throng's own limits come first; the server's are for when
//! throng is not there any more.

use std::time::Duration;

use crate::plan::Limits;
use crate::plan::target::Guard;

/// How much later than throng's own limit the server's comes, so that throng's error is the one that is counted.
const GRACE: Duration = Duration::from_secs(5);

/// Keepalives notice within half a minute that the way to a client is gone; the system's own take two hours.
const KEEPALIVE: [(&str, u64); 3] =
    [("tcp_keepalives_idle", 10), ("tcp_keepalives_interval", 5), ("tcp_keepalives_count", 4)];

/// How often the server looks in the middle of a statement whether its client is still there. It costs one system
/// call, and only in statements that take longer.
const CHECK_EVERY: Duration = Duration::from_secs(1);

/// The longest time that PostgreSQL's settings take: `INT_MAX` milliseconds, 24 days.
const LONGEST_MS: u128 = i32::MAX as u128;

/// The `options` of a session's start.
pub(super) fn options(guard: Guard, limits: &Limits) -> Option<String> {
    if guard == Guard::None {
        return None;
    }
    let longest = limits.statement.max(limits.operation).saturating_add(GRACE);
    let times = [
        ("statement_timeout", Some(longest)),
        ("lock_timeout", Some(limits.lock.unwrap_or(limits.statement.saturating_add(GRACE)))),
        ("idle_in_transaction_session_timeout", Some(limits.idle_in_transaction.unwrap_or(longest))),
        ("client_connection_check_interval", (guard == Guard::Watched).then_some(CHECK_EVERY)),
    ];
    let times = times.into_iter().filter_map(|(name, time)| Some(format!("-c {name}={}", ms(time?))));
    let keepalive = KEEPALIVE.into_iter().map(|(name, value)| format!("-c {name}={value}"));
    Some(times.chain(keepalive).collect::<Vec<_>>().join(" "))
}

/// Milliseconds; a time that is not zero, which would mean no limit, is at least one of them.
fn ms(time: Duration) -> u128 {
    let least = u128::from(!time.is_zero());
    time.as_millis().clamp(least, LONGEST_MS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_servers_limits_come_after_throngs_own() {
        let limits = Limits::default();
        assert_eq!(options(Guard::None, &limits), None);
        let told = options(Guard::Watched, &limits).expect("options");
        for setting in [
            "-c statement_timeout=65000 ",
            "-c lock_timeout=35000 ",
            "-c idle_in_transaction_session_timeout=65000 ",
            "-c client_connection_check_interval=1000 ",
            "-c tcp_keepalives_idle=10 ",
        ] {
            assert!(told.contains(setting), "{told}");
        }
        assert!(!options(Guard::Limits, &limits).expect("options").contains("client_connection_check_interval"));
    }

    #[test]
    fn limits_that_were_asked_for_are_taken_and_none_is_longer_than_a_server_takes() {
        let limits = Limits {
            statement: Duration::MAX,
            lock: Some(Duration::from_micros(1)),
            idle_in_transaction: Some(Duration::ZERO),
            ..Limits::default()
        };
        let told = options(Guard::Limits, &limits).expect("options");
        for setting in
            ["-c statement_timeout=2147483647 ", "-c lock_timeout=1 ", "-c idle_in_transaction_session_timeout=0 "]
        {
            assert!(told.contains(setting), "{told}");
        }
    }
}
