--- A task that was sent, and what became of it: the states that its worker publishes, on this user's clock.

local json = require("throng.json")
local message = require("throng.celery.message")
local metrics = require("throng.metrics")
local time = require("throng.time")

local M = {}

local LISTENER = "throng.celery"
-- A task that ends in one of these runs no more.
local FINAL = { SUCCESS = true, FAILURE = true, REVOKED = true }

local ended = {
  SUCCESS = metrics.counter("celery_succeeded"),
  FAILURE = metrics.counter("celery_failed"),
  REVOKED = metrics.counter("celery_revoked"),
  LOST = metrics.counter("celery_lost"),
}
local retried = metrics.counter("celery_retried")
local total_ms = metrics.trend("celery_total_ms")
local wait_ms = metrics.trend("celery_wait_ms")
local run_ms = metrics.trend("celery_run_ms")

--- A task that was sent.
---@class throng.celery.Task
---@field id string
---@field name string
local Task = {}
Task.__index = Task

--- The user's own connection that listens for results, and the tasks that it listens for.
local function listener_of(user, client, channel)
  local listeners = user.state[LISTENER]
  if not listeners then
    listeners = {}
    user.state[LISTENER] = listeners
  end
  local listener = listeners[client]
  if not listener then
    listener = { subscription = client:subscribe(channel), tasks = {} }
    listeners[client] = listener
  else
    listener.subscription:subscribe(channel)
  end
  return listener
end

--- Notes a state that was published. `at` is when, in seconds since the task was sent.
local function note(task, told, at)
  local states, starts = task.states, task.starts
  states[#states + 1] = { status = told.status, after_s = at }
  if told.status == "STARTED" then
    task.wait_s = task.wait_s or at
    task.attempts = task.attempts + 1
    starts[#starts + 1] = at
  elseif #starts > 0 then
    -- A worker publishes that it will try again only after it has sent the message for that, so that the next attempt may
    -- have begun by then, or even ended: a retry ends the earliest attempt, anything else the latest.
    local began = table.remove(starts, told.status == "RETRY" and 1 or #starts)
    task.run_s = (task.run_s or 0) + at - began
  end
  if told.status == "RETRY" then
    task.retries = task.retries + 1
  end
  if FINAL[told.status] then
    task.told = told
  end
end

local function or_nil(value)
  if value ~= json.null then
    return value
  end
end

--- Takes the next message for any of the user's tasks; false if none came in time.
local function receive(listener, left_s)
  local published = listener.subscription:next(left_s)
  if not published then
    return false
  end
  local task = listener.tasks[published.channel]
  if task then
    note(task, json.decode(published.payload), time.elapsed(task.sent_at))
  end
  return true
end

--- A task about to be sent; it listens already when this returns.
function M.new(user, client, id, name)
  local channel = message.result_key(id)
  local task = {
    id = id, name = name, client = client, channel = channel, listener = listener_of(user, client, channel),
    states = {}, starts = {}, attempts = 0, retries = 0,
  }
  task.listener.tasks[channel] = task
  return setmetatable(task, Task)
end

--- Says that the task has been sent, or is just about to be.
function M.sent(task)
  task.sent_at = time.monotonic()
end

--- The state that lies in Redis, for where a message was missed.
local function stored(task)
  local text = task.client:get(task.channel)
  local told = text and json.decode(text)
  return told and FINAL[told.status] and told or nil
end

--- Stops listening for it; for a task that nobody waits for after all.
function Task:close()
  if self.listener.tasks[self.channel] then
    self.listener.tasks[self.channel] = nil
    self.listener.subscription:unsubscribe(self.channel)
  end
end

--- Waits until the task has succeeded, failed or been revoked, through all its retries, and tells what became of it.
---
--- Its times are taken when this user reads what the worker published, so wait right away where they matter. Whether it
--- waited or ran is told by the state `STARTED`, which workers publish with `task_track_started`.
---@param timeout? throng.Duration 30 s unless given; after that its status is `LOST`
---@return throng.celery.Outcome
function Task:await(timeout)
  local deadline = self.sent_at + time.parse(timeout or "30s")
  while not self.told do
    local left_s = deadline - time.monotonic()
    if left_s <= 0 or not receive(self.listener, left_s) then
      break
    end
  end
  self:close()
  local missed = not self.told and stored(self)
  local told = self.told or missed or { status = "LOST" }
  return self:outcome(told, missed)
end

--- What became of it, counted. The times of a task whose end was missed are not known.
---@private
function Task:outcome(told, missed)
  local tags = { task = self.name }
  ended[told.status]:add(1, tags)
  local last = self.states[#self.states]
  -- A retry that was told after the end is not heard of any more.
  local retries = math.max(self.retries, self.attempts - 1)
  if retries > 0 then
    retried:add(retries, tags)
  end
  local outcome = {
    id = self.id, status = told.status, result = or_nil(told.result), traceback = or_nil(told.traceback),
    retries = retries, states = self.states, wait_s = self.wait_s, run_s = self.run_s,
    total_s = not missed and last and FINAL[told.status] and last.after_s or nil,
  }
  for _, figure in ipairs({ { total_ms, outcome.total_s }, { wait_ms, outcome.wait_s }, { run_ms, outcome.run_s } }) do
    if figure[2] then
      figure[1]:add(figure[2] * 1000, tags)
    end
  end
  return outcome
end

--- Ends what a user listens on.
function M.close(user)
  for _, listener in pairs(user.state[LISTENER] or {}) do
    listener.subscription:close()
  end
  user.state[LISTENER] = nil
end

return M
