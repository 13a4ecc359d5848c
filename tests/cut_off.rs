//! What becomes of a user's connections when an operation is cut off at its limit.

mod support;

use support::play::record;
use throng::record::Record;

/// Plays a scenario of one connection to each target, with a limit of 250 ms on an operation.
fn play(text: &str) -> Record {
    let (postgres, redis) = (support::postgres().url(), support::redis().url());
    let settings = [
        ("postgres", postgres.reveal()),
        ("redis", redis.reveal()),
        ("connections", "1"),
        ("iterations", "1"),
        ("operation_timeout", "250ms"),
        ("acquire_timeout", "5s"),
    ];
    record(text, &settings, 1)
}

/// One user holds the only connection while the other waits for it, until that is cut off.
const WAITING: &str = r#"
local shared = require("throng.shared")
local held, done = shared.barrier("held", 2), shared.barrier("done", 2)
return {
  needs = { "postgres", "redis" },
  personas = {
    holder = { users = 1, run = function(user)
      user.TARGET:transaction(function()
        held:wait()
        done:wait()
      end)
    end },
    waiter = { users = 1, run = function(user)
      held:wait()
      pcall(user.operation, user, "waits", function() CALL end)
      done:wait()
    end },
  },
}
"#;

#[test]
fn a_wait_for_a_connection_that_is_cut_off_counts_as_waiting_and_not_as_service() {
    for (target, call) in [("pg", "user.pg:value('SELECT 1')"), ("redis", "user.redis:ping()")] {
        let record = play(&WAITING.replace("TARGET", target).replace("CALL", call));
        let waits = &record.operations[0];
        assert_eq!((waits.name.as_str(), waits.failed), ("waits", 1), "{target}");
        assert!(waits.pool_us.max >= 200_000, "{target}: {:?}", waits.pool_us);
    }
}
