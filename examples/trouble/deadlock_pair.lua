--- Trouble: a deadlock pair. Two kinds of transactions lock the same two rows, each in an order of its own.
---
--- A teller debits before it credits, an auditor corrects the other way round. Now and then each holds what the other waits
--- for, until PostgreSQL ends one of them after a second (`deadlock_timeout`). throng names both statements.
---
---     throng run examples/trouble/deadlock_pair.lua

local pg = require("throng.pg")

local debit = pg.statement("debit", "UPDATE accounts SET balance = balance - $2 WHERE id = $1")
local correct = pg.statement("correct", "UPDATE accounts SET balance = balance + $2 WHERE id = $1")

--- Writes to one account and then to another, with something to do in between.
local function move(statement, first, second)
  return function(user)
    user.pg:transaction(function(tx)
      tx:execute(statement, first, 5)
      user:sleep("5ms")
      tx:execute(statement, second, -5)
    end, { retry = 20 })
  end
end

---@type throng.Scenario
return {
  about = "two transactions that lock the same rows in different orders",
  needs = { "postgres" },
  tables = { "accounts" },
  load = { users = 2, duration = "20s" },
  profiles = { quick = { duration = "8s" } },

  setup = function(ctx)
    ctx.pg:script([[
      DROP TABLE IF EXISTS accounts;
      CREATE TABLE accounts (id bigint PRIMARY KEY, balance bigint NOT NULL);
      INSERT INTO accounts VALUES (1, 1000), (2, 1000)]])
  end,

  verify = function(ctx)
    ctx:check(ctx.pg:value("SELECT sum(balance)::bigint FROM accounts") == 2000, "no money was made or lost")
  end,

  personas = {
    teller = { users = 1, think = "20ms", operations = { transfer = move(debit, 1, 2) } },
    auditor = { users = 1, think = "20ms", operations = { audit = move(correct, 2, 1) } },
  },
}
