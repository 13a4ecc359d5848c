--- What a migration got wrong: which differences are faults, which writes a rollback loses.
---
--- `self` is the migration throughout.

local compare = require("throng.migration.compare")
local metrics = require("throng.metrics")
local seam = require("throng.migration.seam")

local compared = metrics.counter("verify_rows")
local mismatches = metrics.counter("verify_mismatches")
local shadow_mismatches = metrics.counter("shadow_mismatches")
local writes_lost = metrics.counter("rollback_writes_lost")

-- How often the rows written since a cutover are sifted before a rollback, and how many may be left for its pause.
local SIFT_ROUNDS, SIFT_ENOUGH = 5, 20

local M = {}

--- Notes the rows that differ.
local function note(self, name, kind, differing, metric)
  local texts = {}
  for i, row in ipairs(differing) do
    metric:add(1, { class = row.class, of = kind.name })
    texts[i] = row.text
  end
  self.findings:note(name, texts)
end

--- The classes of differences that are as they should be.
local function expected(self)
  local now = self.mode:now()
  -- A source that is no longer written falls behind.
  local alone = now.writes == "target" and not now.mirror
  return { expired = true, ahead = alone, extra = alone }
end

--- Holds both sides against each other, all rows.
function M.all(self, user, name)
  for _, kind in ipairs(self.seams) do
    local differing, rows = compare.sides(user, kind, expected(self))
    compared:add(rows, { of = kind.name })
    note(self, name, kind, differing, mismatches)
  end
end

--- Looks again at what shadow reads found to differ.
function M.suspects(self, user, name)
  local keys = {}
  for _, row in ipairs(self.suspects:keys()) do
    self.suspects:delete(row)
    local kind, key = seam.find(self.records, row)
    keys[kind] = keys[kind] or {}
    table.insert(keys[kind], key)
  end
  for _, kind in ipairs(self.seams) do
    local suspected = keys[kind] or {}
    local differing = compare.settle(user, kind, suspected, expected(self))
    if #suspected > #differing then
      shadow_mismatches:add(#suspected - #differing, { class = "transient", of = kind.name })
    end
    note(self, name, kind, differing, shadow_mismatches)
  end
end

--- Leaves among the rows written since the cutover those that differ, before the pause that looking at them in it would
--- lengthen. While users go on new ones come, so it takes some rounds.
function M.sift(self, user)
  if not self.mode:now().mirror then
    return -- all of them differ
  end
  for _ = 1, SIFT_ROUNDS do
    local rows = self.touched:keys()
    for _, row in ipairs(rows) do
      self.touched:delete(row)
      local kind, key = seam.find(self.records, row)
      if compare.class(kind, kind.source.read(user, key), kind.target.read(user, key)) then
        self.touched:set(row, true)
      end
    end
    if #rows <= SIFT_ENOUGH then
      return
    end
  end
end

--- Counts what of a row written since the cutover the source does not have, and makes the target as the source is.
local function lost_of(self, user, row)
  local kind, key = seam.find(self.records, row)
  local source, target = kind.source.read(user, key), kind.target.read(user, key)
  local class = compare.class(kind, source, target)
  if not class or class == "expired" then
    return nil
  end
  local lost = math.max(1, target and target.version - (source and source.version or 0) or 1)
  writes_lost:add(lost, { of = kind.name })
  if source then
    kind.target.write(user, key, source, "always")
  else
    kind.target.remove(user, key)
  end
  return ("%s: %d writes lost"):format(row, lost)
end

--- Notes what a rollback loses of the rows that were written since the cutover.
function M.give_up(self, user, name)
  local texts = {}
  for _, row in ipairs(self.touched:keys()) do
    texts[#texts + 1] = lost_of(self, user, row)
    self.touched:delete(row)
  end
  self.findings:note(name, texts)
end

return M
