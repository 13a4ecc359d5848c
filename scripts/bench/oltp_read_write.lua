--- Workers who read and write rows in transactions of twenty statements: sysbench's `oltp_read_write`.
---
--- Its mix on its tables: 10 point selects, 4 range selects of 100 rows (plain, sum, ordered, distinct), an update of an
--- indexed column, one of a column that is not, and a row deleted and inserted again, between BEGIN and COMMIT. As in
--- sysbench, a transaction that meets a deadlock, a serialization failure or a duplicate key begins again, counted as
--- `restarts`. Needs one PostgreSQL.
---
--- `verify` finds lost, doubled and altered rows, and updates that are not there: each user remembers what it wrote last
--- to each row.
---
---     throng run bench/oltp_read_write
---     throng run bench/oltp_read_write --param delete_inserts=0 --param table_size=100000

local ledger = require("throng.ledger")
local metrics = require("throng.metrics")
local sbtest = require("parts.sbtest")
local verify = require("throng.verify")

local point = sbtest.statement("point", "SELECT c FROM %s WHERE id = $1")
local index_update = sbtest.statement("index_update", "UPDATE %s SET k = k + 1 WHERE id = $1")
local non_index_update = sbtest.statement("non_index_update", "UPDATE %s SET c = $1 WHERE id = $2")
local delete = sbtest.statement("delete", "DELETE FROM %s WHERE id = $1")
local insert = sbtest.statement("insert", "INSERT INTO %s (id, k, c, pad) VALUES ($1, $2, $3, $4)")

local RANGES = {
  sbtest.statement("simple_range", "SELECT c FROM %s WHERE id BETWEEN $1 AND $2"),
  sbtest.statement("sum_range", "SELECT sum(k) FROM %s WHERE id BETWEEN $1 AND $2"),
  sbtest.statement("order_range", "SELECT c FROM %s WHERE id BETWEEN $1 AND $2 ORDER BY c"),
  sbtest.statement("distinct_range", "SELECT DISTINCT c FROM %s WHERE id BETWEEN $1 AND $2 ORDER BY c"),
}

-- What makes a transaction begin again, as in sysbench: deadlock, serialization failure, duplicate key.
local RESTARTED = { ["40P01"] = true, ["40001"] = true, ["23505"] = true }

local restarts = metrics.counter("restarts")
local writes = ledger.last("writes")

--- What one transaction does, drawn before it, so that it does the same when it begins again.
local function draw(user)
  local params, size = user.params, user.params.table_size
  local plan = { points = {}, ranges = {}, index_updates = {}, rewrites = {}, replacements = {}, cells = {}, written = {} }
  local points_in = sbtest.any_table(user)
  for i = 1, params.point_selects do
    plan.points[i] = { points_in, sbtest.any_row(user) }
  end
  for _ = 1, params.range_selects do
    for _, range in ipairs(RANGES) do
      local number, first = sbtest.any_table(user), sbtest.any_row(user)
      plan.ranges[#plan.ranges + 1] = { range(number), first, first + params.range_size - 1 }
    end
  end
  for i = 1, params.index_updates do
    plan.index_updates[i] = { sbtest.any_table(user), sbtest.any_row(user) }
  end
  local function writing_to(number, id)
    local write, cell = sbtest.next_write(user), sbtest.cell(number, id)
    plan.cells[#plan.cells + 1] = cell
    plan.written[cell] = write
    return sbtest.c(number, id, write)
  end
  for i = 1, params.non_index_updates do
    local number, id = sbtest.any_table(user), sbtest.any_row(user)
    plan.rewrites[i] = { number, id, writing_to(number, id) }
  end
  for i = 1, params.delete_inserts do
    local number, id, k = sbtest.any_table(user), sbtest.any_row(user), user.random:integer(1, size)
    plan.replacements[i] = { number, id, k, writing_to(number, id), sbtest.pad(number, id, k) }
  end
  return plan
end

local function play(user, tx, plan)
  for _, select in ipairs(plan.points) do
    user:check(tx:execute(point(select[1]), select[2]) == 1, "every row is found by its id")
  end
  for _, select in ipairs(plan.ranges) do
    tx:execute(select[1], select[2], select[3])
  end
  for _, update in ipairs(plan.index_updates) do
    tx:execute(index_update(update[1]), update[2])
  end
  for _, update in ipairs(plan.rewrites) do
    tx:execute(non_index_update(update[1]), update[3], update[2])
  end
  for _, row in ipairs(plan.replacements) do
    tx:execute(delete(row[1]), row[2])
    tx:execute(insert(row[1]), row[2], row[3], row[4], row[5])
  end
end

--- The transaction, begun again as often as it must.
local function restarted(user, plan)
  while true do
    local ok, err = pcall(user.pg.transaction, user.pg, function(tx)
      play(user, tx, plan)
    end)
    if ok then
      return plan.written
    elseif not RESTARTED[err.sqlstate] then
      error(err)
    end
    restarts:add(1)
  end
end

local function read_write(user)
  local plan = draw(user)
  verify.counted("transactions", function()
    return writes:post(user, plan.cells, function()
      return restarted(user, plan)
    end)
  end)
end

local function verify_tables(ctx)
  local checks, book = verify.new(), writes:read()
  local increments = 0
  sbtest.check(ctx, checks, function(number, id, k, write, k_at_first)
    book:check(checks, sbtest.cell(number, id), 0, write)
    checks:that(k >= k_at_first, sbtest.cell(number, id) .. ": its `k` went down")
    increments = increments + k - k_at_first
  end)
  -- A row that is inserted again forgets how often its `k` was counted up.
  local each = ctx.params.index_updates
  local least = ctx.params.delete_inserts == 0 and verify.done("transactions") * each or 0
  local most = verify.begun("transactions") * each
  local message = ("updates of `k`: users made %d to %d, found %d"):format(least, most, increments)
  checks:that(increments >= least and increments <= most, message)
  checks:finish()
end

---@type throng.Scenario
return {
  about = "sysbench's oltp_read_write: twenty statements to a transaction",
  needs = { "postgres" },
  tables = sbtest.NAMES,
  params = {
    tables = { default = 4, doc = "tables, at most 16" },
    table_size = { default = 10000, doc = "rows of each table" },
    distribution = { default = "uniform", doc = "which rows are picked: uniform, special (75 % of 1 % of them) or zipfian" },
    point_selects = { default = 10, doc = "selects by key in a transaction" },
    range_selects = { default = 1, doc = "selects of each of the four kinds of range" },
    range_size = { default = 100, doc = "rows of a range" },
    index_updates = { default = 1, doc = "updates of the indexed column" },
    non_index_updates = { default = 1, doc = "updates of a column without index" },
    delete_inserts = { default = 1, doc = "rows deleted and inserted again" },
  },

  load = { users = 16, duration = "30s" },
  thresholds = { "response.p99 < 2s", "errors.rate < 1%" },
  profiles = { quick = { users = 4, iterations = 20, params = { tables = 2, table_size = 500 } } },

  setup = sbtest.fill,
  verify = verify_tables,

  personas = {
    worker = { start = sbtest.start, stop = ledger.close, operations = { read_write = read_write } },
  },
}
