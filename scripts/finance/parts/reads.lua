--- What users of the financial application look at: single rows, calculations, aggregations, joins.

local gen = require("throng.gen")
local pg = require("throng.pg")
local schema = require("parts.schema")

local M = {}

-- Basic queries ----------------------------------------------------------------------------------

local user_by_email = pg.statement("user_by_email", "SELECT id, full_name, created_at FROM users WHERE email = $1")

function M.find_user(user)
  local id = schema.any_user(user)
  local row = user.pg:one(user_by_email, gen.email(id))
  user:check(row and tonumber(row.id) == id, "a user is found by the email")
end

local profile_of = pg.statement("profile_of", "SELECT * FROM user_profiles WHERE user_id = $1")

function M.profile(user)
  user:check(user.pg:one(profile_of, schema.any_user(user)), "every user has a profile")
end

local checkins_of = pg.statement("checkins_of", [[
  SELECT checkin_date, stress_level, sleep_hours FROM user_health_checkins
  WHERE user_id = $1 ORDER BY checkin_date DESC LIMIT 10]])

function M.recent_checkins(user)
  user:check(#user.pg:query(checkins_of, schema.any_user(user)) > 0, "every user has checked in")
end

local submissions_of = pg.statement("submissions_of", [[
  SELECT * FROM financial_questionnaire_submissions WHERE user_id = $1 ORDER BY submitted_at DESC LIMIT 5]])

function M.recent_submissions(user)
  user:check(#user.pg:query(submissions_of, schema.any_user(user)) > 0, "every user has sent in a questionnaire")
end

-- Calculations -----------------------------------------------------------------------------------

local summary_of = pg.statement("summary_of", [[
  SELECT revision, monthly_income - monthly_expenses AS left_over,
         round((monthly_income - monthly_expenses) / monthly_income * 100, 2) AS savings_rate,
         round(debt / (12 * monthly_income), 4) AS debt_to_income
  FROM user_profiles WHERE user_id = $1]])

--- What a user has left each month; reckoned again here where the profile is still the first one.
function M.summary(user)
  local id = schema.any_user(user)
  local row = user.pg:one(summary_of, id)
  user:check(row, "every user has a profile")
  if tonumber(row.revision) == 0 then
    local first = schema.profile(id)
    user:check(row.left_over == schema.amount(first.income - first.expenses), "what is left over is reckoned to the cent")
  end
end

local forecast_of = pg.statement("forecast_of", [[
  SELECT month, round(savings * power(1 + $2::numeric / 12, month)
           + (monthly_income - monthly_expenses) * (power(1 + $2::numeric / 12, month) - 1) / ($2::numeric / 12), 2) AS balance
  FROM user_profiles CROSS JOIN generate_series(1, 60) month WHERE user_id = $1 ORDER BY month]])

--- Savings over five years at a rate of interest.
function M.forecast(user)
  local rate = ("0.%02d"):format(user.random:integer(1, 8))
  user:check(#user.pg:query(forecast_of, schema.any_user(user), rate) == 60, "a month has one balance")
end

local trend_of = pg.statement("trend_of", [[
  SELECT submitted_at, savings - lag(savings) OVER (ORDER BY submitted_at) AS saved,
         avg(monthly_expenses) OVER (ORDER BY submitted_at ROWS BETWEEN 2 PRECEDING AND CURRENT ROW) AS expenses
  FROM financial_questionnaire_submissions WHERE user_id = $1 ORDER BY submitted_at]])

function M.trend(user)
  local enough = #user.pg:query(trend_of, schema.any_user(user)) >= user.params.submissions
  user:check(enough, "all submissions are in the trend")
end

-- Aggregations -----------------------------------------------------------------------------------

local by_risk = pg.statement("by_risk", [[
  SELECT risk_tolerance, count(*) AS users, avg(monthly_income) AS income, avg(savings) AS savings, sum(debt) AS debt,
         percentile_cont(0.5) WITHIN GROUP (ORDER BY monthly_income) AS median_income
  FROM user_profiles GROUP BY risk_tolerance]])

function M.by_risk(user)
  local users = 0
  for _, row in ipairs(user.pg:query(by_risk)) do
    users = users + tonumber(row.users)
  end
  user:check(users >= user.params.users, "everybody is in one of the groups")
end

local by_month = pg.statement("by_month", [[
  SELECT date_trunc('month', submitted_at) AS month, count(*) AS submissions, sum(savings) AS savings, avg(debt) AS debt
  FROM financial_questionnaire_submissions GROUP BY month ORDER BY month]])

function M.by_month(user)
  user:check(#user.pg:query(by_month) > 0, "there were submissions")
end

local stress = pg.statement("stress", [[
  SELECT checkin_date, avg(stress_level) AS stress, avg(sleep_hours) AS sleep, count(*) AS checkins
  FROM user_health_checkins GROUP BY checkin_date HAVING count(*) > 1 ORDER BY checkin_date]])

function M.stress_by_day(user)
  user.pg:query(stress)
end

-- Joins ------------------------------------------------------------------------------------------

local dashboard_of = pg.statement("dashboard_of", [[
  SELECT u.full_name, p.monthly_income, p.savings, s.submitted_at, s.debt, h.stress
  FROM users u
  JOIN user_profiles p ON p.user_id = u.id
  LEFT JOIN LATERAL (SELECT submitted_at, debt FROM financial_questionnaire_submissions
                     WHERE user_id = u.id ORDER BY submitted_at DESC LIMIT 1) s ON true
  LEFT JOIN LATERAL (SELECT avg(stress_level) AS stress FROM user_health_checkins WHERE user_id = u.id) h ON true
  WHERE u.id = $1]])

function M.dashboard(user)
  local row = user.pg:one(dashboard_of, schema.any_user(user))
  user:check(row and row.submitted_at and row.stress, "a dashboard is complete")
end

local health_and_money = pg.statement("health_and_money", [[
  SELECT p.risk_tolerance, corr(h.stress, p.debt::float8) AS stress_by_debt, avg(h.sleep) AS sleep
  FROM user_profiles p
  JOIN (SELECT user_id, avg(stress_level)::float8 AS stress, avg(sleep_hours) AS sleep
        FROM user_health_checkins WHERE user_id BETWEEN $1 AND $2 GROUP BY user_id) h ON h.user_id = p.user_id
  GROUP BY p.risk_tolerance]])

--- Stress against debt, over some hundred neighbours.
function M.health_and_money(user)
  local first = schema.any_user(user)
  user:check(#user.pg:query(health_and_money, first, first + 300) > 0, "somebody is found")
end

return M
