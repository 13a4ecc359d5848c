--- The tables of sysbench's OLTP tests, `sbtest1` and on, with rows that tell what they must be.
---
--- As sysbench makes them: `id`, an indexed `k`, and the texts `c` and `pad`, ten and five groups of eleven digits. Where
--- sysbench writes any digits, the first group of `c` is the number of the write it came from, 0 for `setup`, and the
--- first group of `pad` what `k` was when the row was inserted; all other groups follow from those and the row's place. So
--- no byte of a row can change unseen.

local gen = require("throng.gen")
local pg = require("throng.pg")

local M = {}

local MOST_TABLES = 16
local DIGITS = 100000000000 -- what a group of eleven digits counts to

--- The tables there may be.
M.NAMES = {}
for number = 1, MOST_TABLES do
  M.NAMES[number] = "sbtest" .. number
end

--- Which rows are picked, by the name of sysbench's `--rand-type` and with its default shape.
local DISTRIBUTIONS = {
  uniform = function(size) return gen.uniform(1, size) end,
  special = function(size) return gen.hot_set(size, 0.01, 0.75) end,
  zipfian = function(size) return gen.zipf(size, 0.8) end,
}

--- Groups of digits that follow from `seed`; `first` is the first of them.
local function groups(seed, first, count)
  local made = { ("%011d"):format(first) }
  for place = 2, count do
    -- Knuth's linear congruential generator for MMIX, of which the high bits are good.
    seed = seed * 6364136223846793005 + 1442695040888963407
    made[place] = ("%011d"):format((seed >> 27) % DIGITS)
  end
  return table.concat(made, "-")
end

--- The `c` of a row, as write number `write` makes it.
function M.c(number, id, write)
  return groups(gen.hash(id, number) ~ write * 2654435761, write, 10)
end

--- The `pad` of a row that was inserted with `k`.
function M.pad(number, id, k)
  return groups(gen.hash(id, number) ~ ~k, k, 5)
end

--- The number of the write that a `c` or, for a `pad`, the `k` that it tells of; nil if it is none of ours.
local function first_group(text)
  return tonumber(text:match("^(%d%d%d%d%d%d%d%d%d%d%d)%-"))
end

--- A number for a write of this user, different from those of its other writes.
function M.next_write(user)
  local count = (user.state.writes or 0) + 1
  user.state.writes = count
  return (user.number * 1000000 + count) % DIGITS
end

--- How errors and ledgers name a row.
function M.cell(number, id)
  return ("sbtest%d row %d"):format(number, id)
end

--- Prepares a user: which rows it picks.
function M.start(user)
  user.state.rows = DISTRIBUTIONS[user.params.distribution](user.params.table_size)
end

function M.any_table(user)
  return user.random:integer(1, user.params.tables)
end

function M.any_row(user)
  return user.state.rows:sample(user.random)
end

--- A statement on one of the tables: `statement(number)` of a text with `%s` for the table's name.
function M.statement(label, text)
  local made = {}
  for number, name in ipairs(M.NAMES) do
    made[number] = pg.statement(label .. "_" .. number, text:format(name))
  end
  return function(number)
    return made[number]
  end
end

local TABLE = [[
  CREATE TABLE %s (
    id  serial PRIMARY KEY,
    k   integer NOT NULL DEFAULT 0,
    c   char(120) NOT NULL DEFAULT '',
    pad char(60) NOT NULL DEFAULT ''
  )]]

local function fresh_rows(number, size)
  return gen.rows(size, {
    { gen.integer, 1, size, number },
    function(id) return M.c(number, id, 0) end,
    function(id) return M.pad(number, id, gen.integer(id, 1, size, number)) end,
  })
end

--- Makes the tables anew and fills them.
function M.fill(ctx)
  local params = ctx.params
  local counts = params.tables >= 1 and params.tables <= MOST_TABLES and params.table_size >= 1
  ctx:check(counts, ("`tables` must be 1 to %d, and `table_size` at least 1"):format(MOST_TABLES))
  ctx:check(DISTRIBUTIONS[params.distribution], "`distribution` must be uniform, special or zipfian")
  ctx.pg:script("DROP TABLE IF EXISTS " .. table.concat(M.NAMES, ", "))
  for number = 1, params.tables do
    local name = M.NAMES[number]
    ctx.pg:script(TABLE:format(name))
    ctx.pg:copy_in(name .. " (k, c, pad)", fresh_rows(number, params.table_size))
    ctx.pg:script(("CREATE INDEX k_%d ON %s (k); ANALYZE %s"):format(number, name, name))
  end
end

--- Adds to `checks` that every row of every table is there once, and whole. `each(number, id, k, write, k_at_first)` is
--- called for each row.
function M.check(ctx, checks, each)
  local size = ctx.params.table_size
  for number = 1, ctx.params.tables do
    local count = 0
    for row in ctx.pg:cursor(("SELECT id, k, rtrim(c) AS c, rtrim(pad) AS pad FROM sbtest%d ORDER BY id"):format(number)) do
      count = count + 1
      local id, k, write, k_at_first = tonumber(row.id), tonumber(row.k), first_group(row.c), first_group(row.pad)
      local cell = M.cell(number, id)
      checks:that(write and row.c == M.c(number, id, write), cell .. ": its `c` was altered")
      checks:that(k_at_first and row.pad == M.pad(number, id, k_at_first), cell .. ": its `pad` was altered")
      checks:that(id >= 1 and id <= size, cell .. " is not one of those made")
      if write and k_at_first then
        each(number, id, k, write, k_at_first)
      end
    end
    checks:equal(("rows of sbtest%d"):format(number), count, size)
  end
end

return M
