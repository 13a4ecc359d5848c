--- The leaderboard of a game in a Redis sorted set: players score, and look where they stand.
---
--- A game adds points to the board and to the player's own card in one transaction. Then there is a look at one's rank and
--- score, at the top of the board, and at those just above and below. Few players play much more than the rest. Needs one
--- Redis; all keys begin with `throng:leaderboard:`.
---
--- `verify` asks that board and cards agree, and that every point of every player is there.
---
---     throng run bench/leaderboard
---     throng run bench/leaderboard --param players=1000000 --users 50

local gen = require("throng.gen")
local keys = require("throng.keys")
local ledger = require("throng.ledger")
local verify = require("throng.verify")

local PREFIX = "throng:leaderboard:"
local BOARD = PREFIX .. "board"
local TOP = 10 -- places that the front page shows
local AROUND = 5 -- places shown above and below one's own

local points = ledger.sums("points")

local function member(player)
  return "player " .. player
end

local function card(player)
  return PREFIX .. "card:" .. player
end

--- What a player has before the run.
local function opening(player)
  return gen.integer(player, 0, 10000, "points")
end

local function setup(ctx)
  ctx:check(ctx.params.players >= 1, "`players` must be at least 1")
  keys.clear(ctx, PREFIX)
  keys.pipeline(ctx, ctx.params.players, function(pipeline, player)
    local score = opening(player)
    pipeline:zadd(BOARD, score, member(player))
    pipeline:hset(card(player), { points = score, games = 0 })
  end)
end

local function start(user)
  user.state.popular = gen.zipf(user.params.players, user.params.skew)
end

--- A player, the busy ones scattered over the numbers.
local function any_player(user)
  local rank = user.state.popular:sample(user.random)
  return gen.permute(rank - 1, user.params.players) + 1
end

local function play_game(user)
  local player, won = any_player(user), user.random:integer(1, 100)
  verify.counted("games", function()
    points:post(user, { member(player) }, function()
      user.redis:transaction(function(tx)
        tx:zincrby(BOARD, won, member(player))
        tx:hincrby(card(player), "points", won)
        tx:hincrby(card(player), "games", 1)
      end)
      return { [member(player)] = won }
    end)
  end)
end

local function my_rank(user)
  local player = member(any_player(user))
  local rank, score = table.unpack(user.redis:pipeline({ { "zrevrank", BOARD, player }, { "zscore", BOARD, player } }))
  user:check(math.type(rank) == "integer" and tonumber(score), "every player has a rank and a score")
end

local function top(user)
  local places = user.redis:zrange(BOARD, 0, TOP - 1, "REV")
  user:check(#places == math.min(TOP, user.params.players), "the top of the board is full")
end

local function around_me(user)
  local player = member(any_player(user))
  local rank = user.redis:zrevrank(BOARD, player)
  user:check(rank, "every player has a rank")
  local places = user.redis:zrange(BOARD, math.max(0, rank - AROUND), rank + AROUND, "REV")
  user:check(#places >= math.min(AROUND + 1, user.params.players), "a player has neighbours")
end

local function verify_board(ctx)
  local checks, book, players = verify.new(), points:read(), ctx.params.players
  checks:equal("players on the board", ctx.redis:zcard(BOARD), players)
  local scores, games = {}, 0
  keys.pipeline(ctx, players, function(pipeline, player)
    pipeline:zscore(BOARD, member(player))
  end, function(player, score)
    scores[player] = tonumber(score)
    book:check(checks, member(player), opening(player), scores[player])
  end)
  keys.pipeline(ctx, players, function(pipeline, player)
    pipeline:hgetall(card(player))
  end, function(player, held)
    games = games + (tonumber(held.games) or 0)
    local same = tonumber(held.points) == scores[player]
    checks:that(same, ("%s: %s points on the card, %s on the board"):format(member(player), held.points, scores[player]))
  end)
  checks:counted("games", games)
  checks:finish()
end

---@type throng.Scenario
return {
  about = "a game's leaderboard in a Redis sorted set",
  needs = { { "redis", version = "6.2" } }, -- ZRANGE with REV
  params = {
    players = { default = 100000, doc = "players on the board" },
    skew = { default = 0.8, doc = "exponent of the Zipf distribution of who plays; 0 for all alike" },
  },

  load = { users = 16, duration = "30s" },
  thresholds = { "response.p99 < 50ms", "errors.rate < 0.1%" },
  profiles = {
    quick = { users = 4, iterations = 250, params = { players = 1000 }, thresholds = { "errors.rate < 1%" } },
  },

  setup = setup,
  verify = verify_board,

  personas = {
    player = {
      start = start,
      stop = ledger.close,
      operations = {
        play_game = { weight = 40, run = play_game },
        my_rank = { weight = 40, run = my_rank },
        top = { weight = 10, run = top },
        around_me = { weight = 10, run = around_me },
      },
    },
  },
}
