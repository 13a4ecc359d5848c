--- A card game server that moves from Redis to PostgreSQL while people play on it.
---
--- Four players at a table play Hokm. A conductor moves their data under them: preparation, backfill, writes to both
--- sides, reads held against both, cutover, validation, a rollback as a rehearsal, and cutover for good. Every step is
--- a phase, whose figures stand beside those of the phase `baseline`. Needs a Redis and a PostgreSQL. Players come in
--- fours: of users whose number is no multiple of four the last ones wait for others in vain.
---
--- `verify` holds all rows of both sides against each other and plays every game again from its moves.
---
---     throng run game_migration
---     throng run game_migration --param phase=1m --duration 20m --users 400
---     throng run game_migration --profile quick --param sabotage=lost_write    # must fail

local audit = require("game_migration.audit")
local play = require("game_migration.play")
local state = require("game_migration.state")
local verify = require("throng.verify")

local moving = state.migration

---@type throng.Scenario
return {
  about = "a card game server that moves from Redis to PostgreSQL under its players",
  needs = { { "redis", version = "6.0" }, "postgres" }, -- SCAN with TYPE
  tables = state.TABLES,
  params = {
    players = { default = 2000, doc = "registered players; at least as many as users" },
    archive = { default = 2000, doc = "games of last year, which the backfill has to move" },
    phase = { default = "6s", doc = "length of each phase" },
    page = { default = 200, doc = "records that the backfill copies at a time" },
    per_s = { default = 2000, doc = "records a second that the backfill copies at most; 0 for as many as it can" },
    patience = { default = "2s", doc = "how long writes wait at a cutover before they are refused" },
    mirror_back = { default = true, doc = "after a cutover, write to Redis too, so that a rollback loses nothing" },
    sabotage = { default = "", doc = "a bug to plant: lost_write, stale_read, timezone, dropped_rows" },
  },

  -- Players play until the conductor is done; the duration is only a limit. No ramp-up: it would lie in the baseline.
  load = { users = 40, duration = "10m", graceful_stop = "2s" },
  profiles = {
    quick = {
      users = 8, duration = "1m",
      params = { players = 100, archive = 100, phase = "300ms", page = 20, per_s = 0 },
      think = "2ms..6ms",
    },
  },
  thresholds = {
    "response{persona=player}.mean < 500ms",
    "response{persona=player}.p95 < 1s",
    "response{persona=player}.p99 < 2s",
    "errors.rate < 1%",
    "games_completed > 90%",
  },

  setup = state.setup,
  verify = function(ctx)
    local checks = verify.new()
    moving:check(ctx, checks)
    audit.run(ctx, checks)
    checks:finish()
  end,

  personas = {
    player = { share = 100, think = "30ms..90ms", run = play.visit },

    conductor = {
      load = { users = 1, iterations = 1 },
      run = function(user)
        local params = user.params
        moving:rehearse(user, params.phase, {
          prepare = function() state.prepare(user) end,
          page = params.page,
          per_s = params.per_s,
          patience = params.patience,
          mirror_back = params.mirror_back,
        })
      end,
    },
  },
}
