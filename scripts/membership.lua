--- Membership office: the staff of a member organisation who look up, enter and correct records.
---
--- Half of them mostly read, a fifth mostly write, a quarter do both, and a few handle files.
--- Needs one PostgreSQL. `setup` makes and fills six tables; `verify` then holds every row
--- against what the users did.
---
---     throng run membership
---     throng run membership --profile stress
---     throng run membership --persona read_heavy --users 100
---     throng run membership --profile day
---     throng run membership --profile regions
---
--- `day` is the office's day in minutes: a quiet morning, the rush at midday, a fair afternoon, a quiet evening, each a phase
--- of its own in the report; `day_short` takes seconds. `regions` has staff in three places instead, who do the same and pause the longer between
--- two steps the farther away they are; each region is a population of its own.

local audit = require("membership.audit")
local day = require("membership.day")
local staff = require("membership.staff")
local tables = require("membership.tables")

---@type throng.Scenario
return {
  about = "read-heavy, write-heavy, mixed and file users of a member database",
  needs = { "postgres" },
  tables = tables.NAMES,
  params = {
    members = { default = 10000, doc = "members seeded before the run" },
  },

  load = { users = 50, iterations = 50, ramp_up = "10s", think = "100ms", persona = staff.EVERYDAY },
  scale_to = 4000,
  thresholds = { "response.mean < 500ms", "errors.rate < 1%" },
  profiles = {
    quick = { users = 10, iterations = 20, ramp_up = "1s" },
    normal = {
      users = 50, iterations = 50,
      thresholds = { "response.mean < 200ms", "throughput > 50/s", "errors.rate < 1%" },
    },
    peak = {
      users = 150, iterations = 75,
      thresholds = { "response.mean < 500ms", "throughput > 100/s", "errors.rate < 2%" },
    },
    stress = {
      users = 200, iterations = 100,
      thresholds = { "response.mean < 1s", "errors.rate < 5%" },
    },
    read_heavy = {
      users = 100, iterations = 50, persona = { "read_heavy" },
      thresholds = { "response.mean < 100ms", "throughput > 150/s", "errors.rate < 1%" },
    },
    write_heavy = {
      users = 30, iterations = 100, persona = { "write_heavy" },
      thresholds = { "response.mean < 300ms", "errors.rate < 1%" },
    },
    day = day.profile(staff.EVERYDAY, "2m", "10s"),
    day_short = day.profile(staff.EVERYDAY, "5s", "1s"),
    regions = { persona = staff.REGIONS },
    sustained = {
      users = 50, iterations = 500, think = "500ms",
      thresholds = { "response.mean < 200ms", "response.p99[30s] < 1s", "errors.rate < 1%" },
    },
  },

  setup = tables.fill,
  verify = audit.run,

  personas = staff.personas(),
}
