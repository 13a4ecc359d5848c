--- Who reads and writes where at the moment, and how to change it without losing a write.
---
--- Every change begins a new epoch. A write belongs to the epoch in which it began and is listed there until it is
--- done, so that a conductor can wait until the last write of the old way has ended.

local metrics = require("throng.metrics")
local phase = require("throng.phase")
local shared = require("throng.shared")
local time = require("throng.time")

local delayed = metrics.counter("cutover_delayed")
local delays = metrics.trend("cutover_delay_ms")
local refused = metrics.counter("cutover_refused")

-- How often a conductor looks whether the writes of an epoch have ended.
local LOOK_EVERY_S = 0.002

local M = {}

---@class throng.migration.Mode
local Mode = {}
Mode.__index = Mode

--- Before anything moves.
local START = {
  epoch = 0,
  writes = "source", -- the side that is written first, and decides
  reads = "source", -- the side that users read
  mirror = false, -- whether what is written goes to the other side too
  journal = false, -- whether the keys of what is written are noted, to be copied later
  track = false, -- whether they are noted for a rollback
  shadow = false, -- whether reads are held against the other side
  paused = false, -- whether writes wait
  patience_s = 0, -- how long they wait
}

function M.new(name)
  return setmetatable({ name = name, state = shared.map(name .. ".mode") }, Mode)
end

--- The mode in force.
function Mode:now()
  return self.state:get("now") or START
end

--- The other side.
function M.other(side)
  return side == "source" and "target" or "source"
end

--- Changes the mode from here on; returns what was in force before.
function Mode:switch(changes)
  local before
  self.state:update("now", function(now)
    before = now or START
    local after = {}
    for name, value in pairs(before) do
      after[name] = value
    end
    for name, value in pairs(changes) do
      after[name] = value
    end
    after.epoch = before.epoch + 1
    return after
  end)
  return before
end

local function under_way(self, epoch)
  return shared.map(self.name .. ".under_way." .. epoch)
end

local function gate(self, epoch)
  return shared.queue(self.name .. ".gate." .. epoch)
end

--- Waits until a pause is over; a write that has no more patience is refused.
local function await(self, now)
  local since = time.monotonic()
  local opened = gate(self, now.epoch):pop(now.patience_s)
  local tags = { phase = phase.current() }
  if not opened then
    refused:add(1, tags)
    error({ kind = "refused", message = "no writes while the migration moves over" })
  end
  gate(self, now.epoch):push(opened) -- for the next one who waits
  delayed:add(1, tags)
  delays:add(time.elapsed(since) * 1000, tags)
end

--- Begins a write of `what`: waits while writes are paused, and returns the mode it is to follow.
function Mode:enter(what)
  while true do
    local now = self:now()
    if now.paused then
      await(self, now)
    else
      under_way(self, now.epoch):incr(what)
      if self:now().epoch == now.epoch then
        return now
      end
      self:leave(now, what) -- it changed in between
    end
  end
end

--- Whether a write of `what` is going on.
function Mode:is_under_way(what)
  return under_way(self, self:now().epoch):get(what) ~= nil
end

--- All writes that are going on.
function Mode:under_way_now()
  return under_way(self, self:now().epoch):keys()
end

--- Ends a write.
function Mode:leave(now, what)
  under_way(self, now.epoch):update(what, function(count)
    return count and count > 1 and count - 1 or nil
  end)
end

--- Waits until the writes of an epoch have ended, at most `limit_s`; returns those that have not.
function Mode:quiesce(user, epoch, limit_s)
  local since = time.monotonic()
  local left = under_way(self, epoch):keys()
  while #left > 0 and time.elapsed(since) < limit_s do
    user:sleep(LOOK_EVERY_S)
    left = under_way(self, epoch):keys()
  end
  return left
end

--- Ends a pause.
function Mode:resume(changes)
  changes.paused = false
  local before = self:switch(changes)
  gate(self, before.epoch):push(true)
end

return M
