--- The whole financial application under rising load: queries, calculations, entries, a cache, and tasks if there is a worker.
---
--- The number of users rises in steps, each a phase of its own: the first is called `baseline`, and the report holds the response
--- times of the others against it, so that degradation shows. Needs PostgreSQL and Redis; with the profile `with_tasks` also a
--- Celery worker of yours, as `finance/celery` does. `verify` is that of the integrity and the cache scenarios.
---
--- Of a financial application it is expected that the slowest twentieth of responses takes less than 200 ms on every step, better
--- 100 ms, and that less than 5 % fail, better 1 %.
---
---     throng run finance/overall
---     throng run finance/overall --profile load_test
---     throng run finance/overall --profile with_tasks --redis redis://localhost:6379/0

local cache = require("parts.cache")
local celery = require("throng.celery")
local limits = require("parts.limits")
local metrics = require("throng.metrics")
local phase = require("throng.phase")
local reads = require("parts.reads")
local schema = require("parts.schema")
local writes = require("parts.writes")

local hits = metrics.rate("cache_hits")
local app = celery.app()

local function cached_profile(user)
  local hit = cache.read(user, schema.any_user(user))
  hits:add(hit)
end

local function submit(user)
  cache.changed(user, writes.submit)
end

local function background_task(user)
  local outcome = app:call(user, user.params.task, { args = { 0.02 } })
  user:check(outcome.status == "SUCCESS", "a task succeeds")
end

local function watch_queue(user)
  app:observe(user)
end

-- Steps ------------------------------------------------------------------------------------------

--- The phase of a step, which is a stage that takes time; the first is what the others are compared with.
local function phase_of(place, users)
  return place == 1 and "baseline" or "users_" .. users
end

--- Settings for numbers of users that rise in steps of a length.
local function steps(levels, length, settings)
  local rules = { limits.CACHE_HITS }
  settings.stages = {}
  for place, users in ipairs(levels) do
    settings.stages[2 * place - 1] = { "0s", users = users }
    settings.stages[2 * place] = { length, users = users }
    rules[#rules + 1] = ("response{phase=%s}.p95 < 200ms warn 100ms"):format(phase_of(place, users))
  end
  settings.thresholds = settings.thresholds or limits.rules(rules)
  return settings
end

local function conduct(user)
  local place = 0
  for _, stage in ipairs(phase.stages()) do
    if stage.duration > 0 then
      place = place + 1
      phase.begin(phase_of(place, stage.users))
      user:think(stage.duration)
    end
  end
  phase.finish()
end

-- Before and after -------------------------------------------------------------------------------

local function setup(ctx)
  cache.setup(ctx)
  cache.warm(ctx)
end

---@type throng.Scenario
return {
  about = "a financial application under rising load: queries, entries, cache, and tasks if asked for",
  needs = { "postgres", "redis" },
  tables = schema.NAMES,
  params = {
    users = schema.PARAMS.users,
    checkins = schema.PARAMS.checkins,
    submissions = schema.PARAMS.submissions,
    ttl = { default = "5m", doc = "how long a profile stays cached" },
    single_flight = { default = true, doc = "readers who miss a profile wait for the one who loads it" },
    task = { default = "throng.sleep", doc = "with_tasks: name of a task that takes seconds and sleeps" },
  },

  load = steps({ 10, 20, 40, 80 }, "15s", { think = "20ms..60ms", persona = { "conductor", "member" }, preset = "finance" }),
  profiles = {
    quick = steps({ 4, 8, 12 }, "700ms", {
      think = "5ms..15ms", params = { users = 300 }, thresholds = { limits.ERRORS, "cache_hits > 50%" },
    }),
    full = steps({ 10, 20, 40, 80, 120 }, "1m", { params = { users = 20000 } }),
    load_test = steps({ 10, 50, 100, 200 }, "15s", { think = "10ms..30ms" }),
    with_tasks = steps({ 10, 20, 40, 80 }, "15s", { persona = { "conductor", "member", "client", "watcher" } }),
  },

  setup = setup,
  verify = cache.verify,

  personas = {
    conductor = { load = { users = 1, iterations = 1 }, run = conduct },
    member = {
      share = 90,
      start = cache.start,
      operations = {
        cached_profile = { weight = 30, run = cached_profile },
        find_user = { weight = 15, run = reads.find_user },
        recent_checkins = { weight = 10, run = reads.recent_checkins },
        summary = { weight = 10, run = reads.summary },
        forecast = { weight = 5, run = reads.forecast },
        dashboard = { weight = 10, run = reads.dashboard },
        by_month = { weight = 1, run = reads.by_month },
        submit = { weight = 8, run = submit },
        check_in = { weight = 8, run = writes.check_in },
        register = { weight = 3, run = writes.register },
      },
    },
    client = { share = 10, stop = celery.close, operations = { background_task = background_task } },
    watcher = { users = 1, think = "100ms", operations = { watch_queue = watch_queue } },
  },
}
