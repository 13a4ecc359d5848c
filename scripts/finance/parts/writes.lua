--- What users of the financial application enter. All of it is counted, and last revisions are remembered.

local gen = require("throng.gen")
local pg = require("throng.pg")
local schema = require("parts.schema")
local verify = require("throng.verify")

local M = {}

--- The index of someone new, or of something that someone states; so wide that no two meet.
local function something_new(user)
  return user.random:integer(1 << 32, 1 << 52)
end

local insert_submission = pg.statement("insert_submission", [[
  INSERT INTO financial_questionnaire_submissions
    (user_id, monthly_income, monthly_expenses, savings, debt, checksum, entered_by)
  VALUES ($1, $2, $3, $4, $5, $6, $7)]])

local revise_profile = pg.statement("revise_profile", [[
  UPDATE user_profiles SET monthly_income = $2, monthly_expenses = $3, savings = $4, debt = $5,
    revision = revision + 1, updated_at = now()
  WHERE user_id = $1]])

--- Sends in a questionnaire, which also becomes the profile: both or neither.
function M.submit(user)
  local id, finances = schema.any_user(user), schema.finances(something_new(user), "submitted")
  local income, expenses, savings, debt = schema.amounts(finances)
  local checksum = schema.checksum(id, income, expenses, savings, debt)
  verify.counted("submissions", function()
    user.pg:transaction(function(tx)
      tx:execute(insert_submission, id, income, expenses, savings, debt, checksum, user.number)
      local changed = tx:execute(revise_profile, id, income, expenses, savings, debt)
      user:check(changed == 1, "every user has a profile")
    end)
  end)
  return id
end

local insert_checkin = pg.statement("insert_checkin", [[
  INSERT INTO user_health_checkins (user_id, stress_level, sleep_hours, entered_by) VALUES ($1, $2, $3, $4)]])

function M.check_in(user)
  local id, stress = schema.any_user(user), user.random:integer(1, 10)
  local sleep = ("%d.%d"):format(user.random:integer(3, 9), user.random:integer(0, 9))
  verify.counted("check-ins", function()
    user.pg:execute(insert_checkin, id, stress, sleep, user.number)
  end)
end

local insert_user = pg.statement("insert_user", [[
  INSERT INTO users (email, full_name, entered_by) VALUES ($1, $2, $3) RETURNING id]])

local insert_profile = pg.statement("insert_profile", [[
  INSERT INTO user_profiles (user_id, monthly_income, monthly_expenses, savings, debt, risk_tolerance)
  VALUES ($1, $2, $3, $4, $5, $6)]])

--- A new user with a profile: both or neither.
function M.register(user)
  local index, risk = something_new(user), user.random:choice(schema.RISKS)
  verify.counted("registrations", function()
    user.pg:transaction(function(tx)
      local id = tonumber(tx:value(insert_user, gen.email(index), gen.full_name(index), user.number))
      local income, expenses, savings, debt = schema.amounts(schema.profile(id))
      tx:execute(insert_profile, id, income, expenses, savings, debt, risk)
    end)
  end)
end

return M
