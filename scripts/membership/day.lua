--- The office's day: how many people are at work when, each part of it a phase.

local phase = require("throng.phase")

local M = {}

--- The persona that turns from one part of the day to the next.
M.CLOCK = "clock"

local PARTS = {
  { name = "morning", users = 20 },
  { name = "midday", users = 100 },
  { name = "afternoon", users = 50 },
  { name = "evening", users = 15 },
}

--- A profile of the day: each part takes `length`, and people come or leave for `turn` before it.
---@param personas string[] who works in the office
---@param length throng.Duration
---@param turn throng.Duration
---@return throng.Settings
function M.profile(personas, length, turn)
  local stages, everybody = {}, table.move(personas, 1, #personas, 1, {})
  for _, part in ipairs(PARTS) do
    stages[#stages + 1] = { turn, users = part.users }
    stages[#stages + 1] = { length, users = part.users }
  end
  everybody[#everybody + 1] = M.CLOCK
  return {
    stages = stages,
    persona = everybody,
    thresholds = {
      "response{phase=morning}.mean < 200ms", "response{phase=midday}.mean < 500ms",
      "response{phase=afternoon}.mean < 200ms", "response{phase=evening}.mean < 200ms", "errors.rate < 1%",
    },
  }
end

--- Begins each part of the day when its people are there, as the stages have it: two for each part.
M.clock = {
  load = { users = 1, iterations = 1 },
  run = function(user)
    for place, stage in ipairs(phase.stages()) do
      local part = PARTS[(place + 1) // 2]
      user:check(part, "each part of the day has two stages, one to come or leave and one to stay")
      phase.begin(place % 2 == 1 and "before_" .. part.name or part.name)
      user:sleep(stage.duration)
    end
  end,
}

return M
