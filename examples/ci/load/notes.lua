--- notes: say in one line whom this scenario models.
---
--- Say here what it needs and how it is run:
---
---     throng rehearse notes.lua    every operation once, each statement with its time and rows
---     throng run notes.lua         the whole load

local pg = require("throng.pg")
local verify = require("throng.verify")

-- A labelled statement is prepared once a connection; the label names it in the report.
local find_note = pg.statement("find_note", "SELECT id, body, likes FROM notes WHERE id = $1")
local add_like = pg.statement("add_like", "UPDATE notes SET likes = likes + 1 WHERE id = $1")

local function any_note(user)
  return user.random:integer(1, user.params.notes)
end

local function read_note(user)
  local note = user.pg:one(find_note, any_note(user))
  user:check(note, "every note can be found")
end

-- Counted, so that `verify` below knows what must be in the table.
local function like_note(user)
  local id = any_note(user)
  verify.counted("likes", function()
    user.pg:execute(add_like, id)
  end)
end

---@type throng.Scenario
return {
  about = "readers and likers of notes",
  needs = { "postgres" },

  -- What `setup` makes anew. Where one is there that throng did not make, the run is refused.
  tables = { "notes" },

  -- Set on the command line with --param notes=5000; read in functions as user.params.notes.
  params = { notes = { default = 1000, doc = "notes made before the run" } },

  -- 20 users play 50 iterations each; docs/load-models.md has the other shapes.
  load = { users = 20, iterations = 50, ramp_up = "2s" },
  profiles = { quick = { users = 2, iterations = 5, ramp_up = "0s" } },

  -- A rule that does not hold fails the run with exit status 3.
  thresholds = { "response.p95 < 200ms", "errors.rate < 1%" },

  -- Once, before the load.
  setup = function(ctx)
    ctx.pg:script([[
      DROP TABLE IF EXISTS notes;
      CREATE TABLE notes (id bigint PRIMARY KEY, body text NOT NULL, likes bigint NOT NULL DEFAULT 0)]])
    ctx.pg:execute("INSERT INTO notes SELECT n, 'note ' || n FROM generate_series(1, $1::bigint) n", ctx.params.notes)
  end,

  -- Once, after the load: are the data what the users made of them?
  verify = function(ctx)
    local checks = verify.new()
    checks:counted("likes", ctx.pg:value("SELECT sum(likes)::bigint FROM notes"))
    checks:finish()
  end,

  personas = {
    reader = {
      share = 80,
      think = "50ms..150ms",
      operations = { read_note = read_note },
    },
    liker = {
      share = 20,
      think = "100ms",
      operations = {
        read_note = { weight = 1, run = read_note },
        like_note = { weight = 3, run = like_note },
      },
    },
  },
}
