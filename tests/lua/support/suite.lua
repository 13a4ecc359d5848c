--- Makes a scenario of tests: each is an operation, which rehearsing plays once.
---
---     return suite({
---       tests = { ["two and two are four"] = function(user) expect.equal(2 + 2, 4) end },
---     })

---@class suite
---@field tests table<string, fun(user: throng.User)>

---@param parts suite with any further keys of a scenario: `needs`, `env`, `setup`, `verify` …
---@return throng.Scenario
return function(parts)
  local scenario = { load = { users = 1, iterations = 1 } }
  for key, value in pairs(parts) do
    scenario[key] = value
  end
  scenario.tests = nil
  scenario.personas = { tester = { operations = parts.tests } }
  return scenario
end
