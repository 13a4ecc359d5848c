--- The rows of a batch in their table: which they are, how they are written, and how they go.
---
--- A row is a line of JSON, and a batch is known by how many lines it has and by a digest, the sum of the lines' own.
--- PostgreSQL makes both of the rows that it deletes, and we of the lines in the file, so they are the same rows to the last
--- byte or the transaction does not commit.

local hash = require("throng.hash")
local pg = require("throng.pg")

local M = {}

--- The rows of one table.
---@class throng.archive.Rows
---@field table string
---@field key string
---@field time string
---@field private choose_next throng.pg.Statement
---@field private delete_all throng.pg.Statement
local Rows = {}
Rows.__index = Rows

--- A batch, as it is on its way and as it is noted.
---@class throng.archive.Batch
---@field table string
---@field batch integer its number within the table, from 1
---@field first integer the smallest key
---@field last integer the largest
---@field before string rows older than this
---@field rows integer
---@field digest integer of the rows
---@field bytes integer size of the file
---@field sha256 string of the file

-- Sums of digests are kept to so many bits, which both a bigint and an integer of Lua hold.
local DIGEST_MASK = (1 << 60) - 1

--- The SQL for the line of a row. White space in a column of type `json` may hold line breaks, where a blank does as well.
local function line(row)
  return ("translate(row_to_json(%s)::text, E'\\n\\r', '  ')"):format(row)
end

--- The SQL for the rows of a batch, whose keys and time come as these SQL terms.
local function within(of, first, last, before)
  return ("%s BETWEEN %s AND %s AND %s < %s::timestamptz"):format(of.key, first, last, of.time, before)
end

--- The rows of a table. To be called while the file is loaded.
---@param options throng.archive.Options
---@param name string
---@return throng.archive.Rows
function M.of(options, name)
  local self = setmetatable({ table = name, key = options.key, time = options.time }, Rows)
  self.choose_next = pg.statement("choose " .. name, ([[
    SELECT min(key) AS first, max(key) AS last, count(*) AS rows
    FROM (SELECT %s AS key FROM %s WHERE %s < $1::text::timestamptz ORDER BY 1 LIMIT $2::bigint) chosen]])
    :format(self.key, name, self.time))
  self.delete_all = pg.statement("delete " .. name, ([[
    WITH gone AS (DELETE FROM %s WHERE %s RETURNING *),
    lines AS (SELECT %s AS line FROM gone)
    SELECT count(*) AS rows, coalesce(mod(
      sum(('x' || left(encode(sha256(convert_to(line, 'UTF8')), 'hex'), 15))::bit(60)::bigint),
      (1::bigint << 60)::numeric), 0)::bigint AS digest
    FROM lines]])
    :format(name, within(self, "$1::bigint", "$2::bigint", "$3::text"), line("gone")))
  return self
end

--- The digest of a line and of those before it.
---@param sum integer
---@param text string
---@return integer
function M.add(sum, text)
  return (sum + tonumber(hash.sha256(text):sub(1, 15), 16)) & DIGEST_MASK
end

--- The next rows that are old enough; nil if there are none.
---@param user throng.User
---@param before string
---@param most integer
---@return throng.archive.Batch?
function Rows:choose(user, before, most)
  local found = user.pg:one(self.choose_next, before, most)
  if tonumber(found.rows) == 0 then
    return nil
  end
  return { table = self.table, before = before, first = tonumber(found.first), last = tonumber(found.last) }
end

--- Copies the rows of a batch out as lines.
---@param user throng.User
---@param batch throng.archive.Batch
---@param out throng.file.Writer
---@return integer rows
function Rows:copy(user, batch, out)
  local before = "'" .. batch.before:gsub("'", "''") .. "'"
  -- A line of JSON has no control characters, so none of it is quoted, and CSV leaves it as it is.
  local sql = ([[
    COPY (SELECT %s FROM (SELECT * FROM %s WHERE %s ORDER BY %s) chosen)
    TO STDOUT (FORMAT csv, QUOTE E'\001', DELIMITER E'\002')]])
    :format(line("chosen"), self.table, within(self, batch.first, batch.last, before), self.key)
  return user.pg:copy_out(sql, out)
end

--- Deletes the rows of a batch.
---@param tx throng.pg.Client
---@param batch throng.archive.Batch
---@return integer rows
---@return integer digest
function Rows:delete(tx, batch)
  local gone = tx:one(self.delete_all, batch.first, batch.last, batch.before)
  return tonumber(gone.rows), tonumber(gone.digest)
end

return M
