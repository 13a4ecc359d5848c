--- Tellers of a bank who book deposits and withdrawals, as TPC-B has it and pgbench plays it.
---
--- A transaction changes one account, reads its new balance, changes the teller and the branch, and notes all of it in a
--- history. A branch has 10 tellers and 100,000 accounts; the account is one of the teller's own branch in 85 % of cases, as
--- TPC-B asks, where pgbench picks from all alike. With few branches the transactions queue for their rows: take a `scale`
--- of at least the number of users to see the server rather than the queue. Needs one PostgreSQL.
---
--- `verify` asks that every account, teller and branch has the balance that its history tells, and that every booking is
--- there once.
---
---     throng run bench/tpcb
---     throng run bench/tpcb --param scale=50 --users 50 --duration 5m

local gen = require("throng.gen")
local pg = require("throng.pg")
local verify = require("throng.verify")

local TELLERS = 10 -- of each branch

-- The rows are filled to 100 bytes, the least that TPC-B allows; those of the history to 50.
local SCHEMA = [[
  DROP TABLE IF EXISTS tpcb_branches, tpcb_tellers, tpcb_accounts, tpcb_history;
  CREATE TABLE tpcb_branches (bid integer PRIMARY KEY, bbalance bigint NOT NULL, filler char(88));
  CREATE TABLE tpcb_tellers (tid integer PRIMARY KEY, bid integer NOT NULL, tbalance bigint NOT NULL, filler char(84));
  CREATE TABLE tpcb_accounts (aid bigint PRIMARY KEY, bid integer NOT NULL, abalance bigint NOT NULL, filler char(84));
  CREATE TABLE tpcb_history (
    tid integer NOT NULL, bid integer NOT NULL, aid bigint NOT NULL, delta bigint NOT NULL,
    mtime timestamp NOT NULL, filler char(22));
]]

local change_account = pg.statement("change_account", [[
  UPDATE tpcb_accounts SET abalance = abalance + $1 WHERE aid = $2]])
local read_account = pg.statement("read_account", "SELECT abalance FROM tpcb_accounts WHERE aid = $1")
local change_teller = pg.statement("change_teller", [[
  UPDATE tpcb_tellers SET tbalance = tbalance + $1 WHERE tid = $2]])
local change_branch = pg.statement("change_branch", [[
  UPDATE tpcb_branches SET bbalance = bbalance + $1 WHERE bid = $2]])
local note = pg.statement("note", [[
  INSERT INTO tpcb_history (tid, bid, aid, delta, mtime) VALUES ($1, $2, $3, $4, CURRENT_TIMESTAMP)]])

local function setup(ctx)
  local branches, accounts = ctx.params.scale, ctx.params.accounts
  ctx:check(branches >= 1 and accounts >= 1, "`scale` and `accounts` must be at least 1")
  ctx.pg:script(SCHEMA)
  ctx.pg:copy_in("tpcb_branches (bid, bbalance, filler)", gen.rows(branches, { gen.index, 0, "" }))
  local tellers = gen.rows(branches * TELLERS, { gen.index, { gen.group, TELLERS }, 0, "" })
  ctx.pg:copy_in("tpcb_tellers (tid, bid, tbalance, filler)", tellers)
  local rows = gen.rows(branches * accounts, { gen.index, { gen.group, accounts }, 0, "" })
  ctx.pg:copy_in("tpcb_accounts (aid, bid, abalance, filler)", rows)
  ctx.pg:script("ANALYZE tpcb_branches; ANALYZE tpcb_tellers; ANALYZE tpcb_accounts")
end

--- The branch of the account: mostly that of the teller, else any of the others.
local function account_branch(user, own)
  local branches = user.params.scale
  if branches == 1 or not user.random:bool(user.params.remote_share) then
    return own
  end
  local other = user.random:integer(1, branches - 1)
  return other < own and other or other + 1
end

local function book(user)
  local accounts = user.params.accounts
  local teller = user.random:integer(1, user.params.scale * TELLERS)
  local branch = gen.group(teller, TELLERS)
  local account = (account_branch(user, branch) - 1) * accounts + user.random:integer(1, accounts)
  local amount = user.random:integer(-999999, 999999)
  verify.counted("bookings", function()
    user.pg:transaction(function(tx)
      tx:execute(change_account, amount, account)
      user:check(tx:value(read_account, account), "the account exists")
      tx:execute(change_teller, amount, teller)
      tx:execute(change_branch, amount, branch)
      tx:execute(note, teller, branch, account, amount)
    end)
  end)
end

-- For each kind of balance the rows that do not hold the sum of their history.
local MISSTATED = [[
  SELECT %s AS id, b.%s AS balance, coalesce(h.total, 0) AS booked
  FROM %s b FULL JOIN (SELECT %s, sum(delta)::bigint AS total FROM tpcb_history GROUP BY 1) h USING (%s)
  WHERE b.%s IS DISTINCT FROM coalesce(h.total, 0)]]

local function misstated(ctx, id, balance, from)
  return ctx.pg:cursor(MISSTATED:format(id, balance, from, id, id, balance))
end

local function verify_books(ctx)
  local checks, branches = verify.new(), ctx.params.scale
  checks:none("accounts that differ from their history", misstated(ctx, "aid", "abalance", "tpcb_accounts"))
  checks:none("tellers that differ from their history", misstated(ctx, "tid", "tbalance", "tpcb_tellers"))
  checks:none("branches that differ from their history", misstated(ctx, "bid", "bbalance", "tpcb_branches"))
  checks:equal("branches", ctx.pg:value("SELECT count(*) FROM tpcb_branches"), branches)
  checks:equal("tellers", ctx.pg:value("SELECT count(*) FROM tpcb_tellers"), branches * TELLERS)
  checks:equal("accounts", ctx.pg:value("SELECT count(*) FROM tpcb_accounts"), branches * ctx.params.accounts)
  checks:counted("bookings", ctx.pg:value("SELECT count(*) FROM tpcb_history"))
  checks:finish()
end

---@type throng.Scenario
return {
  about = "bank bookings of five statements, as TPC-B and pgbench have them",
  needs = { "postgres" },
  tables = { "tpcb_branches", "tpcb_tellers", "tpcb_accounts", "tpcb_history" },
  params = {
    scale = { default = 10, doc = "branches, each with 10 tellers" },
    accounts = { default = 100000, doc = "accounts of each branch" },
    remote_share = { default = 0.15, doc = "share of bookings on an account of another branch than the teller's" },
  },

  load = { users = 10, duration = "30s" },
  -- TPC-B: nine of ten transactions within two seconds.
  thresholds = { "response.p90 < 2s", "errors.rate < 1%" },
  profiles = { quick = { users = 4, iterations = 50, params = { scale = 2, accounts = 1000 } } },

  setup = setup,
  verify = verify_books,

  personas = {
    teller = { operations = { book = book } },
  },
}
