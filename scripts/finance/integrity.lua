--- Integrity of a financial application's data: what must be refused is refused, and what went wrong is found.
---
--- Members of the public register, check in and send in questionnaires, some delete their account with all that belongs to it.
--- Careless clients try what must not be: rows of nobody, holes, amounts below zero, text for a number; each must be refused
--- with the right error and leave nothing behind. Needs one PostgreSQL.
---
--- `verify` then looks for what no constraint holds back: a superuser, a restore or a broken disk. It asks for rows of nobody
--- (foreign keys), holes, values out of bounds, altered amounts (each submission has a checksum), lost or invented rows (all that
--- users entered was counted), profiles that say what nobody stated and, where the extension `amcheck` is to be had, indexes
--- that do not agree with their table.
---
---     throng run finance/integrity
---     throng run finance/integrity --profile full

local audit = require("parts.audit")
local gen = require("throng.gen")
local limits = require("parts.limits")
local metrics = require("throng.metrics")
local pg = require("throng.pg")
local schema = require("parts.schema")
local verify = require("throng.verify")
local writes = require("parts.writes")

local refused = metrics.rate("wrong_writes_refused")

-- What must be refused, the error that says so, and its parameters but the user's number.
local WRONG = {
  orphan_checkin = {
    "23503", "INSERT INTO user_health_checkins (user_id, stress_level, sleep_hours, entered_by) VALUES ($2, 5, 7, $1)",
    -5,
  },
  orphan_submission = {
    "23503", [[
      INSERT INTO financial_questionnaire_submissions
        (user_id, monthly_income, monthly_expenses, savings, debt, checksum, entered_by)
      VALUES ($2, 1, 1, 1, 1, '', $1)]],
    0,
  },
  hole = { "23502", "INSERT INTO users (email, full_name, entered_by) VALUES ($2, NULL, $1)", "hole@example.com" },
  out_of_bounds = {
    "23514", "INSERT INTO user_health_checkins (user_id, stress_level, sleep_hours, entered_by) VALUES (1, $2, 7, $1)",
    11,
  },
  wrong_type = {
    "22P02", "INSERT INTO user_health_checkins (user_id, stress_level, sleep_hours, entered_by) VALUES (1, 5, $2, $1)",
    "seven",
  },
  twice = {
    "23505", "INSERT INTO users (email, full_name, entered_by) VALUES ($2, 'Somebody Else', $1)",
    gen.email(1),
  },
}

--- An operation that tries a write which must be refused.
local function refuse(name, wrong)
  local sqlstate, statement, value = wrong[1], pg.statement(name, wrong[2]), wrong[3]
  return function(user)
    local ok, err = pcall(user.pg.execute, user.pg, statement, user.number, value)
    if not ok and not err.sqlstate then
      error(err)
    end
    local right = not ok and err.sqlstate == sqlstate
    refused:add(right, { write = name })
    user:check(right, ok and name .. " was let in" or ("%s: expected %s, got %s"):format(name, sqlstate, tostring(err)))
  end
end

local careless = {}
for name, wrong in pairs(WRONG) do
  careless[name] = refuse(name, wrong)
end

local delete_user = pg.statement("delete_user", "DELETE FROM users WHERE id = $1 AND entered_by = $2")
local newest_of = pg.statement("newest_of", "SELECT max(id) FROM users WHERE entered_by = $1")

--- Somebody registers and thinks better of it: with the account goes all that belongs to it.
local function leave(user)
  writes.register(user)
  local id = user.pg:value(newest_of, user.number)
  verify.counted("departures", function()
    user:check(user.pg:execute(delete_user, tonumber(id), user.number) == 1, "an account can be deleted once")
  end)
end

-- After the load -----------------------------------------------------------------------------------

local INDEXES = [[
  SELECT i.indexrelid::regclass::text AS name FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
  JOIN pg_am a ON a.oid = c.relam
  WHERE a.amname = 'btree' AND i.indrelid IN ('users'::regclass, 'user_profiles'::regclass,
    'user_health_checkins'::regclass, 'financial_questionnaire_submissions'::regclass)]]

--- Adds to `checks` that indexes and tables agree, where the server can tell.
local function check_indexes(ctx, checks)
  if not ctx.params.amcheck or not pcall(ctx.pg.script, ctx.pg, "CREATE EXTENSION IF NOT EXISTS amcheck") then
    return
  end
  for _, index in ipairs(ctx.pg:query(INDEXES)) do
    local ok, err = pcall(ctx.pg.query, ctx.pg, "SELECT bt_index_check($1::text::regclass, true)", index.name)
    checks:that(ok, ("index %s: %s"):format(index.name, ok or err.message))
  end
end

local function verify_data(ctx)
  local checks = verify.new()
  audit.all(ctx, checks)
  check_indexes(ctx, checks)
  checks:finish()
end

-- One that was let in is one too many.
local REFUSED = "wrong_writes_refused == 100%"

---@type throng.Scenario
return {
  about = "integrity of a financial application: wrong writes are refused, and corrupted rows found",
  needs = { "postgres" },
  tables = schema.NAMES,
  params = {
    users = schema.PARAMS.users,
    checkins = schema.PARAMS.checkins,
    submissions = schema.PARAMS.submissions,
    amcheck = { default = true, doc = "hold indexes against their tables, where the extension is to be had" },
  },

  load = { users = 10, duration = "30s", think = "5ms..20ms", preset = "finance" },
  thresholds = limits.response_rules({ REFUSED }),
  profiles = {
    quick = {
      users = 8, iterations = 25, think = "1ms", params = { users = 300 },
      thresholds = { REFUSED, limits.ERRORS },
    },
    full = { users = 20, duration = "5m" },
    load_test = { users = 50, duration = "1m", ramp_up = "10s", thresholds = limits.load_test_rules({ REFUSED }) },
  },

  setup = schema.fill,
  verify = verify_data,

  personas = {
    public = {
      share = 75,
      operations = {
        submit = { weight = 4, run = writes.submit },
        check_in = { weight = 4, run = writes.check_in },
        register = { weight = 2, run = writes.register },
        leave = { weight = 1, run = leave },
      },
    },
    careless = { share = 25, operations = careless },
  },
}
