--- One persona burns processor time in Lua while another would like to ask the database.

local pg = require("throng.pg")

local ping = pg.statement("ping", "SELECT 1")

---@type throng.Scenario
return {
  about = "a scenario that is itself the limit",
  needs = { "postgres" },
  load = { users = 4, duration = "5s" },

  personas = {
    caller = {
      share = 50,
      think = "5ms",
      operations = {
        ping = function(user)
          user.pg:value(ping)
        end,
      },
    },
    burner = {
      share = 50,
      operations = {
        burn = function(user)
          local sum = 0
          for n = 1, 500000 do
            sum = sum + n % 7
          end
          user.state.sum = sum
        end,
      },
    },
  },
}
