--- The office: people who read and people who write.
---
--- Needs nothing, so that it can be checked anywhere.

local function work() end

return {
  about = "people who read and people who write",
  params = { members = { default = 1000, doc = "members made before the run" } },
  load = { users = 50, iterations = 20, ramp_up = "10s" },
  profiles = {
    quick = { users = 4, iterations = 2, think = "none" },
    open = { rate = "100/s", duration = "10s", arrivals = "poisson" },
  },
  thresholds = { "response.p95 < 500ms" },
  personas = {
    reader = { share = 75, think = "50ms..150ms", operations = { read = { weight = 9, run = work } } },
    writer = { share = 25, run = work },
  },
}
