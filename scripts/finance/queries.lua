--- Queries of a financial application: single rows, calculations, aggregations and joins, each kind a persona of its own.
---
--- Over users, their profiles, health check-ins and questionnaires, with the indexes that such an application has. Every
--- answer is looked at: a user must be the one asked for, and what is left over at the end of a month right to the cent.
--- Needs one PostgreSQL. `verify` asks that nothing was changed, since nobody writes here.
---
--- By the tables of financial applications a response below 100 ms is good, below 200 ms acceptable: the slowest twentieth of all,
--- and the mean of single rows and of calculations, warn from the one on and fail from the other.
---
---     throng run finance/queries
---     throng run finance/queries --profile full
---     throng run finance/queries --persona aggregations --param users=50000

local fingerprint = require("parts.fingerprint")
local limits = require("parts.limits")
local reads = require("parts.reads")
local schema = require("parts.schema")
local verify = require("throng.verify")

local MEANS = {
  "response{persona=basic}.mean < 200ms warn 100ms",
  "response{persona=calculations}.mean < 200ms warn 100ms",
}

local function setup(ctx)
  schema.fill(ctx)
  return { tables = fingerprint.of(ctx, schema.NAMES) }
end

local function verify_tables(ctx)
  local checks = verify.new()
  for name, now in pairs(fingerprint.of(ctx, schema.NAMES)) do
    checks:equal(name, now, ctx.shared.tables[name])
  end
  checks:finish()
end

---@type throng.Scenario
return {
  about = "queries of a financial application: single rows, calculations, aggregations, joins",
  needs = { "postgres" },
  tables = schema.NAMES,
  params = schema.PARAMS,

  load = { users = 10, duration = "1m", think = "20ms..60ms", preset = "finance" },
  thresholds = limits.response_rules(MEANS),
  profiles = {
    quick = { users = 8, iterations = 10, think = "1ms", params = { users = 300 }, thresholds = { limits.ERRORS } },
    full = { users = 20, iterations = 100 },
    load_test = {
      users = 50, duration = "1m", ramp_up = "10s", think = "none",
      thresholds = limits.load_test_rules(MEANS),
    },
  },

  setup = setup,
  verify = verify_tables,

  personas = {
    basic = {
      share = 50,
      operations = {
        find_user = { weight = 3, run = reads.find_user },
        profile = { weight = 3, run = reads.profile },
        recent_checkins = { weight = 2, run = reads.recent_checkins },
        recent_submissions = { weight = 2, run = reads.recent_submissions },
      },
    },
    calculations = {
      share = 25,
      operations = {
        summary = { weight = 5, run = reads.summary },
        forecast = { weight = 2, run = reads.forecast },
        trend = { weight = 3, run = reads.trend },
      },
    },
    aggregations = {
      share = 12.5,
      operations = { by_risk = reads.by_risk, by_month = reads.by_month, stress_by_day = reads.stress_by_day },
    },
    joins = {
      share = 12.5,
      operations = {
        dashboard = { weight = 4, run = reads.dashboard },
        health_and_money = { weight = 1, run = reads.health_and_money },
      },
    },
  },
}
