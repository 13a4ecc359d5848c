--- Records as both sides of a migration must agree on them: typed fields, one canonical text, what differs.

local hash = require("throng.hash")
local json = require("throng.json")
local time = require("throng.time")

local M = {}

--- How a value of each type is spelled, the same whichever side it came from.
local SPELL = {
  text = tostring,
  integer = function(value) return ("%d"):format(value) end,
  number = function(value) return ("%.17g"):format(value) end,
  boolean = function(value) return value and "true" or "false" end,
  timestamp = function(value) return ("%d"):format(value) end,
  json = json.encode,
}

--- How a value is shown to people, where that is another way.
local SHOW = {
  text = function(value) return ("%q"):format(value) end,
  timestamp = function(value)
    return time.format(value // 1000000, "%Y-%m-%dT%H:%M:%S") .. (".%06dZ"):format(value % 1000000)
  end,
}

--- The fields of a kind of record, in the order of their names.
---@param fields table<string, string> types by name
---@return { names: string[], types: table<string, string> }
function M.schema(fields)
  local names = {}
  for name, type in pairs(fields) do
    if not SPELL[type] then
      local known = "boolean, integer, json, number, text, timestamp"
      error(("field `%s`: `%s` is no type; there are %s"):format(name, type, known), 3)
    end
    names[#names + 1] = name
  end
  table.sort(names)
  return { names = names, types = fields }
end

local function spell(schema, name, record)
  local value = record[name]
  return value ~= nil and SPELL[schema.types[name]](value) or nil
end

--- 64 bits that stand for a record and its key. Lengths go before the values, so that `ab` and `c` are not `a` and
--- `bc`, and nothing is told from an empty text.
function M.digest(schema, key, record)
  local parts = { #key .. ":" .. key, tostring(record.version) }
  for _, name in ipairs(schema.names) do
    local text = spell(schema, name, record)
    parts[#parts + 1] = text and #text .. ":" .. text or "-"
  end
  return tonumber(hash.md5(table.concat(parts, " ")):sub(1, 16), 16)
end

--- The names of the fields in which two records differ.
function M.differences(schema, one, other)
  local names = {}
  for _, name in ipairs(schema.names) do
    if spell(schema, name, one) ~= spell(schema, name, other) then
      names[#names + 1] = name
    end
  end
  return names
end

--- A field for people to read.
function M.show(schema, name, record)
  local value = record[name]
  if value == nil then
    return "nothing"
  end
  return (SHOW[schema.types[name]] or SPELL[schema.types[name]])(value)
end

return M
