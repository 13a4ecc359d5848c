--- Copying: all records once, and again those that changed meanwhile.

local metrics = require("throng.metrics")
local mode = require("throng.migration.mode")
local seam = require("throng.migration.seam")
local time = require("throng.time")

local rows = metrics.counter("backfill_rows")
local rate = metrics.gauge("backfill_rows_per_s")
local backlog = metrics.gauge("backfill_backlog")
local again = metrics.counter("backfill_rows_again")

local M = {}

--- Copies every record of the source, so many in a page, and no faster than `per_s` a second if that is not 0. Writes
--- that come meanwhile are newer than what is copied here, or are in the journal.
---@param migration throng.migration.Migration
function M.all(user, migration, page, per_s)
  local total, copied = 0, 0
  for _, kind in ipairs(migration.seams) do
    total = total + kind.source.count(user)
  end
  local since = time.monotonic()
  for _, kind in ipairs(migration.seams) do
    local cursor
    repeat
      local entries
      entries, cursor = kind.source.page(user, cursor, page)
      kind.target.write_many(user, entries)
      copied = copied + #entries
      rows:add(#entries, { of = kind.name })
      backlog:add(math.max(0, total - copied) + #migration.journal:keys())
      local ahead_s = per_s > 0 and copied / per_s - time.elapsed(since) or 0
      if ahead_s > 0 then
        user:sleep(ahead_s)
      end
    until not cursor
  end
  rate:add(copied / math.max(time.elapsed(since), 1e-6))
end

--- Copies a row as it is now from the side that is written to the other.
local function copy(user, migration, row, from)
  local kind, key = seam.find(migration.records, row)
  local record = kind[from].read(user, key)
  if record then
    kind[mode.other(from)].write_many(user, { { key = key, record = record } })
  end
end

--- Copies what the journal holds, once. A row leaves it before it is read, so that a later change puts it back.
function M.journal(user, migration)
  local noted = migration.journal:keys()
  local from = migration.mode:now().writes
  for i, row in ipairs(noted) do
    migration.journal:delete(row)
    local ok, err = pcall(copy, user, migration, row, from)
    if not ok then
      migration.journal:set(row, true)
      error(err, 0)
    end
    again:add(1)
    backlog:add(#noted - i)
  end
  return #noted
end

return M
