--- What the game server keeps, where it lies before and after the migration, and what it starts with.

local gen = require("throng.gen")
local hokm = require("game_migration.hokm")
local keys = require("throng.keys")
local migration = require("throng.migration")
local pg = require("throng.pg")

local M = {}

M.TABLES = { "hokm_players", "hokm_tables", "hokm_results" }

local PREFIX = "throng:hokm:"
local NEW_YEAR_US, DAY_US = 1767225600 * 1000000, 24 * 3600 * 1000000

--- A kind of record as a hash in Redis and a row in PostgreSQL.
local function kind(name, fields)
  return {
    fields = fields,
    source = migration.redis_hashes({ prefix = PREFIX .. name .. ":" }),
    target = migration.pg_table({ table = "hokm_" .. name, key = "id" }),
  }
end

M.migration = migration.new({
  name = "hokm",
  sabotage = "sabotage",
  records = {
    players = kind("players", {
      name = "text", games = "integer", wins = "integer", last_game = "text", seen_at = "timestamp",
    }),
    -- The game that is being played at a table: who sits there (a bit a seat), the trump once it is named, the moves.
    tables = kind("tables", {
      game = "integer", seats = "integer", trump = "integer", moves = "text", changed_at = "timestamp",
    }),
    -- Games that are over, for ever.
    results = kind("results", {
      game = "integer", trump = "integer", moves = "text", winner = "integer", finished_at = "timestamp",
    }),
  },
})

local SCHEMA = [[
  DROP TABLE IF EXISTS hokm_players, hokm_tables, hokm_results;

  CREATE TABLE hokm_players (
    id          bigint PRIMARY KEY,
    version     bigint NOT NULL,
    name        text NOT NULL,
    games       bigint NOT NULL,
    wins        bigint NOT NULL,
    last_game   text,
    seen_at     timestamptz
  );
  CREATE TABLE hokm_tables (
    id          bigint PRIMARY KEY,
    version     bigint NOT NULL,
    game        bigint NOT NULL,
    seats       bigint NOT NULL,
    trump       bigint,
    moves       text NOT NULL,
    changed_at  timestamptz NOT NULL
  );
  CREATE TABLE hokm_results (
    id          text PRIMARY KEY,
    version     bigint NOT NULL,
    game        bigint NOT NULL,
    trump       bigint NOT NULL,
    moves       text NOT NULL,
    winner      bigint NOT NULL,
    finished_at timestamptz NOT NULL
  );
]]

local PREPARE = [[
  CREATE INDEX hokm_players_wins ON hokm_players (wins DESC);
  CREATE INDEX hokm_results_finished ON hokm_results (finished_at);
  ANALYZE hokm_players, hokm_tables, hokm_results;
]]

--- Writes many records into Redis; `make` gives the key and the record of each number.
local function fill(ctx, name, count, make)
  keys.pipeline(ctx, count, function(pipeline, i)
    local key, record = make(i)
    pipeline:hset(PREFIX .. name .. ":" .. key, record)
  end)
end

--- Redis with its players and the games of last year, PostgreSQL with empty tables. They are made here rather than in
--- the preparation, so that throng knows them for its own.
function M.setup(ctx)
  ctx.pg:script(SCHEMA)
  keys.clear(ctx, PREFIX)
  fill(ctx, "players", ctx.params.players, function(i)
    return tostring(i), { version = 1, name = gen.full_name(i), games = 0, wins = 0 }
  end)
  fill(ctx, "results", ctx.params.archive, function(i)
    local trump = hokm.name_trump(i)
    local moves, at = hokm.play_out(i, trump)
    return "old-" .. i, {
      version = 1,
      game = i,
      trump = trump,
      moves = moves,
      winner = at.winner,
      finished_at = NEW_YEAR_US - gen.integer(i, 1, 365 * DAY_US),
    }
  end)
end

local rows = pg.statement("rows_before", "SELECT count(*) FROM hokm_players")

--- The conductor's preparation of the target.
function M.prepare(user)
  user:check(tonumber(user.pg:value(rows)) == 0, "the target is empty before the migration")
  user.pg:script(PREPARE)
end

return M
