--- Background tasks of a financial application: sent to Celery workers, waited for, and held against what they should do.
---
--- Clients send tasks that work for `work` and return, urgent ones of the first priority and bulk ones of the last, whole batches
--- at once, tasks that fail, tasks that are tried again before they succeed, and tasks that they take back. The report has
--- submissions, successes, failures, retries and revocations per second, the times from sending to the result, of waiting
--- and of running, and how many tasks lay in the queue (`celery_queue_length`) and with workers (`celery_in_flight`).
---
--- Needs the Redis that is the broker, and a worker of yours that serves the queue `queue` with the tasks that the parameters
--- name. `examples/celery/tasks.py` has such tasks. `verify` asks that the state of every task in Redis is the one that
--- its client heard, and that nothing was left in the queue.
---
--- A worker has as many processes as the machine has processors, unless told otherwise, and with tasks of 50 ms each process does
--- at most 20 a second. The clients of the profile `load_test` send more than two can do: bulk tasks then wait longer than
--- `patience`, and fail. Give the worker eight for it: `--concurrency=8`.
---
---     CELERY_BROKER_URL=redis://localhost:6379/0 celery --app tasks worker
---     throng run finance/celery --redis redis://localhost:6379/0
---     throng run finance/celery --redis redis://localhost:6379/0 --rate 100/s --duration 1m

local celery = require("throng.celery")
local json = require("throng.json")
local limits = require("parts.limits")
local metrics = require("throng.metrics")
local shared = require("throng.shared")
local time = require("throng.time")
local verify = require("throng.verify")

local PRIORITY = { urgent = 0, ordinary = 3, bulk = 9 }

local as_expected = metrics.rate("tasks_as_expected")

--- What was heard of tasks, a page for each client: statuses by id.
local heard = shared.queue("throng.finance.tasks")

--- The application, made when it is first asked for, since its queue is a parameter.
local function app_of(user)
  local app = user.state.app
  if not app then
    app = celery.app({ queue = user.params.queue, db = user.params.db })
    user.state.app = app
  end
  return app
end

--- Waits for a task, and notes what became of it.
local function wait(user, task, status, result)
  local outcome = task:await(user.params.patience)
  user.state.heard = user.state.heard or {}
  user.state.heard[outcome.id] = outcome.status
  local right = outcome.status == status and (result == nil or outcome.result == result)
  as_expected:add(right)
  user:check(right, ("a task ended %s, and should have ended %s"):format(outcome.status, status))
  return outcome
end

local function send_work(user, priority)
  local work_s = user.state.work_s
  return app_of(user):submit(user, user.params.work_task, { args = { work_s }, priority = priority })
end

local function work(priority)
  return function(user)
    wait(user, send_work(user, priority), "SUCCESS", user.state.work_s)
  end
end

--- Many tasks at once, waited for together.
local function batch(user)
  local tasks = {}
  for place = 1, user.params.batch do
    tasks[place] = send_work(user, PRIORITY.bulk)
  end
  for _, task in ipairs(tasks) do
    wait(user, task, "SUCCESS", user.state.work_s)
  end
end

local function fail(user)
  local task = app_of(user):submit(user, user.params.fail_task, { args = { "as asked" } })
  local outcome = wait(user, task, "FAILURE")
  user:check(outcome.result.exc_message, "a failure tells the exception")
end

local function retry(user)
  local times = user.random:integer(1, 3)
  local task = app_of(user):submit(user, user.params.retry_task, { args = { times } })
  local outcome = wait(user, task, "SUCCESS", times)
  user:check(outcome.retries == times, ("%d retries were asked for, and %d heard of"):format(times, outcome.retries))
end

--- Takes a task back before it has begun.
local function revoke(user)
  local app = app_of(user)
  local task = app:submit(user, user.params.work_task, { args = { user.state.work_s }, countdown = "1m" })
  user:check(app:revoke(user, task.id) > 0, "a worker hears of it")
  wait(user, task, "REVOKED")
end

local function watch(user)
  app_of(user):observe(user)
end

-- A user's life, before and after -----------------------------------------------------------------

local function start(user)
  user.state.work_s = time.parse(user.params.work)
end

local function stop(user)
  celery.close(user)
  if user.state.heard then
    heard:push(user.state.heard)
  end
end

local function setup(ctx)
  local told = "no Celery worker listens on this Redis, database %d: start one that serves the queue `%s`"
  ctx:check(app_of(ctx):workers(ctx) > 0, told:format(ctx.params.db, ctx.params.queue))
end

--- Adds to `checks` that Redis has of some tasks what their client heard.
local function check_states(ctx, checks, states)
  local ids = {}
  for id in pairs(states) do
    ids[#ids + 1] = id
  end
  local stored = ctx.redis:pipeline(function(pipeline)
    for _, id in ipairs(ids) do
      pipeline:get("celery-task-meta-" .. id)
    end
  end)
  for place, id in ipairs(ids) do
    local text = stored[place]
    local state = type(text) == "string" and json.decode(text).status or "nothing"
    if states[id] ~= "LOST" then
      checks:equal("state of task " .. id, state, states[id])
    end
  end
end

local function verify_tasks(ctx)
  local checks = verify.new()
  for states in function() return heard:try_pop() end do
    check_states(ctx, checks, states)
  end
  local waiting = app_of(ctx):depth(ctx)
  checks:equal("tasks left in the queue", waiting, 0)
  checks:finish()
end

---@type throng.Scenario
return {
  about = "background tasks of a financial application, on Celery workers of yours",
  needs = { "redis" },
  params = {
    queue = { default = "celery", doc = "the queue that the worker serves" },
    db = { default = 0, doc = "number of the broker's database" },
    work_task = { default = "throng.sleep", doc = "name of a task that takes seconds, sleeps and returns them" },
    fail_task = { default = "throng.fail", doc = "name of one that takes a text and fails" },
    retry_task = { default = "throng.retry", doc = "name of one that is tried again so many times, and returns how many" },
    work = { default = "50ms", doc = "how long a task works" },
    batch = { default = 20, doc = "tasks of a batch" },
    patience = { default = "30s", doc = "how long a client waits for a result" },
  },

  load = { users = 11, duration = "1m", think = "50ms..150ms", preset = "finance" },
  requires = { "a Celery worker of yours on its Redis" },
  -- Who only watches the queue never fails, and would make errors look rarer than clients find them.
  thresholds = limits.rules({ "tasks_as_expected > 99%", "celery_queue_length.max < 1000" }, "client"),
  profiles = {
    quick = { users = 5, iterations = 6, think = "10ms..30ms", params = { work = "2ms", batch = 3 } },
    full = { users = 31, duration = "5m" },
    load_test = { users = 101, duration = "1m", think = "20ms" },
  },

  setup = setup,
  verify = verify_tasks,

  personas = {
    client = {
      share = 100,
      start = start,
      stop = stop,
      operations = {
        urgent = { weight = 20, run = work(PRIORITY.urgent) },
        ordinary = { weight = 50, run = work(PRIORITY.ordinary) },
        bulk = { weight = 10, run = work(PRIORITY.bulk) },
        batch = { weight = 3, run = batch },
        fail = { weight = 5, run = fail },
        retry = { weight = 5, run = retry },
        revoke = { weight = 5, run = revoke },
      },
    },
    watcher = { users = 1, think = "100ms", operations = { watch = watch } },
  },
}
