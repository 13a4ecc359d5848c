//! What throng itself can suffer from.

use super::{first, play};

#[test]
fn a_script_that_saturates_throng_comes_before_everything_else() {
    let record = play(
        r#"
        local pg = require("throng.pg")
        local nothing = pg.statement("nothing", "SELECT 1")
        return {
          needs = { "postgres" },
          load = { users = 4, duration = "3s" },
          personas = { burner = { operations = {
            burn = { weight = 1, run = function(user)
              local sum = 0
              for n = 1, 2000000 do sum = sum + n % 7 end
              user.pg:value(nothing)
            end },
          } } },
        }"#,
    );
    let finding = first(&record, "generator_limit");
    assert!(finding.title.contains("`burner`"), "{finding:?}");
}
