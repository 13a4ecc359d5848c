--- YCSB's core workloads on Redis: records of ten fields, read and written by key.
---
--- A: half reads, half updates. B: 95 % reads, 5 % updates. C: reads only. D: 95 % reads of what was inserted last, 5 %
--- inserts. E: 95 % scans, 5 % inserts. F: half reads, half read-modify-writes. Each is a persona and a profile of the same
--- name; without a profile A is played. Keys, mixes and request distributions are YCSB's; a record is a hash, and a sorted
--- set holds all keys in their order, for the scans. Needs one Redis; all keys begin with `throng:ycsb:`.
---
--- `verify` holds every byte of every record against what was written, and finds lost writes: each user remembers what it
--- wrote last to each field, which `--param remember=false` spares very long runs.
---
---     throng run bench/ycsb_redis --profile b
---     throng run bench/ycsb_redis --profile d --param records=1000000

local keys = require("throng.keys")
local workloads = require("parts.ycsb")
local ycsb = require("throng.ycsb")

local PREFIX = "throng:ycsb:"
local INDEX = PREFIX .. "keys"

local store = {}

--- A hash as a record; nil if there is none.
local function record(fields)
  return next(fields) and fields or nil
end

function store.read(user, key)
  return record(user.redis:hgetall(PREFIX .. key))
end

function store.update(user, key, field, value)
  user.redis:hset(PREFIX .. key, field, value)
end

local function add(pipeline, key, fields)
  pipeline:hset(PREFIX .. key, fields)
  pipeline:zadd(INDEX, 0, key)
end

function store.insert(user, key, fields)
  user.redis:pipeline(function(pipeline)
    add(pipeline, key, fields)
  end)
end

function store.scan(user, key, count)
  local names = user.redis:zrangebylex(INDEX, "[" .. key, "+", "LIMIT", 0, count)
  local found = user.redis:pipeline(function(pipeline)
    for _, name in ipairs(names) do
      pipeline:hgetall(PREFIX .. name)
    end
  end)
  return #found
end

function store.fill(ctx, count, fields_of)
  keys.clear(ctx, PREFIX)
  keys.pipeline(ctx, count, function(pipeline, i)
    add(pipeline, ycsb.key(i - 1), fields_of(i - 1))
  end)
end

function store.count(ctx)
  return ctx.redis:zcard(INDEX)
end

function store.each(ctx, count, visit)
  keys.pipeline(ctx, count, function(pipeline, i)
    pipeline:hgetall(PREFIX .. ycsb.key(i - 1))
  end, function(i, fields)
    visit(i - 1, record(fields))
  end)
end

---@type throng.Scenario
return {
  about = "YCSB's core workloads A to F on Redis",
  needs = { "redis" },
  params = workloads.PARAMS,

  load = workloads.LOAD,
  thresholds = { "response.p99 < 100ms", "errors.rate < 0.1%" },
  profiles = workloads.PROFILES,

  setup = workloads.setup(store),
  verify = workloads.verify(store),

  personas = workloads.personas(store),
}
