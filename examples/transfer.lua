--- Money transfers: serializable transactions that conflict and are tried again.
---
--- Tellers move money between accounts, a few of which are far busier than the rest; an auditor
--- sums all balances in between and must always find the same total. Needs one PostgreSQL.
---
---     throng run examples/transfer.lua

local gen = require("throng.gen")
local pg = require("throng.pg")
local verify = require("throng.verify")

local OPENING = 1000 -- the balance every account starts with

local SCHEMA = [[
  DROP TABLE IF EXISTS transfers, accounts;
  CREATE TABLE accounts (
    id      bigint PRIMARY KEY,
    balance bigint NOT NULL CHECK (balance >= 0)
  );
  CREATE TABLE transfers (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    from_id     bigint NOT NULL REFERENCES accounts,
    to_id       bigint NOT NULL REFERENCES accounts,
    amount      bigint NOT NULL CHECK (amount > 0)
  );
]]

local open_accounts = pg.statement("open_accounts", [[
  INSERT INTO accounts SELECT n, $2::bigint FROM generate_series(1, $1::bigint) n]])

local balance_of = pg.statement("balance_of", "SELECT balance FROM accounts WHERE id = $1")
local total_balance = pg.statement("total_balance", "SELECT sum(balance)::bigint FROM accounts")
local add = pg.statement("add", "UPDATE accounts SET balance = balance + $2 WHERE id = $1")
local note = pg.statement("note", "INSERT INTO transfers (from_id, to_id, amount) VALUES ($1, $2, $3)")

-- What every account should hold by the transfers noted, against what it does hold.
local MISSTATED = [[
  SELECT count(*) FROM accounts a
  LEFT JOIN (SELECT to_id AS id, sum(amount) AS amount FROM transfers GROUP BY 1) i USING (id)
  LEFT JOIN (SELECT from_id AS id, sum(amount) AS amount FROM transfers GROUP BY 1) o USING (id)
  WHERE a.balance <> $1::bigint + coalesce(i.amount, 0) - coalesce(o.amount, 0)]]

local function setup(ctx)
  ctx.pg:script(SCHEMA)
  ctx.pg:execute(open_accounts, ctx.params.accounts, OPENING)
end

--- Moves money, unless there is not enough of it. The whole function runs again after a conflict,
--- so what it does is drawn before it.
local function transfer(user)
  local accounts = user.state.accounts
  local from, to = accounts:sample(user.random), accounts:sample(user.random)
  local amount = user.random:integer(1, 100)
  if from == to then
    to = to % user.params.accounts + 1
  end
  verify.counted("transfers", function()
    return user.pg:transaction(function(tx)
      if tonumber(tx:value(balance_of, from)) < amount then
        return false
      end
      tx:execute(add, from, -amount)
      tx:execute(add, to, amount)
      tx:execute(note, from, to, amount)
    end, { isolation = "serializable", retry = 20 })
  end)
end

local function audit(user)
  local total = user.pg:transaction(function(tx)
    return tx:value(total_balance)
  end, { isolation = "serializable", read_only = true, retry = 20 })
  user:check(tonumber(total) == user.params.accounts * OPENING, "the total of all balances never changes")
end

local function verify_books(ctx)
  local checks = verify.new()
  checks:equal("total of all balances", ctx.pg:value(total_balance), ctx.params.accounts * OPENING)
  checks:equal("accounts that differ from their transfers", ctx.pg:value(MISSTATED, OPENING), 0)
  checks:counted("transfers", ctx.pg:value("SELECT count(*) FROM transfers"))
  checks:finish()
end

---@type throng.Scenario
return {
  about = "serializable money transfers under contention, with an auditor",
  needs = { "postgres" },
  tables = { "accounts", "transfers" },
  params = { accounts = { default = 200, doc = "accounts, each opened with 1,000" } },
  load = { users = 20, iterations = 100, ramp_up = "1s" },
  profiles = { quick = { users = 4, iterations = 20, ramp_up = "0s" } },
  thresholds = { "errors.rate < 1%", "response{operation=transfer}.p99 < 2s" },

  setup = setup,
  verify = verify_books,

  personas = {
    teller = {
      share = 100,
      think = "5ms..20ms",
      start = function(user)
        user.state.accounts = gen.zipf(user.params.accounts, 0.8)
      end,
      operations = { transfer = transfer },
    },
    auditor = {
      users = 1,
      think = "50ms",
      operations = { audit = audit },
    },
  },
}
