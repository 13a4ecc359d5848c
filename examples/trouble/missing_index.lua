--- Trouble: a table without the index that its readers need.
---
--- Clerks look up the orders of a customer, by a column that nothing but a scan of the whole table can find. throng names
--- the table and the index to create; the plan in the report shows how many rows each look-up reads in vain.
---
---     throng run examples/trouble/missing_index.lua

local pg = require("throng.pg")

local CUSTOMERS = 20000

local orders_of = pg.statement("orders_of", "SELECT id, total FROM orders WHERE customer_id = $1")

---@type throng.Scenario
return {
  about = "look-ups by a column without an index",
  needs = { "postgres" },
  tables = { "orders" },
  params = { orders = { default = 200000, doc = "orders made before the run" } },
  load = { users = 2, duration = "15s", think = "10ms", explain = "slow" },
  profiles = { quick = { duration = "5s" } },

  setup = function(ctx)
    ctx.pg:script([[
      DROP TABLE IF EXISTS orders;
      CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint NOT NULL, total bigint NOT NULL, note text NOT NULL)]])
    ctx.pg:execute([[
      INSERT INTO orders SELECT n, n % $2::bigint, n % 977, 'order number ' || n || ' of many, to be sent by post'
      FROM generate_series(1, $1::bigint) n]], ctx.params.orders, CUSTOMERS)
    ctx.pg:execute("ANALYZE orders")
  end,

  personas = {
    clerk = {
      operations = {
        look_up = function(user)
          user.pg:query(orders_of, user.random:integer(0, CUSTOMERS - 1))
        end,
      },
    },
  },
}
