--- Delays out of a fixed table, each of them taken exactly once, and what the server made of them by its own clock.

local metrics = require("throng.metrics")
local pg = require("throng.pg")

-- Few long ones and many short ones, in whole milliseconds. Ten times in a row are equal, with the percentiles that
-- are looked at in the middle of ten: one time that comes out of its order must not show as the gap to the next.
local SCHEMA = [[
  DROP TABLE IF EXISTS delays;
  CREATE TABLE delays AS
    SELECT n, (5 + 95 * power((n + 5) / 10 / 100.0, 4))::integer AS ms FROM generate_series(1, 1000) n;
  ALTER TABLE delays ADD PRIMARY KEY (n)]]

-- The server rounds what is left of a delay up to whole milliseconds, a whole one by chance to one more. Half a
-- millisecond less leaves nothing to chance.
local sleep = pg.statement("sleep", [[
  SELECT extract(epoch FROM clock_timestamp())::float8 AS begun,
         pg_sleep((ms - 0.5) / 1000.0),
         extract(epoch FROM clock_timestamp())::float8 AS ended
  FROM delays WHERE n = $1]])

local server_ms = metrics.trend("server_ms")

---@type throng.Scenario
return {
  about = "statements of known times",
  needs = { "postgres" },
  load = { users = 10, iterations = 100 },

  setup = function(ctx)
    ctx.pg:script(SCHEMA)
  end,

  personas = {
    sleeper = {
      operations = {
        sleep = function(user)
          local delay = user.pg:one(sleep, user.number * 100 + user.iteration)
          server_ms:add((delay.ended - delay.begun) * 1000)
        end,
      },
    },
  },
}
