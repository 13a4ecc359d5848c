//! Operations that fail, and targets that are not there.

use super::{first, play};
use throng::record::Severity;

#[test]
fn operations_that_fail_are_named_with_what_they_met() {
    let record = play(
        r#"
        local pg = require("throng.pg")
        local take = pg.statement("take", "INSERT INTO seats VALUES ($1)")
        return {
          needs = { "postgres" },
          tables = { "seats" },
          load = { users = 2, iterations = 100 },
          setup = function(ctx) ctx.pg:script("DROP TABLE IF EXISTS seats; CREATE TABLE seats (id int PRIMARY KEY)") end,
          personas = { guest = { operations = { take_seat = function(user)
            user.pg:execute(take, user.random:integer(1, 20))
          end } } },
        }"#,
    );
    let finding = first(&record, "failed_operations");
    assert_eq!(finding.operations, ["take_seat"]);
    assert!(finding.title.contains("sqlstate 23505 unique_violation"), "{finding:?}");
    assert_eq!(finding.severity, Severity::Critical);
}

#[test]
fn connections_that_somebody_ends_come_before_the_operations_that_fail_for_it() {
    let record = play(
        r#"
        local pg = require("throng.pg")
        local read = pg.statement("read", "SELECT pg_sleep(0.005)")
        return {
          needs = { "postgres" },
          load = { users = 4, duration = "3s" },
          personas = {
            reader = { users = 3, operations = { read = function(user) user.pg:query(read) end } },
            bully = { users = 1, think = "500ms", operations = { end_all = function(user)
              user.pg:query([[SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                WHERE pid <> pg_backend_pid() AND query LIKE '%pg_sleep(0.005)%']])
            end } },
          },
        }"#,
    );
    let finding = first(&record, "lost_connections");
    assert!(finding.title.starts_with("connections to postgres broke"), "{finding:?}");
    assert!(finding.operations.contains(&"read".to_owned()), "{finding:?}");
}
