--- Bugs to plant in a target, as real migrations have had them: a rehearsal that does not find them proves nothing.

local shared = require("throng.shared")

-- What a clock in Tehran is ahead of UTC, taken for UTC.
local OFFSET_US = 210 * 60 * 1000000

local M = {}

--- Each makes of a store one that has the bug. `map` is that of the migration, for what all workers must agree on.
local FAULTS = {}

--- One row of a migration takes no more writes once users write it, and says that it did.
function FAULTS.lost_write(store, name, map)
  local function write(user, key, record, when)
    local row = name .. " " .. key
    local victim = map:update("victim", function(elected)
      return elected or row
    end)
    return victim == row or store.write(user, key, record, when)
  end
  local function write_many(user, entries)
    local victim, kept = map:get("victim"), {}
    for _, entry in ipairs(entries) do
      if victim ~= name .. " " .. entry.key then
        kept[#kept + 1] = entry
      end
    end
    store.write_many(user, kept)
  end
  return { write = write, write_many = write_many }
end

--- Users read a record as it was when it was first read.
function FAULTS.stale_read(store, name, map)
  local function read(user, key)
    local found = store.read(user, key)
    if not found then
      return nil
    end
    return map:update("read " .. name .. " " .. key, function(first)
      return first or found
    end)
  end
  return { read = read }
end

--- Times are copied as those of another zone.
function FAULTS.timezone(store, _, _, schema)
  local function write_many(user, entries)
    local shifted = {}
    for i, entry in ipairs(entries) do
      local record = {}
      for name, value in pairs(entry.record) do
        record[name] = schema.types[name] == "timestamp" and value + OFFSET_US or value
      end
      shifted[i] = { key = entry.key, record = record }
    end
    store.write_many(user, shifted)
  end
  return { write_many = write_many }
end

--- The last row of a page is left behind, as by a bound that is off by one.
function FAULTS.dropped_rows(store)
  local function write_many(user, entries)
    store.write_many(user, { table.unpack(entries, 1, math.max(1, #entries - 1)) })
  end
  return { write_many = write_many }
end

--- Makes of the store of a kind of record one that has the bug which the parameter `param` names, and none if it is
--- empty. Each migration of a run has a bug of its own.
function M.plant(store, param, migration, kind, schema)
  local map, sabotaged = shared.map(migration .. ".faults"), {}
  for fault, make in pairs(FAULTS) do
    sabotaged[fault] = make(store, kind, map, schema)
  end
  local planted = { expires = store.expires }
  for method, sound in pairs(store) do
    if type(sound) == "function" then
      planted[method] = function(user, ...)
        local fault = user.params[param]
        if fault ~= "" and not FAULTS[fault] then
          local known = "lost_write, stale_read, timezone, dropped_rows"
          error(("parameter `%s`: `%s` is none of %s"):format(param, fault, known), 0)
        end
        return (fault ~= "" and sabotaged[fault][method] or sound)(user, ...)
      end
    end
  end
  return planted
end

return M
