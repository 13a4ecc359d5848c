--- Requests that arrive at a rate of their own, whether or not the database keeps up.
---
--- 200 requests a second arrive at random moments. One that finds no free user waits in a queue,
--- and its waiting counts in its response time, so a slow target cannot hide behind users who
--- politely wait for it. Needs one PostgreSQL.
---
---     throng run examples/open_rate.lua
---     throng run examples/open_rate.lua --rate 1000/s

local pg = require("throng.pg")

local SCHEMA = [[
  DROP TABLE IF EXISTS readings;
  CREATE TABLE readings (
    sensor   integer NOT NULL,
    taken_at timestamptz NOT NULL DEFAULT now(),
    value    double precision NOT NULL
  );
]]

local INDEX = "CREATE INDEX ON readings (sensor, taken_at)"

local fill = pg.statement("fill", [[
  INSERT INTO readings (sensor, taken_at, value)
  SELECT n % $1::integer, now() - n * interval '1 second', sin(n) FROM generate_series(1, $1 * 100) n]])

local latest = pg.statement("latest", [[
  SELECT value, taken_at FROM readings WHERE sensor = $1 ORDER BY taken_at DESC LIMIT 1]])

local insert = pg.statement("insert", "INSERT INTO readings (sensor, value) VALUES ($1, $2)")

local mean_of_sensor = pg.statement("mean_of_sensor", [[
  SELECT avg(value), count(*) FROM readings WHERE sensor = $1]])

local function any_sensor(user)
  return user.random:integer(0, user.params.sensors - 1)
end

local function record_reading(user)
  user.pg:execute(insert, any_sensor(user), user.random:number())
end

local function latest_reading(user)
  user:check(user.pg:one(latest, any_sensor(user)), "every sensor has a reading")
end

local function sensor_mean(user)
  user.pg:one(mean_of_sensor, any_sensor(user))
end

---@type throng.Scenario
return {
  about = "sensor readings written and read at a fixed arrival rate",
  needs = { "postgres" },
  tables = { "readings" },
  params = { sensors = { default = 200, doc = "sensors, each with 100 readings before the run" } },
  load = { rate = "200/s", duration = "10s", arrivals = "poisson", overflow = "queue", max_users = 100 },
  profiles = { quick = { rate = "50/s", duration = "2s", thresholds = { "response.p99 < 1s", "errors.rate < 1%" } } },
  thresholds = { "response.p99 < 500ms", "throughput > 190/s", "errors.rate < 1%" },

  setup = function(ctx)
    ctx.pg:script(SCHEMA)
    ctx.pg:execute(fill, ctx.params.sensors)
    ctx.pg:script(INDEX)
  end,

  personas = {
    sensor = {
      share = 60,
      operations = { record_reading = record_reading },
    },
    viewer = {
      share = 40,
      operations = {
        latest_reading = { weight = 9, run = latest_reading },
        sensor_mean = { weight = 1, run = sensor_mean },
      },
    },
  },
}
