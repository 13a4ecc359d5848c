--- The one place through which users reach a kind of record, wherever it lives at the moment.

local compare = require("throng.migration.compare")
local metrics = require("throng.metrics")
local mode = require("throng.migration.mode")
local phase = require("throng.phase")

local mirror_failures = metrics.counter("mirror_failures")
local shadow_reads = metrics.counter("shadow_reads")

-- How often an update begins anew because another writer came first.
local TRIES = 50

-- Pause before a shadow read that differs is taken for a suspect: a mirrored write may be on its way.
local SECOND_LOOK_S = 0.01

local M = {}

---@class throng.migration.Seam
local Seam = {}
Seam.__index = Seam

--- `parts`: `name`, `schema`, `source`, `target`, and of the migration `mode`, `journal`, `touched`, `suspects`.
function M.new(parts)
  return setmetatable(parts, Seam)
end

--- The seam and the key of a row, out of seams by their names.
function M.find(records, row)
  local kind, key = row:match("^(%S+) (.*)$")
  return records[kind], key
end

--- The name of a row among those of all kinds.
function Seam:row(key)
  return self.name .. " " .. key
end

--- Whether a row is being written, or waits to be copied again.
function Seam:is_pending(key)
  local row = self:row(key)
  return self.mode:is_under_way(row) or self.journal:get(row) ~= nil
end

--- Holds what a user read against the other side. A difference that stays is noted; the conductor looks again.
local function shadow(self, user, key, found, from)
  shadow_reads:add(1, { of = self.name })
  local function differ(one)
    local other = self[mode.other(from)].read(user, key)
    local source, target = one, other
    if from == "target" then
      source, target = other, one
    end
    return compare.class(self, source, target)
  end
  if differ(found) then
    user:sleep(SECOND_LOOK_S)
    if differ(self[from].read(user, key)) then
      self.suspects:set(self:row(key), true)
    end
  end
end

function Seam:read(user, key)
  local now = self.mode:now()
  local found = self[now.reads].read(user, key)
  if now.shadow then
    shadow(self, user, key, found, now.reads)
  end
  return found
end

--- Writes to the other side as well. Users must not suffer when that fails: the row is noted and copied later.
local function mirror(self, user, key, record, now)
  local ok = pcall(self[mode.other(now.writes)].write, user, key, record)
  if not ok then
    self.journal:set(self:row(key), true)
    mirror_failures:add(1, { phase = phase.current() })
  end
end

--- Writes a record to where it belongs at the moment; false if a newer one is there.
local function put(self, user, key, record, now)
  local ok, written = pcall(self[now.writes].write, user, key, record)
  if ok and not written then
    return false
  end
  -- A write that failed may have arrived all the same.
  if now.journal or (now.mirror and not ok) then
    self.journal:set(self:row(key), true)
  end
  if now.track then
    self.touched:set(self:row(key), true)
  end
  if not ok then
    error(written, 0)
  end
  if now.mirror then
    mirror(self, user, key, record, now)
  end
  return true
end

--- Does `work` as a write of the mode in force.
local function within(self, key, work)
  local row = self:row(key)
  local now = self.mode:enter(row)
  local ok, result = pcall(work, now)
  self.mode:leave(now, row)
  if not ok then
    error(result, 0)
  end
  return result
end

function Seam:write(user, key, record)
  return within(self, key, function(now)
    return put(self, user, key, record, now)
  end)
end

function Seam:update(user, key, change)
  for _ = 1, TRIES do
    local done, result = false, nil
    within(self, key, function(now)
      local held = self[now.writes].read(user, key)
      local version = held and held.version or 0
      local changed = change(held)
      if changed then
        changed.version = version + 1
        done = put(self, user, key, changed, now)
        result = changed
      else
        done = true
      end
    end)
    if done then
      return result
    end
  end
  error({ kind = "conflict", message = ("%s: others came first %d times"):format(self:row(key), TRIES) })
end

return M
