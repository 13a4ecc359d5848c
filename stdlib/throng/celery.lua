--- Tasks for Celery workers over a Redis broker: sends them as Celery's own client does (message protocol 2), waits for
--- their results, and measures both.
---
---     local celery = require("throng.celery")
---     local app = celery.app()
---
---     local function add(user)
---       local outcome = app:call(user, "tasks.add", { args = { 2, 3 }, priority = 9 })
---       user:check(outcome.status == "SUCCESS" and outcome.result == 5, "two and three are five")
---     end
---
---     personas = { asker = { stop = celery.close, operations = { add = add } } }
---
--- The report then has, by task, `celery_submitted`, `celery_succeeded`, `celery_failed`, `celery_retried`, `celery_revoked` and
--- `celery_lost` (no result in time), with their rates; the times `celery_total_ms` (from sending to the result), and, with
--- workers that publish `STARTED` (`task_track_started`), `celery_wait_ms` (from sending to the first start) and `celery_run_ms`
--- (all attempts). Results are listened for before the task is sent, so that none is missed. A task that ignores its
--- result tells nothing.

local message = require("throng.celery.message")
local metrics = require("throng.metrics")
local task = require("throng.celery.task")

local M = {}

local submitted = metrics.counter("celery_submitted")
local waiting = metrics.gauge("celery_queue_length")
local in_flight = metrics.gauge("celery_in_flight")

--- What became of a task.
---@class throng.celery.Outcome
---@field id string
---@field status "SUCCESS"|"FAILURE"|"REVOKED"|"LOST" `LOST` if no result came in time
---@field result any what it returned, or the exception as Celery tells it
---@field traceback? string
---@field retries integer how often it was tried again
---@field states { status: string, after_s: number }[] all states that were published, in order, and when
---@field total_s? number from sending to the result
---@field wait_s? number from sending to the first start
---@field run_s? number how long all attempts ran

--- What is to become of a task, beside its name.
---@class throng.celery.TaskOptions
---@field args? throng.Plain[] positional arguments
---@field kwargs? table<string, throng.Plain> arguments by name
---@field priority? integer 0 (served first) to 9; kombu tells 0, 3, 6 and 9 apart
---@field queue? string another queue than the application's
---@field countdown? throng.Duration not before this time has passed
---@field expires? throng.Duration revoked by the worker if it comes to it later than this
---@field time_limit? throng.Duration after this the worker kills it
---@field soft_time_limit? throng.Duration after this it gets an exception
---@field retries? integer how often it has been tried already
---@field ignore_result? boolean tells nothing of its end
---@field headers? table<string, throng.Plain> further headers of the message

--- An application: a queue, where it lies, and where its results go.
---@class throng.celery.AppOptions
---@field queue? string `celery` unless given
---@field broker? string name of the Redis target with the queue; `user.redis` unless given
---@field backend? string name of the one with the results; the broker unless given
---@field db? integer number of the broker's database, on which workers listen for commands; 0 unless given

--- A Celery application, as its clients see it.
---@class throng.celery.App
---@field private queue string
---@field private options throng.celery.AppOptions
local App = {}
App.__index = App

--- An application.
---@param options? throng.celery.AppOptions
---@return throng.celery.App
function M.app(options)
  options = options or {}
  return setmetatable({ queue = options.queue or "celery", options = options }, App)
end

local function target(user, name)
  return name and user.redis[name] or user.redis
end

local function broker(app, user)
  return target(user, app.options.broker)
end

--- Sends a task, and listens for its states unless it ignores its result.
---
--- `task:await(timeout)` waits for its end, through all retries, and gives its outcome; its times are taken when this user
--- reads what the worker published, so wait right away where they matter. `task:close()` stops listening for one that
--- nobody waits for.
---@param user throng.User
---@param name string as its worker registered it
---@param options? throng.celery.TaskOptions
---@return throng.celery.Task # to wait for; nil if it ignores its result
function App:submit(user, name, options)
  options = options or {}
  local id, queue = message.new_id(user), options.queue or self.queue
  local text = message.task(id, name, queue, "throng@" .. user.number, options)
  local client = target(user, self.options.backend or self.options.broker)
  local handle = not options.ignore_result and task.new(user, client, id, name) or nil
  if handle then
    task.sent(handle)
  end
  broker(self, user):lpush(message.list_key(queue, options.priority or 0), text)
  submitted:add(1, { task = name })
  return handle
end

--- Sends a task and waits for its end.
---@param user throng.User
---@param name string
---@param options? throng.celery.TaskOptions
---@param timeout? throng.Duration 30 s unless given
---@return throng.celery.Outcome
function App:call(user, name, options, timeout)
  return self:submit(user, name, options):await(timeout)
end

--- Tells all workers not to run a task, or to end it where it runs.
---@param user throng.User
---@param id string
---@param options? { terminate?: boolean }
---@return integer workers that were told
function App:revoke(user, id, options)
  local arguments = { task_id = id, terminate = options and options.terminate or false, signal = "SIGTERM" }
  local text = message.control("revoke", arguments, message.new_id(user))
  return broker(self, user):publish(message.control_channel(self.options.db or 0), text)
end

--- How many workers listen on the broker. They are asked for a sign of life that nobody waits for.
---@param user throng.User
---@return integer
function App:workers(user)
  local text = message.control("ping", {}, message.new_id(user))
  return broker(self, user):publish(message.control_channel(self.options.db or 0), text)
end

--- How many tasks wait in the queue, of all priorities, and how many are with workers. The latter are those that run, those
--- that workers have taken in advance (four for each process unless told otherwise), and those with a `countdown`.
---@param user throng.User
---@return integer waiting
---@return integer in_flight
function App:depth(user)
  local lists = message.list_keys(self.queue)
  local replies = broker(self, user):pipeline(function(pipeline)
    for _, key in ipairs(lists) do
      pipeline:llen(key)
    end
    pipeline:hlen("unacked")
  end)
  local sum = 0
  for place = 1, #lists do
    sum = sum + replies[place]
  end
  return sum, replies[#lists + 1]
end

--- As `depth`, and notes both as the figures `celery_queue_length` and `celery_in_flight`.
---@param user throng.User
---@return integer waiting
---@return integer in_flight
function App:observe(user)
  local length, taken = self:depth(user)
  waiting:add(length, { queue = self.queue })
  in_flight:add(taken)
  return length, taken
end

--- Ends the connection on which a user listens: for a persona's `stop`.
---@param user throng.User
function M.close(user)
  task.close(user)
end

return M
