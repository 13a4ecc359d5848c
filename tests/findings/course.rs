//! What becomes worse while the load stays the same.

use super::{finding, play};

/// A trend takes thirty points, and the points of a run are its seconds, so that this is the longest of all: of a load
/// that costs nothing.
#[test]
fn answers_that_take_ever_longer_are_found() {
    let record = play(
        r#"
        local pg = require("throng.pg")
        local work = pg.statement("work", "SELECT pg_sleep($1)")
        return {
          needs = { "postgres" },
          load = { users = 1, duration = "33s" },
          personas = { clerk = { operations = { work = function(user)
            user.state.times = (user.state.times or 0) + 1
            user.pg:query(work, 0.02 + user.state.times * 0.00004)
          end } } },
        }"#,
    );
    let finding = finding(&record, "drift");
    assert!(finding.title.contains("grows while the load stays") || finding.title.contains("falls"), "{finding:?}");
}
