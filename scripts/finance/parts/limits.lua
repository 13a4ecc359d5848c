--- What a financial application is held against: what its tables call acceptable is worth a warning, what they call poor fails.
---
--- Its alerts on the machine only warn, since there throng, and often the servers, are at work as well.

local M = {}

M.ERRORS = "errors.rate < 5% warn 1%"
M.CACHE_HITS = "cache_hits > 70% warn 80%"

-- Good up to 100 ms, poor from 200 ms on; a run without pauses gets done at least 100 operations a second, better 500.
local RESPONSE = "response.p95 < 200ms warn 100ms"
local THROUGHPUT = "throughput > 100/s warn 500/s"

local MACHINE = {
  "cpu.mean < 85% warn",
  "watched{source=host,sampler=memory,figure=used_percent}.max < 90% warn",
  "memory.max < 1GB warn",
}

--- The rules of a run long enough to be judged, after those of its own. Of errors it counts those of `persona` by what that
--- persona did, or else all.
---@param own string[]
---@param persona? string
---@return string[]
function M.rules(own, persona)
  local rules = table.move(own, 1, #own, 1, {})
  rules[#rules + 1] = persona and M.ERRORS:gsub("^errors", "%0{persona=" .. persona .. "}") or M.ERRORS
  return table.move(MACHINE, 1, #MACHINE, #rules + 1, rules)
end

--- The same, on response times too.
---@param own string[]
---@return string[]
function M.response_rules(own)
  return M.rules(table.move(own, 1, #own, 2, { RESPONSE }))
end

--- The same for a load that is as high as it can be.
---@param own string[]
---@return string[]
function M.load_test_rules(own)
  return M.response_rules(table.move(own, 1, #own, 2, { THROUGHPUT }))
end

return M
