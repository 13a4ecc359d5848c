--- What a player does: logs in, joins a table, plays until the game is over, has it written down.
---
--- Nothing here knows where the data lie; `records` does.

local hokm = require("game_migration.hokm")
local metrics = require("throng.metrics")
local phase = require("throng.phase")
local state = require("game_migration.state")
local time = require("throng.time")
local verify = require("throng.verify")

local records = state.migration.records
local completed = metrics.rate("games_completed")

-- How often someone whose turn it is not looks at the table.
local LOOK_EVERY = "20ms"

-- How often one looks at a table that does not fill before one leaves: users of whom no four are left never play.
local LOOKS_FOR_OTHERS = 250

local M = {}

local function now_us()
  return math.floor(time.now() * 1e6)
end

--- Four users sit at a table, in the order of their numbers.
local function place(user)
  return tostring(user.number // hokm.SEATS + 1), user.number % hokm.SEATS
end

--- Changes a record, and counts the change under `name` if there was one.
local function counted(name, user, kind, key, change)
  return verify.counted(name, function()
    return records[kind]:update(user, key, change) or false
  end)
end

local function log_in(user)
  counted("logins", user, "players", tostring(user.number + 1), function(player)
    user:check(player, "a registered player is found")
    player.seen_at = now_us()
    return player
  end)
end

--- Writes a game that is over into the archive. All four do, and the first one counts.
local function archive(user, table_id, game)
  records.results:write(user, table_id .. "-" .. game.game, {
    version = 1,
    game = game.game,
    trump = game.trump,
    moves = game.moves,
    winner = hokm.replay(game.game, game.trump, game.moves).winner,
    finished_at = game.changed_at,
  })
end

--- Whether nobody can play on at a table.
local function is_over(game)
  return game.trump ~= nil and hokm.replay(game.game, game.trump, game.moves).over
end

--- Sits down, in the game that is being played or in a new one; returns its number.
local function join_game(user)
  local table_id, seat = place(user)
  local last = records.tables:read(user, table_id)
  if last and is_over(last) then
    archive(user, table_id, last)
  end
  local joined
  counted("seats", user, "tables", table_id, function(game)
    if not game or is_over(game) then
      local number = game and game.game + 1 or 1
      game = { game = number, seats = 0, moves = "" }
    end
    joined = game.game
    if game.seats & 1 << seat ~= 0 then
      return nil
    end
    game.seats, game.changed_at = game.seats | 1 << seat, now_us()
    return game
  end)
  return joined
end

--- Looks at the table: the game, and where it stands.
local function see_table(user)
  local game = records.tables:read(user, (place(user)))
  user:check(game, "a table where someone sits is found")
  return game, game.trump and hokm.replay(game.game, game.trump, game.moves)
end

local function name_trump(user)
  records.tables:update(user, (place(user)), function(game)
    user:check(game, "a table where someone sits is found")
    if game.trump then
      return nil
    end
    game.trump, game.changed_at = hokm.name_trump(game.game), now_us()
    return game
  end)
end

local function play_card(user)
  local table_id, seat = place(user)
  local luck = user.random:number()
  counted("cards", user, "tables", table_id, function(game)
    user:check(game and game.trump, "a game that is being played has a trump")
    local at = hokm.replay(game.game, game.trump, game.moves)
    if at.over or at.turn ~= seat then
      return nil -- played already, before an error
    end
    local choices = hokm.choices(game.game, at, game.moves)
    game.moves, game.changed_at = game.moves .. choices[1 + math.floor(luck * #choices)], now_us()
    return game
  end)
end

--- Writes the result down, and into one's own statistics, once.
local function finish_game(user, number, game)
  local table_id, seat = place(user)
  local id = table_id .. "-" .. number
  if game.game == number then
    archive(user, table_id, game)
  end
  local result = records.results:read(user, id)
  user:check(result, "a game that is over is in the archive")
  counted("finishes", user, "players", tostring(user.number + 1), function(player)
    user:check(player, "a registered player is found")
    if player.last_game == id then
      return nil
    end
    player.games, player.last_game = player.games + 1, id
    player.wins = player.wins + (result.winner == hokm.team(seat) and 1 or 0)
    return player
  end)
end

--- Plays on until the game of this number is over; false if nobody came to play it.
local function play_on(user, number)
  local _, seat = place(user)
  local alone = 0
  while true do
    local game, at = user:operation("see_table", see_table)
    local full = game.seats == (1 << hokm.SEATS) - 1
    if game.game ~= number or at and at.over then
      user:operation("finish_game", function() finish_game(user, number, game) end)
      return true
    elseif at and at.turn == seat then
      user:think()
      user:operation("play_card", play_card)
    elseif not at and full and seat == hokm.hakem(number) then
      user:think()
      user:operation("name_trump", name_trump)
    else
      alone = full and 0 or alone + 1
      if alone > LOOKS_FOR_OTHERS then
        return false
      end
      user:sleep(LOOK_EVERY)
    end
  end
end

--- One visit: one game.
function M.visit(user)
  local ok, played = pcall(function()
    user:operation("log_in", log_in)
    return play_on(user, user:operation("join_game", join_game))
  end)
  if not ok or played then
    completed:add(ok, { phase = phase.current() })
  end
  if not ok then
    error(played, 0)
  end
end

return M
