--- Trouble: a lock convoy. Everybody writes to one row, and holds it for longer than the writing takes.
---
--- Each visitor counts its visit in a row that all of them share, then does something else before it commits. throng names
--- the statement that the others wait for, and that its session then idles.
---
---     throng run examples/trouble/lock_convoy.lua

local pg = require("throng.pg")
local verify = require("throng.verify")

local count_visit = pg.statement("count_visit", "UPDATE counters SET visits = visits + 1 WHERE page = 'home'")

---@type throng.Scenario
return {
  about = "one row that all transactions write to and hold",
  needs = { "postgres" },
  tables = { "counters" },
  load = { users = 8, duration = "15s" },
  profiles = { quick = { duration = "5s" } },

  setup = function(ctx)
    ctx.pg:script([[
      DROP TABLE IF EXISTS counters;
      CREATE TABLE counters (page text PRIMARY KEY, visits bigint NOT NULL);
      INSERT INTO counters VALUES ('home', 0)]])
  end,

  verify = function(ctx)
    local checks = verify.new()
    checks:counted("visits", ctx.pg:value("SELECT visits FROM counters"))
    checks:finish()
  end,

  personas = {
    visitor = {
      operations = {
        visit = function(user)
          verify.counted("visits", function()
            user.pg:transaction(function(tx)
              tx:execute(count_visit)
              user:sleep("10ms") -- a call to somebody else, while the row is held
            end)
          end)
        end,
      },
    },
  },
}
