--- The shortest statement that a server can answer.

local pg = require("throng.pg")

local ping = pg.statement("ping", "SELECT 1")

---@type throng.Scenario
return {
  about = "the shortest of statements",
  needs = { "postgres" },
  load = { users = 1, iterations = 1 },
  personas = {
    caller = {
      operations = {
        ping = function(user)
          user.pg:value(ping)
        end,
      },
    },
  },
}
