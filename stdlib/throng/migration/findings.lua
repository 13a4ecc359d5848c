--- What a migration got wrong, kept until `verify` tells all of it.

local shared = require("throng.shared")

-- More rows are counted and not named: a report of thousands would be read by nobody.
local NAMED = 20

local M = {}

---@class throng.migration.Findings
local Findings = {}
Findings.__index = Findings

function M.new(name)
  return setmetatable({ map = shared.map(name .. ".findings") }, Findings)
end

--- Notes what was found in a step.
function Findings:note(step, texts)
  if #texts == 0 then
    return
  end
  local place = #self.map:keys() + 1
  self.map:update(step, function(noted)
    noted = noted or { place = place, count = 0, texts = {} }
    for _, text in ipairs(texts) do
      noted.count = noted.count + 1
      if #noted.texts < NAMED then
        noted.texts[#noted.texts + 1] = text
      end
    end
    return noted
  end)
end

--- How many there are.
function Findings:count()
  local count = 0
  for _, step in ipairs(self.map:keys()) do
    count = count + self.map:get(step).count
  end
  return count
end

--- Tells them as checks that do not hold, in the order in which they were found.
function Findings:tell(checks)
  local steps, noted = self.map:keys(), {}
  for _, step in ipairs(steps) do
    noted[step] = self.map:get(step)
  end
  table.sort(steps, function(one, other)
    return noted[one].place < noted[other].place
  end)
  for _, step in ipairs(steps) do
    local count, texts = noted[step].count, noted[step].texts
    for _, text in ipairs(texts) do
      checks:that(false, step .. ": " .. text)
    end
    checks:that(count == #texts, ("%s: and %d more"):format(step, count - #texts))
  end
end

return M
