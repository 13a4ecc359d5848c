--- Holds what is in tables and files against all that was ever written.

local hash = require("throng.hash")
local numbers = require("archiver.numbers")
local tables = require("archiver.tables")

local M = {}

--- All rows of the tables, by who wrote them.
local Seen = {}
Seen.__index = Seen

function Seen:see(name, writer, number)
  local key = name .. " " .. writer
  self.numbers[key] = self.numbers[key] or numbers.new()
  self.numbers[key]:see(number)
end

function Seen:alter(name, row, where)
  self.altered[#self.altered + 1] = { table = name, id = row.id, where = where }
end

--- Rows one by one, as `checks:none` wants them.
local function each(rows)
  local i = 0
  return function()
    i = i + 1
    return rows[i]
  end
end

--- Takes in a row from a file.
local function from_file(seen, name, row)
  local from, ok = row.detail.from, tostring(row.detail.ok)
  local parts = { row.writer, row.number, row.user_id, row.action, from, ok, row.created_at }
  if hash.md5(table.concat(parts, "|")) ~= row.checksum then
    seen:alter(name, row, "file")
  end
  seen:see(name, row.writer, row.number)
end

--- Takes in what is left in a table.
local function from_table(ctx, seen, name)
  for row in tables.left(ctx, name) do
    if row.whole ~= "true" then
      seen:alter(name, row, "table")
    end
    seen:see(name, tonumber(row.writer), tonumber(row.number))
  end
end

--- Each writer's numbers in a table must be there once each, and none that it never gave.
local function account(ctx, checks, seen, name)
  local lost, twice, unknown = {}, {}, {}
  for _, writer in ipairs(tables.written(ctx, name)) do
    local had, rows = seen.numbers[name .. " " .. tonumber(writer.writer)] or numbers.new(), tonumber(writer.rows)
    for number in had:missing(rows) do
      lost[#lost + 1] = { writer = writer.writer, number = number }
    end
    for _, number in ipairs(had.twice) do
      twice[#twice + 1] = { writer = writer.writer, number = number }
    end
    if had.most > rows then
      unknown[1] = { writer = writer.writer, number = had.most }
    end
  end
  checks:none(name .. ": rows lost", each(lost))
  checks:none(name .. ": rows that are there twice", each(twice))
  checks:none(name .. ": rows that nobody wrote", each(unknown))
end

--- Adds to `checks` that every row ever written is there once, whole, in a file or in its table.
---@param ctx throng.Context
---@param checks throng.verify.Checks
---@param store throng.archive.Store
function M.run(ctx, checks, store)
  local seen = setmetatable({ numbers = {}, altered = {} }, Seen)
  store:check(ctx, checks, function(name, row)
    from_file(seen, name, row)
  end)
  for _, name in ipairs(tables.logs(ctx.params)) do
    from_table(ctx, seen, name)
    account(ctx, checks, seen, name)
  end
  checks:none("rows that were altered", each(seen.altered))
end

return M
