--- Are the data of the financial application whole, and what its users made of them?

local gen = require("throng.gen")
local schema = require("parts.schema")
local verify = require("throng.verify")

local M = {}

-- Each finds what must not be there, whatever put it there: constraints do not bind a superuser, nor a restore.
M.VIOLATIONS = {
  { "profiles of nobody", "SELECT user_id FROM user_profiles WHERE user_id NOT IN (SELECT id FROM users)" },
  { "check-ins of nobody", [[
    SELECT id, user_id FROM user_health_checkins c WHERE NOT EXISTS (SELECT FROM users WHERE id = c.user_id)]] },
  { "submissions of nobody", [[
    SELECT id, user_id FROM financial_questionnaire_submissions s
    WHERE NOT EXISTS (SELECT FROM users WHERE id = s.user_id)]] },
  { "users without a profile", "SELECT id FROM users WHERE id NOT IN (SELECT user_id FROM user_profiles)" },
  { "users with an email of somebody else", "SELECT email FROM users GROUP BY email HAVING count(*) > 1" },
  { "users without an email or a name", [[
    SELECT id FROM users WHERE email IS NULL OR full_name IS NULL OR email NOT LIKE '_%@_%']] },
  { "profiles with a hole", [[
    SELECT user_id FROM user_profiles
    WHERE num_nulls(user_id, monthly_income, monthly_expenses, savings, debt, risk_tolerance, revision) > 0]] },
  { "submissions with a hole", [[
    SELECT id FROM financial_questionnaire_submissions
    WHERE num_nulls(user_id, submitted_at, monthly_income, monthly_expenses, savings, debt, checksum) > 0]] },
  { "amounts that cannot be", [[
    SELECT user_id, monthly_income, monthly_expenses, debt FROM user_profiles
    WHERE monthly_income <= 0 OR monthly_expenses < 0 OR debt < 0 OR monthly_income = 'NaN']] },
  { "risk tolerances that are none", [[
    SELECT user_id, risk_tolerance FROM user_profiles WHERE risk_tolerance NOT IN ('cautious', 'balanced', 'daring')]] },
  { "check-ins that cannot be", [[
    SELECT id, stress_level, sleep_hours FROM user_health_checkins
    WHERE stress_level NOT BETWEEN 1 AND 10 OR sleep_hours NOT BETWEEN 0 AND 24]] },
  { "submissions that were altered", [[
    SELECT id, user_id FROM financial_questionnaire_submissions
    WHERE checksum <> md5(concat_ws('|', user_id, monthly_income, monthly_expenses, savings, debt))]] },
}

--- Adds to `checks` that nothing is there that must not be.
function M.violations(ctx, checks)
  for _, violation in ipairs(M.VIOLATIONS) do
    checks:none(violation[1], ctx.pg:cursor(violation[2]))
  end
end

local REGISTERED = "SELECT count(*) FROM users WHERE entered_by IS NOT NULL"

-- Each counts what users entered, under the name it was counted by.
local TRACES = {
  { "check-ins", "SELECT count(*) FROM user_health_checkins WHERE entered_by IS NOT NULL" },
  { "submissions", "SELECT count(*) FROM financial_questionnaire_submissions WHERE entered_by IS NOT NULL" },
  { "submissions", "SELECT coalesce(sum(revision), 0)::bigint FROM user_profiles" },
}

local SEEDED = {
  { "users", "users", "SELECT count(*) FROM users WHERE entered_by IS NULL" },
  { "check-ins", "checkins", "SELECT count(*) FROM user_health_checkins WHERE entered_by IS NULL" },
  { "submissions", "submissions", "SELECT count(*) FROM financial_questionnaire_submissions WHERE entered_by IS NULL" },
}

--- Adds to `checks` that what there was before the run is still there, and what users entered.
function M.counts(ctx, checks)
  for _, seeded in ipairs(SEEDED) do
    local each = seeded[2] == "users" and 1 or ctx.params[seeded[2]]
    checks:equal(seeded[1] .. " from before the run", ctx.pg:value(seeded[3]), ctx.params.users * each)
  end
  for _, trace in ipairs(TRACES) do
    checks:counted(trace[1], ctx.pg:value(trace[2]))
  end
  -- Of those who registered some have left again.
  local found = tonumber(ctx.pg:value(REGISTERED))
  local least = verify.done("registrations") - verify.begun("departures")
  local most = verify.begun("registrations") - verify.done("departures")
  local told = ("users who registered and stayed: expected %d to %d, found %d"):format(least, most, found)
  checks:that(found >= least and found <= most, told)
end

local ALL_PROFILES = [[
  SELECT p.user_id, u.email, p.revision, p.monthly_income, p.monthly_expenses, p.savings, p.debt,
         (SELECT max(id) FROM financial_questionnaire_submissions s
          WHERE s.user_id = p.user_id AND s.entered_by IS NOT NULL AND s.monthly_income = p.monthly_income
            AND s.monthly_expenses = p.monthly_expenses AND s.savings = p.savings AND s.debt = p.debt) AS said_by
  FROM user_profiles p JOIN users u ON u.id = p.user_id]]

--- Adds to `checks` that every profile is as it was at first, or as some submission since then says.
function M.profiles(ctx, checks)
  for row in ctx.pg:cursor(ALL_PROFILES) do
    local id, name = math.tointeger(tonumber(row.user_id)), "profile of user " .. row.user_id
    if tonumber(row.revision) > 0 then
      checks:that(row.said_by, name .. ": no submission says what it says")
    else
      local income, expenses, savings, debt = schema.amounts(schema.profile(id))
      local same = row.monthly_income == income and row.monthly_expenses == expenses
        and row.savings == savings and row.debt == debt
      checks:that(same, name .. " was altered")
    end
    if id <= ctx.params.users then
      checks:equal("email of user " .. row.user_id, row.email, gen.email(id))
    end
  end
end

--- Adds all of it.
function M.all(ctx, checks)
  M.violations(ctx, checks)
  M.counts(ctx, checks)
  M.profiles(ctx, checks)
end

return M
