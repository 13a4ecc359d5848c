--- Trouble: a checkpoint storm. The log is allowed so little room that the server can hardly stop making checkpoints.
---
--- Loaders write events as fast as they can, under a `max_wal_size` that they fill every other second. throng names the
--- checkpoints that came before their time, and the `max_wal_size` to try.
---
---     throng run examples/trouble/checkpoint_storm.lua

local pg = require("throng.pg")
local verify = require("throng.verify")

local BATCH = 200

local add_events = pg.statement("add_events", [[
  INSERT INTO events (payload) SELECT repeat(md5((random() + n)::text), 8) FROM generate_series(1, $1::bigint) n]])

---@type throng.Scenario
return {
  about = "writes that outrun a small max_wal_size",
  needs = { { "postgres", settings = { max_wal_size = "32MB", min_wal_size = "32MB" } } },
  tables = { "events" },
  load = { users = 2, duration = "20s", think = "5ms" },
  profiles = { quick = { duration = "8s" } },

  setup = function(ctx)
    ctx.pg:script([[
      DROP TABLE IF EXISTS events;
      CREATE TABLE events (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, payload text NOT NULL)]])
  end,

  verify = function(ctx)
    local checks = verify.new()
    checks:counted("batches", ctx.pg:value("SELECT count(*) / $1::bigint FROM events", BATCH))
    checks:finish()
  end,

  personas = {
    loader = {
      operations = {
        load = function(user)
          verify.counted("batches", function()
            user.pg:execute(add_events, BATCH)
          end)
        end,
      },
    },
  },
}
