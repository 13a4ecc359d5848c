--- Clerks who look accounts of pgbench up by their key, and read the balance.

local pg = require("throng.pg")

local find_account = pg.statement("find_account", "SELECT abalance FROM pgbench_accounts WHERE aid = $1")

---@type throng.Scenario
return {
  about = "point selects by key",
  needs = { "postgres" },
  params = { accounts = { default = 1000000, doc = "rows of pgbench_accounts" } },
  load = { users = 16, duration = "10s" },

  personas = {
    clerk = {
      operations = {
        look_up = function(user)
          local account = user.pg:one(find_account, user.random:integer(1, user.params.accounts))
          user.state.balance = account.abalance
        end,
      },
    },
  },
}
