--- Fills pgbench_accounts as `pgbench -i -I g` does: the tables emptied and filled in one transaction, the accounts
--- through COPY with FREEZE, from rows that the client makes as it sends them.

local gen = require("throng.gen")

local COPY = "COPY pgbench_accounts FROM STDIN WITH (FREEZE ON)"

--- Accounts of one branch, and tellers.
local ACCOUNTS, TELLERS = 100000, 10

---@type throng.Scenario
return {
  about = "a million generated rows through COPY",
  needs = { "postgres" },
  params = {
    branches = { default = 10, doc = "scale: 100,000 accounts each" },
    in_lua = { default = false, doc = "make each row with a Lua function" },
  },
  load = { users = 1, iterations = 1, statement_timeout = "5m", operation_timeout = "5m" },

  personas = {
    loader = {
      operations = {
        load = function(user)
          local branches = user.params.branches
          local rows = gen.rows(branches * ACCOUNTS, { gen.index, { gen.group, ACCOUNTS }, 0, "" })
          local account = 0
          local function next_row()
            account = account + 1
            if account <= #rows then
              return { account, (account - 1) // ACCOUNTS + 1, 0, "" }
            end
          end
          user.pg:transaction(function(tx)
            tx:execute("TRUNCATE pgbench_accounts, pgbench_branches, pgbench_history, pgbench_tellers")
            tx:execute("INSERT INTO pgbench_branches (bid, bbalance) SELECT n, 0 FROM generate_series(1, $1) n", branches)
            tx:execute(
              "INSERT INTO pgbench_tellers (tid, bid, tbalance) SELECT n, (n - 1) / $1 + 1, 0 FROM generate_series(1, $2) n",
              TELLERS,
              branches * TELLERS
            )
            local copied = tx:copy_in(COPY, user.params.in_lua and next_row or rows)
            user:check(copied == #rows, "every row was copied")
          end)
        end,
      },
    },
  },
}
