--- Trouble: a pool that is too small. Twenty users share two connections.
---
--- The server has time, but nobody gets to it: users wait for a connection far longer than for the answer. throng names the
--- pool and the number of connections to try.
---
---     throng run examples/trouble/small_pool.lua

local pg = require("throng.pg")

-- A report that takes the server a while, and none of its processor.
local report = pg.statement("report", "SELECT pg_sleep(0.005)")

---@type throng.Scenario
return {
  about = "twenty users who share two connections",
  needs = { "postgres" },
  load = { users = 20, connections = 2, duration = "15s" },
  profiles = { quick = { duration = "4s" } },

  personas = {
    manager = {
      think = "5ms",
      operations = {
        read_report = function(user)
          user.pg:query(report)
        end,
      },
    },
  },
}
