--- A shop that moves from one PostgreSQL to another while people buy in it.
---
--- The same steps as in `game_migration`, by the same module, between two servers whose tables differ in a column's
--- name. Needs two PostgreSQLs: the old one is the first target, the new one is called `new`.
---
---     throng run pg_migration
---     throng run pg_migration --pg postgres://old.example/shop --pg new=postgres://new.example/shop
---     throng run pg_migration --profile quick --param sabotage=dropped_rows    # must fail

local shop = require("pg_migration.shop")
local verify = require("throng.verify")

local moving = shop.migration

---@type throng.Scenario
return {
  about = "a shop that moves from one PostgreSQL to another under its customers",
  needs = { "postgres", [shop.NEW] = "postgres" },
  tables = shop.TABLES,
  params = {
    customers = { default = 2000, doc = "customers before the run" },
    orders = { default = 10000, doc = "orders of the past, which the backfill has to move" },
    phase = { default = "5s", doc = "length of each phase" },
    page = { default = 500, doc = "records that the backfill copies at a time" },
    patience = { default = "2s", doc = "how long writes wait at a cutover before they are refused" },
    mirror_back = { default = true, doc = "after a cutover, write to the old server too, lest a rollback lose any" },
    sabotage = { default = "", doc = "a bug to plant: lost_write, stale_read, timezone, dropped_rows" },
  },

  -- Customers buy until the conductor is done; the duration is only a limit. No ramp-up: it would lie in the baseline.
  load = { users = 20, duration = "10m", graceful_stop = "2s" },
  profiles = {
    quick = {
      users = 6, duration = "1m", think = "2ms..10ms",
      params = { customers = 50, orders = 200, phase = "300ms", page = 40 },
    },
  },
  thresholds = { "response{persona=customer}.p95 < 500ms", "errors.rate < 1%" },

  setup = shop.setup,
  verify = function(ctx)
    local checks = verify.new()
    moving:check(ctx, checks)
    shop.audit(ctx, checks)
    checks:finish()
  end,

  personas = {
    customer = {
      share = 100,
      think = "20ms..80ms",
      operations = {
        look = { weight = 50, run = shop.look },
        look_back = { weight = 20, run = shop.look_back },
        order = { weight = 20, run = shop.order },
        pay = { weight = 10, run = shop.pay },
      },
    },

    conductor = {
      load = { users = 1, iterations = 1 },
      run = function(user)
        local params = user.params
        moving:rehearse(user, params.phase, {
          prepare = function() shop.prepare(user) end,
          page = params.page,
          patience = params.patience,
          mirror_back = params.mirror_back,
        })
      end,
    },
  },
}
