--- A connection pool under more users than it has connections: waiting for one, how many are used, and what goes wrong.
---
--- Users take a connection for a short query, for a transaction of some statements, or now and then for a report that keeps it
--- for `hold`. How long they waited is in the report under `pool`, by operation too; how many connections were in use, and how
--- many users waited, under Pools; those who waited too long are errors of class `pool_timeout`. Needs one PostgreSQL.
---
--- The profiles are pools of 5, 10, 20 and 50 connections for the same 50 users: the suite of the financial application plays
--- one after the other. 20 is what such applications have, and 50 that with its overflow; connections are replaced after
--- half an hour, and nobody waits longer than 30 s, as is usual there.
---
--- `verify` asks that no connection was ever given to two users at once, and that every visit is in the book.
---
---     throng run finance/pooling
---     throng run finance/pooling --profile pool_5
---     throng run finance/pooling --connections 30 --users 200

local limits = require("parts.limits")
local metrics = require("throng.metrics")
local pg = require("throng.pg")
local time = require("throng.time")
local verify = require("throng.verify")

local SCHEMA = [[
  DROP TABLE IF EXISTS pool_visits;
  CREATE TABLE pool_visits (
    id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    backend integer NOT NULL,
    visitor bigint NOT NULL,
    came    timestamptz NOT NULL,
    went    timestamptz
  );
]]

local held_ms = metrics.trend("connection_held_ms")

local come = pg.statement("come", [[
  INSERT INTO pool_visits (backend, visitor, came) VALUES (pg_backend_pid(), $1, clock_timestamp()) RETURNING id]])
local look = pg.statement("look", "SELECT count(*) FROM pool_visits WHERE id BETWEEN $1 - 100 AND $1")
local go = pg.statement("go", "UPDATE pool_visits SET went = clock_timestamp() WHERE id = $1")
local ask = pg.statement("ask", "SELECT current_date, version()")

--- The shortest loan.
local function query(user)
  user.pg:one(ask)
end

--- A transaction that keeps its connection for so long.
local function visit(user, hold_s)
  verify.counted("visits", function()
    user.pg:transaction(function(tx)
      local since = time.monotonic()
      local id = tonumber(tx:value(come, user.number))
      tx:value(look, id)
      if hold_s > 0 then
        user:sleep(hold_s)
      end
      user:check(tx:execute(go, id) == 1, "a visit is in the book")
      held_ms:add(time.elapsed(since) * 1000)
    end)
  end)
end

local function transaction(user)
  visit(user, 0)
end

local function report(user)
  visit(user, user.state.hold_s)
end

-- Two transactions on one connection, of which the second began before the first was done.
local SHARED = [[
  SELECT backend, visitor, came, before FROM (
    SELECT backend, visitor, came, max(went) OVER earlier AS before FROM pool_visits
    WINDOW earlier AS (PARTITION BY backend ORDER BY came, id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)) v
  WHERE came < before]]

local function verify_visits(ctx)
  local checks = verify.new()
  checks:counted("visits", ctx.pg:value("SELECT count(*) FROM pool_visits"))
  checks:none("visits without an end", ctx.pg:cursor("SELECT id, visitor FROM pool_visits WHERE went IS NULL OR went < came"))
  checks:none("connections that two users had at once", ctx.pg:cursor(SHARED))
  checks:finish()
end

-- Of a pool that is too small on purpose it is asked only that it works; that it is full warns.
local SMALL = { limits.ERRORS, "connections.use < 90% warn" }

---@type throng.Scenario
return {
  about = "a connection pool with fewer connections than users: acquisition times, use, errors",
  needs = { "postgres" },
  tables = { "pool_visits" },
  params = { hold = { default = "50ms", doc = "how long a report keeps its connection" } },

  load = {
    users = 50, duration = "30s", think = "20ms..60ms", preset = "finance",
    connections = 20, connection_lifetime = "30m", acquire_timeout = "30s",
  },
  thresholds = limits.response_rules({
    "pool.p95 < 50ms", "errors{class=pool_timeout}.rate < 0.1%", "connections.use < 90% warn",
  }),
  profiles = {
    quick = {
      users = 12, iterations = 20, think = "1ms", connections = 4, params = { hold = "5ms" },
      thresholds = { limits.ERRORS },
    },
    full = { users = 50, duration = "2m" },
    pool_5 = { connections = 5, thresholds = SMALL },
    pool_10 = { connections = 10, thresholds = SMALL },
    pool_20 = { connections = 20 },
    pool_50 = { connections = 50 },
    load_test = { users = 200, duration = "1m", ramp_up = "10s", connections = 50 },
  },

  setup = function(ctx)
    ctx.pg:script(SCHEMA)
  end,
  verify = verify_visits,

  personas = {
    visitor = {
      start = function(user)
        user.state.hold_s = time.parse(user.params.hold)
      end,
      operations = {
        query = { weight = 60, run = query },
        transaction = { weight = 35, run = transaction },
        report = { weight = 5, run = report },
      },
    },
  },
}
