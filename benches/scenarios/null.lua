--- Users who do nothing at all: what is left is the engine's own cost.

---@type throng.Scenario
return {
  about = "operations without work",
  load = { users = 1, iterations = 1 },
  personas = {
    idler = { operations = { nothing = function() end } },
  },
}
