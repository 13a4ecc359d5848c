--- Tellers who book amounts on the tables of pgbench, as its built-in script `tpcb-like` does.

local pg = require("throng.pg")

local change_account = pg.statement("change_account", [[
  UPDATE pgbench_accounts SET abalance = abalance + $1 WHERE aid = $2]])
local read_account = pg.statement("read_account", "SELECT abalance FROM pgbench_accounts WHERE aid = $1")
local change_teller = pg.statement("change_teller", [[
  UPDATE pgbench_tellers SET tbalance = tbalance + $1 WHERE tid = $2]])
local change_branch = pg.statement("change_branch", [[
  UPDATE pgbench_branches SET bbalance = bbalance + $1 WHERE bid = $2]])
local note = pg.statement("note", [[
  INSERT INTO pgbench_history (tid, bid, aid, delta, mtime) VALUES ($1, $2, $3, $4, CURRENT_TIMESTAMP)]])

---@type throng.Scenario
return {
  about = "a transaction of five statements, like TPC-B",
  needs = { "postgres" },
  params = { scale = { default = 10, doc = "scale that the tables of pgbench were made with" } },
  load = { users = 16, duration = "10s" },

  personas = {
    teller = {
      operations = {
        book = function(user)
          local scale = user.params.scale
          local account = user.random:integer(1, 100000 * scale)
          local branch = user.random:integer(1, scale)
          local teller = user.random:integer(1, 10 * scale)
          local amount = user.random:integer(-5000, 5000)
          user.pg:transaction(function(tx)
            tx:execute(change_account, amount, account)
            user.state.balance = tx:one(read_account, account).abalance
            tx:execute(change_teller, amount, teller)
            tx:execute(change_branch, amount, branch)
            tx:execute(note, teller, branch, account, amount)
          end)
        end,
      },
    },
  },
}
