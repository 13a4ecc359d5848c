--- Looks at every file of a table, and whether its rows are there alone.

local file = require("throng.file")
local files = require("throng.archive.files")
local json = require("throng.json")

local M = {}

-- Keys that are looked up in the table at a time.
local KEYS = 1000

--- A place for the keys of one file, looked up in the table some at a time; what is found there goes to `found`.
local function watch(ctx, of, found)
  local sql = ("SELECT %s AS key FROM %s WHERE %s = ANY($1::bigint[])"):format(of.key, of.table, of.key)
  local keys = {}
  local function look()
    for _, row in ipairs(#keys > 0 and ctx.pg:query(sql, keys) or {}) do
      found[#found + 1] = row
    end
    keys = {}
  end
  local function add(key)
    keys[#keys + 1] = key
    if #keys == KEYS then
      look()
    end
  end
  return add, look
end

--- Reads one file; what is not as noted goes to `checks`.
local function read(ctx, path, of, checks, batch, twice, visit)
  checks:equal(path .. ": bytes", file.size(path), batch.bytes)
  checks:equal(path .. ": SHA-256", file.digest(path, "sha256"), batch.sha256)
  local add, look = watch(ctx, of, twice)
  local outside = 0
  local ok, count, digest = pcall(files.read, path, function(line)
    local row = json.decode(line)
    local key = row[of.key]
    outside = outside + ((key < batch.first or key > batch.last) and 1 or 0)
    add(key)
    if visit then
      visit(of.table, row)
    end
  end)
  if not ok then
    checks:that(false, tostring(count))
    return
  end
  look()
  checks:equal(path .. ": rows", count, batch.rows)
  checks:equal(path .. ": digest of the rows", digest, batch.digest)
  checks:equal(path .. ": rows outside its keys", outside, 0)
end

--- Adds to `checks` what must hold of the files of a table whose folder is settled.
---@param ctx throng.Context
---@param store string
---@param of throng.archive.Rows
---@param checks throng.verify.Checks
---@param noted throng.archive.Batch[]
---@param visit? fun(name: string, row: table<string, any>)
function M.table(ctx, store, of, checks, noted, visit)
  local twice = {}
  for i, batch in ipairs(noted) do
    checks:equal(of.table .. ": number of a batch", batch.batch, i)
    read(ctx, files.of(store, of.table):path(batch.batch), of, checks, batch, twice, visit)
  end
  local shown = 0
  checks:none(of.table .. ": rows both in a file and in the table", function()
    shown = shown + 1
    return twice[shown]
  end)
end

return M
