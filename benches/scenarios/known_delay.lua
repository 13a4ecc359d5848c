--- A statement that takes 50 ms by itself.

local pg = require("throng.pg")

local sleep = pg.statement("sleep", "SELECT pg_sleep(0.05)")

---@type throng.Scenario
return {
  about = "statements of 50 ms",
  needs = { "postgres" },
  load = { users = 1, iterations = 20, think = "100ms..500ms" },
  personas = {
    sleeper = {
      operations = {
        sleep = function(user)
          user.pg:execute(sleep)
        end,
      },
    },
  },
}
