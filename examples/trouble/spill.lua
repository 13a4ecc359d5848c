--- Trouble: sorts that do not fit into their memory and spill to disk.
---
--- Analysts rank all sales, which takes more than the `work_mem` of this server. throng names the statement, how much it
--- puts away each time, and the `work_mem` to try; the plan in the report shows the sort on disk.
---
---     throng run examples/trouble/spill.lua

local pg = require("throng.pg")

local rank_sales = pg.statement("rank_sales", [[
  SELECT sum(place) FROM (SELECT row_number() OVER (ORDER BY note, id) AS place FROM sales) ranked]])

---@type throng.Scenario
return {
  about = "sorts that spill to disk under a small work_mem",
  needs = { { "postgres", settings = { work_mem = "256kB" } } },
  tables = { "sales" },
  params = { sales = { default = 30000, doc = "sales made before the run" } },
  load = { users = 2, duration = "15s", think = "20ms", explain = "slow" },
  profiles = { quick = { duration = "5s" } },

  setup = function(ctx)
    ctx.pg:script([[
      DROP TABLE IF EXISTS sales;
      CREATE TABLE sales (id bigint PRIMARY KEY, note text NOT NULL)]])
    ctx.pg:execute([[
      INSERT INTO sales SELECT n, md5(n::text) || ' sold' FROM generate_series(1, $1::bigint) n]], ctx.params.sales)
    ctx.pg:execute("ANALYZE sales")
  end,

  personas = {
    analyst = {
      operations = {
        rank = function(user)
          user.pg:value(rank_sales)
        end,
      },
    },
  },
}
