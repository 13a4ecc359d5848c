--- Users who write down what they do, so that two runs can be held against each other.

local gen = require("throng.gen")
local pg = require("throng.pg")

local SCHEMA = [[
  CREATE TABLE IF NOT EXISTS steps (
    run text NOT NULL, player bigint NOT NULL, step bigint NOT NULL, what text NOT NULL,
    PRIMARY KEY (run, player, step)
  )]]

local write_down = pg.statement("write_down", "INSERT INTO steps (run, player, step, what) VALUES ($1, $2, $3, $4)")

--- An operation that draws data and writes it down under its name.
local function operation(name, draw)
  return function(user)
    local what = name .. " " .. tostring(draw(user))
    user.pg:execute(write_down, user.params.run, user.number, user.iteration, what)
  end
end

local function number(user)
  return user.random:integer(1, 1000000)
end

local function part(user)
  return user.random:number()
end

local function list(user)
  return table.concat(user.random:shuffle({ "a", "b", "c", "d", "e" }))
end

local function name(user)
  return gen.first_name(number(user))
end

---@type throng.Scenario
return {
  about = "users who write down what they do",
  needs = { "postgres" },
  params = { run = { default = "run", doc = "name that the steps are written under" } },
  load = { users = 12, iterations = 40 },

  setup = function(ctx)
    ctx.pg:script(SCHEMA)
  end,

  personas = {
    counter = {
      share = 60,
      operations = {
        number = { weight = 3, run = operation("number", number) },
        part = { weight = 1, run = operation("part", part) },
      },
    },
    shuffler = {
      share = 40,
      think = "1ms..3ms",
      operations = {
        list = { weight = 2, run = operation("list", list) },
        name = { weight = 1, run = operation("name", name) },
      },
    },
  },
}
