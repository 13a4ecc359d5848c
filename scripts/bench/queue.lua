--- A queue of jobs in a table: producers add, workers take the oldest with FOR UPDATE SKIP LOCKED.
---
--- A worker's transaction takes a job that nobody else holds, does it, moves it to the finished ones and commits; a few
--- attempts fail, roll back, and leave the job to the next one. Needs one PostgreSQL.
---
--- With `--profile held_snapshot` a reporter joins who now and then holds a snapshot for a while, as a long report, a backup or
--- a forgotten transaction does. Until it lets go, the rows of jobs long done can't be cleaned away, and every `take` has
--- to step over all of them: compare the phases `free` and `held` in the report. `dead_jobs` is how many lay there.
---
--- `verify` asks that every job was done once, or still waits, and was done right.
---
---     throng run bench/queue
---     throng run bench/queue --profile held_snapshot --duration 5m --param hold=60s

local gen = require("throng.gen")
local hash = require("throng.hash")
local metrics = require("throng.metrics")
local pg = require("throng.pg")
local phase = require("throng.phase")
local time = require("throng.time")
local verify = require("throng.verify")

local SCHEMA = [[
  DROP TABLE IF EXISTS queue_jobs, queue_finished;
  CREATE TABLE queue_jobs (
    id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    payload  text NOT NULL,
    digest   text NOT NULL,
    added_at timestamptz NOT NULL DEFAULT clock_timestamp()
  );
  CREATE TABLE queue_finished (
    job_id   bigint NOT NULL,
    payload  text NOT NULL,
    result   text NOT NULL,
    ended_at timestamptz NOT NULL DEFAULT clock_timestamp()
  );
]]

local insert = pg.statement("insert", "INSERT INTO queue_jobs (payload, digest) VALUES ($1, $2)")

local take = pg.statement("take", [[
  SELECT id, payload, digest, (extract(epoch FROM clock_timestamp() - added_at) * 1000)::float8 AS waited_ms
  FROM queue_jobs ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED]])

local remove = pg.statement("remove", "DELETE FROM queue_jobs WHERE id = $1")
local finish = pg.statement("finish", "INSERT INTO queue_finished (job_id, payload, result) VALUES ($1, $2, $3)")
local depth = pg.statement("depth", "SELECT count(*) FROM queue_jobs")
local dead = pg.statement("dead", [[
  SELECT n_dead_tup FROM pg_stat_user_tables WHERE relid = 'queue_jobs'::regclass]])

local waited = metrics.trend("waited_ms")
local idle = metrics.rate("found_nothing")
local waiting = metrics.gauge("waiting_jobs")
local dead_jobs = metrics.gauge("dead_jobs")

local function setup(ctx)
  ctx.pg:script(SCHEMA)
  local bytes = ctx.params.payload_bytes
  local function digest(i)
    return hash.md5(gen.text(i, bytes))
  end
  ctx.pg:copy_in("queue_jobs (payload, digest)", gen.rows(ctx.params.backlog, { { gen.text, bytes }, digest }))
  ctx.pg:script("ANALYZE queue_jobs")
end

local function add(user)
  local payload = gen.text(user.random:integer(1, 1 << 40), user.params.payload_bytes)
  verify.counted("jobs added", function()
    user.pg:execute(insert, payload, hash.md5(payload))
  end)
end

--- Takes a job and does it; false if there is none, or if this attempt fails.
local function work_on_job(user, tx, fails)
  local job = tx:one(take)
  idle:add(not job)
  if not job then
    return false
  end
  waited:add(math.max(0, tonumber(job.waited_ms)))
  local result = hash.md5(job.payload)
  user:check(result == job.digest, "a job is as its producer made it")
  if user.state.work_s > 0 then
    user:sleep(user.state.work_s)
  end
  tx:execute(finish, job.id, job.payload, result)
  if fails then
    error({ kind = "job_failed" })
  end
  user:check(tx:execute(remove, job.id) == 1, "nobody else removes a job that this worker holds")
end

local function process(user)
  local fails = user.random:bool(user.params.fail_share)
  verify.counted("jobs finished", function()
    local ok, result = pcall(user.pg.transaction, user.pg, function(tx)
      return work_on_job(user, tx, fails)
    end)
    if ok then
      return result
    elseif result.kind == "job_failed" then
      return false
    end
    error(result)
  end)
end

--- Keeps a transaction open. It asks something now and then, or the server would take it for forgotten and end it.
local function stay(user, tx, time_s)
  local left = time_s
  while left > 0 do
    user:think(math.min(left, 5))
    tx:value("SELECT 1")
    left = left - 5
  end
end

--- Holds no snapshot for a while, and then one.
local function report(user)
  phase.begin("free")
  user:think(user.params.every)
  dead_jobs:add(tonumber(user.pg:value(dead)) or 0, { snapshot = "free" })
  waiting:add(tonumber(user.pg:value(depth)))
  user.pg:transaction(function(tx)
    tx:value(depth)
    phase.begin("held")
    stay(user, tx, time.parse(user.params.hold))
    dead_jobs:add(tonumber(tx:value(dead)) or 0, { snapshot = "held" })
  end, { isolation = "repeatable read", read_only = true })
end

local TWICE = "SELECT job_id, count(*) AS times FROM queue_finished GROUP BY job_id HAVING count(*) > 1"
local DONE_AND_WAITING = "SELECT id FROM queue_jobs WHERE id IN (SELECT job_id FROM queue_finished)"
local DONE_WRONG = "SELECT job_id FROM queue_finished WHERE result <> md5(payload)"
local ALTERED = "SELECT id FROM queue_jobs WHERE digest <> md5(payload)"

local function verify_jobs(ctx)
  local checks = verify.new()
  local count = tonumber(ctx.pg:value(depth))
  local done = tonumber(ctx.pg:value("SELECT count(*) FROM queue_finished"))
  checks:none("jobs done twice", ctx.pg:cursor(TWICE))
  checks:none("jobs both done and waiting", ctx.pg:cursor(DONE_AND_WAITING))
  checks:none("jobs done wrong", ctx.pg:cursor(DONE_WRONG))
  checks:none("waiting jobs that were altered", ctx.pg:cursor(ALTERED))
  checks:counted("jobs added", count + done - ctx.params.backlog)
  checks:counted("jobs finished", done)
  checks:finish()
end

---@type throng.Scenario
return {
  about = "a job queue in a table, with SKIP LOCKED and, if asked for, a snapshot held for long",
  needs = { "postgres" },
  tables = { "queue_jobs", "queue_finished" },
  params = {
    backlog = { default = 1000, doc = "jobs that wait before the run" },
    payload_bytes = { default = 200, doc = "size of a job" },
    work = { default = "1ms", doc = "how long a worker is busy with a job that it holds" },
    fail_share = { default = 0.01, doc = "share of attempts that fail and roll back" },
    every = { default = "5s", doc = "held_snapshot: how long no snapshot is held" },
    hold = { default = "10s", doc = "held_snapshot: how long one is held" },
  },

  load = { users = 16, duration = "30s", persona = { "producer", "worker" } },
  thresholds = { "response{operation=process}.p99 < 1s", "errors.rate < 1%" },
  profiles = {
    held_snapshot = { duration = "60s", persona = { "producer", "worker", "reporter" } },
    quick = {
      users = 9, duration = "3s", persona = { "producer", "worker", "reporter" },
      params = { backlog = 200, work = "0ms", every = "500ms", hold = "1s" },
      thresholds = { "errors.rate < 1%" },
    },
  },

  setup = setup,
  verify = verify_jobs,

  personas = {
    producer = { share = 25, think = "exp(2ms)", operations = { add = add } },
    worker = {
      share = 75,
      think = "exp(1ms)",
      start = function(user)
        user.state.work_s = time.parse(user.params.work)
      end,
      operations = { process = process },
    },
    reporter = { users = 1, run = report },
  },
}
