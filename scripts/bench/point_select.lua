--- Readers who look single rows up by their key, and nothing else.
---
--- The statement of sysbench's `oltp_point_select` on its tables. What it measures is the way of one statement: parsing is
--- done, the row is in memory, the answer is small. Needs one PostgreSQL. `verify` holds every byte of every row against
--- what was loaded.
---
---     throng run bench/point_select
---     throng run bench/point_select --users 64 --param distribution=zipfian

local sbtest = require("parts.sbtest")
local verify = require("throng.verify")

local find = sbtest.statement("find", "SELECT c FROM %s WHERE id = $1")

local function point_select(user)
  local c = user.pg:value(find(sbtest.any_table(user)), sbtest.any_row(user))
  user:check(c, "every row is found by its id")
end

local function verify_tables(ctx)
  local checks = verify.new()
  sbtest.check(ctx, checks, function(number, id, k, write, k_at_first)
    local untouched = write == 0 and k == k_at_first
    checks:that(untouched, sbtest.cell(number, id) .. " was changed, and nobody writes here")
  end)
  checks:finish()
end

---@type throng.Scenario
return {
  about = "single rows looked up by their key, as sysbench's oltp_point_select does",
  needs = { "postgres" },
  tables = sbtest.NAMES,
  params = {
    tables = { default = 4, doc = "tables, at most 16" },
    table_size = { default = 10000, doc = "rows of each table" },
    distribution = { default = "uniform", doc = "which rows are picked: uniform, special (75 % of 1 % of them) or zipfian" },
  },

  load = { users = 16, duration = "30s" },
  thresholds = { "response.p99 < 100ms", "errors.count == 0" },
  profiles = {
    quick = {
      users = 4, iterations = 200, params = { tables = 2, table_size = 1000 },
      thresholds = { "errors.count == 0" },
    },
  },

  setup = sbtest.fill,
  verify = verify_tables,

  personas = {
    reader = { start = sbtest.start, operations = { point_select = point_select } },
  },
}
