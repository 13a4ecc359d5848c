--- The mix of sysbench's `oltp_read_write` on the tables that it prepares: 18 statements in a transaction.
---
--- sysbench leaves the rows it selects where its client library put them. So does this with
--- `--param rows=counted`; with `rows=read` every row becomes a Lua table.

local pg = require("throng.pg")

local TABLES = 4

local TEXTS = {
  point = "SELECT c FROM %s WHERE id = $1",
  range = "SELECT c FROM %s WHERE id BETWEEN $1 AND $2",
  sum = "SELECT SUM(k) FROM %s WHERE id BETWEEN $1 AND $2",
  ordered = "SELECT c FROM %s WHERE id BETWEEN $1 AND $2 ORDER BY c",
  distinct = "SELECT DISTINCT c FROM %s WHERE id BETWEEN $1 AND $2 ORDER BY c",
  count_up = "UPDATE %s SET k = k + 1 WHERE id = $1",
  rewrite = "UPDATE %s SET c = $1 WHERE id = $2",
  delete = "DELETE FROM %s WHERE id = $1",
  insert = "INSERT INTO %s (id, k, c, pad) VALUES ($1, $2, $3, $4)",
}

--- The statements on one table, by name.
local function statements(number)
  local made = {}
  for name, text in pairs(TEXTS) do
    made[name] = pg.statement(name .. "_" .. number, text:format("sbtest" .. number))
  end
  return made
end

local on_table = {}
for number = 1, TABLES do
  on_table[number] = statements(number)
end

local RANGES = { "range", "sum", "ordered", "distinct" }

--- Groups of eleven digits.
local function digits(user, groups)
  local parts = {}
  for group = 1, groups do
    parts[group] = string.format("%011d", user.random:integer(0, 99999999999))
  end
  return table.concat(parts, "-")
end

local function read_and_write(user)
  local rows, select = user.params.rows_per_table, user.params.rows == "read" and "query" or "execute"
  local function any_table()
    return on_table[user.random:integer(1, TABLES)]
  end
  local function any_row()
    return user.random:integer(1, rows)
  end

  user.pg:transaction(function(tx)
    local points = any_table()
    for _ = 1, 10 do
      tx[select](tx, points.point, any_row())
    end
    for _, kind in ipairs(RANGES) do
      local first = any_row()
      tx[select](tx, any_table()[kind], first, first + 99)
    end
    tx:execute(any_table().count_up, any_row())
    tx:execute(any_table().rewrite, digits(user, 10), any_row())
    local replaced, id = any_table(), any_row()
    tx:execute(replaced.delete, id)
    tx:execute(replaced.insert, id, any_row(), digits(user, 10), digits(user, 5))
  end)
end

---@type throng.Scenario
return {
  about = "the mix of sysbench's oltp_read_write",
  needs = { "postgres" },
  params = {
    rows_per_table = { default = 50000, doc = "rows of each of the four tables" },
    rows = { default = "read", doc = "what becomes of selected rows: read or counted" },
  },
  load = { users = 16, duration = "10s" },

  personas = {
    worker = { operations = { read_and_write = read_and_write } },
  },
}
