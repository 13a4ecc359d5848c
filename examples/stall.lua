--- Readers of a server that stands still for two seconds of ten, once as a stream of arrivals, once as a population.
---
--- An operator locks the table while it is read. As arrivals at a rate, all who come meanwhile wait, and are counted as
--- waiting. As a population of four, four reads are slow and nobody else asks: the figures hardly show that anything
--- happened. Both ask for about 200 reads a second. Needs one PostgreSQL.
---
---     throng run examples/stall.lua
---     throng run examples/stall.lua --profile closed

local pg = require("throng.pg")

local read_item = pg.statement("read_item", "SELECT name FROM shelf WHERE id = $1")

local SCHEMA = [[
  DROP TABLE IF EXISTS shelf;
  CREATE TABLE shelf (id integer PRIMARY KEY, name text NOT NULL);
  INSERT INTO shelf SELECT n, 'item ' || n FROM generate_series(1, 1000) n;
]]

local function read(user)
  user:check(user.pg:one(read_item, user.random:integer(1, 1000)), "the item is there")
end

-- No operation of its own, so that it stands in no figure of response times.
local function stand_still(user)
  user:sleep(user.params.after)
  user.pg:transaction(function(tx)
    tx:execute("LOCK TABLE shelf IN ACCESS EXCLUSIVE MODE")
    tx:execute("SELECT pg_sleep($1)", user.params.stall_s)
  end)
end

---@type throng.Scenario
return {
  about = "readers of a server that stands still for a while",
  needs = { "postgres" },
  tables = { "shelf" },
  params = {
    after = { default = "4s", doc = "when the server stands still" },
    stall_s = { default = 2.0, doc = "for how many seconds" },
  },
  load = { rate = "200/s", duration = "10s" },
  profiles = {
    closed = { users = 4, duration = "10s", think = "19ms" },
    quick = { rate = "50/s", duration = "2s", params = { after = "500ms", stall_s = 0.5 } },
  },

  setup = function(ctx)
    ctx.pg:script(SCHEMA)
  end,

  personas = {
    reader = { operations = { read = read } },
    operator = { load = { users = 1, iterations = 1 }, run = stand_still },
  },
}
