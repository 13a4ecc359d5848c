--- A little of everything that can be told of a run.
local metrics = require("throng.metrics")
local pg = require("throng.pg")

local find = pg.statement("find", "SELECT $1::int + (SELECT 1 FROM pg_sleep(0.002))")
local orders = metrics.counter("orders", { ["shop-kind"] = "new \"and\" small" })
local depth = metrics.gauge("queue_depth", { queue = "mail" })
local hits = metrics.rate("cache_hits")
local sizes = metrics.trend("basket_size")

return {
  needs = { "postgres" },
  personas = {
    reader = {
      share = 75,
      think = "20ms",
      operations = {
        find = {
          weight = 3,
          run = function(user)
            user.pg:value(find, user.random:integer(1, 100))
            orders:add()
            hits:add(user.random:integer(1, 4) > 1)
          end,
        },
        sleep = function(user)
          user:sleep(0.005)
          depth:add(user.random:integer(1, 10))
          sizes:add(user.random:integer(0, 40))
        end,
      },
    },
    clumsy = {
      share = 25,
      think = "50ms",
      operations = {
        stumble = function(user)
          user:check(false, "as planned")
        end,
      },
    },
  },
}
