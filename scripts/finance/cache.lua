--- A Redis cache before a financial application's database: cold, warm, invalidated, and stampeded.
---
--- Readers want profiles, a few of them far more often than the rest. The cache has one (a hit), or it is read from PostgreSQL
--- and cached for `ttl` (a miss). Writers change a profile in the database and then drop it from the cache; a reader who read
--- the old one meanwhile must not put it back, so each profile has a generation in Redis that must still be the same. Needs
--- both servers; all keys begin with `throng:finance:`.
---
--- A conductor moves the timeline: in `cold` the cache is empty, in `warm` all profiles are loaded into it beforehand, in
--- `invalidation` a part of them is dropped again and again, and in `stampede` everybody wants the same profile, which is dropped
--- every `gap`. `loads_per_expiry` is how many readers then went to the database: one, as long as the others wait for
--- the first (`single_flight`). Response times of each phase, hits by phase and Redis's memory are in the report.
---
--- `verify` asks that nothing cached differs from the database, that all of it will run out, and that no write was lost.
---
---     throng run finance/cache
---     throng run finance/cache --param single_flight=false

local cache = require("parts.cache")
local gen = require("throng.gen")
local limits = require("parts.limits")
local metrics = require("throng.metrics")
local phase = require("throng.phase")
local schema = require("parts.schema")
local shared = require("throng.shared")
local time = require("throng.time")
local writes = require("parts.writes")

-- Whose profile everybody wants in a stampede.
local HOT = 1

local hits = metrics.rate("cache_hits")
local loads_per_expiry = metrics.trend("loads_per_expiry")
local memory_mb = metrics.gauge("redis_memory_mb")
local memory_percent = metrics.gauge("redis_memory_percent")

--- How often readers went to the database for the profile that everybody wants.
local function hot_loads()
  return shared.counter("throng.finance.hot_loads")
end

local function start(user)
  cache.start(user)
  user.state.popular = gen.zipf(user.params.users, 0.9)
end

local function read(user)
  local now = phase.current()
  local id = now == "stampede" and HOT or user.state.popular:sample(user.random)
  local hit, loaded = cache.read(user, id)
  hits:add(hit, { phase = now })
  if loaded and id == HOT then
    hot_loads():add(1)
  end
end

local function write(user)
  cache.changed(user, writes.submit)
end

-- The conductor ----------------------------------------------------------------------------------

local function note_memory(user)
  local info = user.redis:call("INFO", "memory")
  local function figure(name)
    return tonumber(info:match(name .. ":(%d+)")) or 0
  end
  local most, used = figure("maxmemory"), figure("used_memory")
  memory_mb:add(used / 1e6)
  memory_percent:add(used / (most > 0 and most or figure("total_system_memory")) * 100)
end

--- Repeats `step` and a pause until the phase is over.
local function go_on(user, step)
  local since, length_s = time.monotonic(), time.parse(user.params.phase)
  while time.elapsed(since) < length_s do
    step()
  end
end

local function invalidate_some(user)
  local ids = {}
  for place = 1, math.max(1, user.params.users // 20) do
    ids[place] = schema.any_user(user)
  end
  user:operation("invalidate", function()
    cache.invalidate(user, ids)
  end)
  user:think(user.params.gap)
end

local function expire_hot(user)
  local before = hot_loads():get()
  user:operation("expire_hot", function()
    cache.expire(user, HOT)
  end)
  user:think(user.params.gap)
  loads_per_expiry:add(hot_loads():get() - before)
end

local function conduct(user)
  phase.begin("cold")
  cache.empty(user)
  user:think(user.params.phase)
  user:operation("warm_up", cache.warm)
  note_memory(user)
  phase.begin("warm")
  user:think(user.params.phase)
  phase.begin("invalidation")
  go_on(user, function() invalidate_some(user) end)
  phase.begin("stampede")
  go_on(user, function() expire_hot(user) end)
  note_memory(user)
end

---@type throng.Scenario
return {
  about = "a Redis cache before a financial application's database: cold, warm, invalidated, stampeded",
  needs = { "postgres", "redis" },
  tables = schema.NAMES,
  params = {
    users = schema.PARAMS.users,
    checkins = { default = 1, doc = "weekly health check-ins of each" },
    submissions = { default = 1, doc = "financial questionnaires that each has sent in" },
    ttl = { default = "5m", doc = "how long a profile stays cached" },
    phase = { default = "10s", doc = "length of each phase" },
    gap = { default = "250ms", doc = "time between invalidations, and between expiries of the hot profile" },
    single_flight = { default = true, doc = "readers who miss wait for the one who loads" },
  },

  -- Until the conductor is done; the duration is only a limit.
  load = { users = 31, duration = "10m", think = "2ms..6ms", preset = "finance" },
  thresholds = limits.rules({
    "cache_hits{phase=warm} > 70% warn 80%",
    "response{operation=read,phase=warm}.p95 < 100ms warn 50ms",
    "loads_per_expiry.mean < 2",
    "redis_memory_percent < 80",
  }),
  profiles = {
    quick = {
      users = 11, params = { users = 200, phase = "600ms", gap = "60ms" },
      thresholds = {
        "cache_hits{phase=warm} > 50%", "loads_per_expiry.mean < 2", "redis_memory_percent < 80", limits.ERRORS,
      },
    },
    full = { users = 51, params = { phase = "1m" } },
    load_test = { users = 201, think = "1ms", params = { phase = "15s" } },
  },

  setup = cache.setup,
  verify = cache.verify,

  personas = {
    conductor = {
      users = 1,
      run = function(user)
        local ok, err = pcall(conduct, user)
        -- Without its conductor the load would go on to its limit.
        phase.finish()
        if not ok then
          error(err, 0)
        end
      end,
    },
    reader = { share = 90, start = start, operations = { read = read } },
    writer = { share = 10, operations = { write = write } },
  },
}
