--- Are the data what the players made of them? Read from where they live at the end, whatever moved them there.

local hokm = require("game_migration.hokm")
local state = require("game_migration.state")

local M = {}

--- All records of a kind by key.
local function all(ctx, kind)
  local found = {}
  state.migration:each(ctx, kind, function(key, record)
    found[key] = record
  end)
  return found
end

local function seated(seats)
  local count = 0
  for seat = 0, hokm.SEATS - 1 do
    count = count + (seats >> seat & 1)
  end
  return count
end

--- Every game in the archive can be played again, and comes out as it was written down. Returns the cards in it.
local function replay(checks, results, params)
  local cards, old = 0, 0
  for id, result in pairs(results) do
    if id:match("^old") then
      old = old + 1
    else
      local fault = hokm.fault(result.game, result.trump, result.moves)
      checks:that(not fault, ("game %s has %s"):format(id, fault))
      local winner = hokm.replay(result.game, result.trump, result.moves).winner
      checks:equal("winner of game " .. id, result.winner, winner)
      cards = cards + #result.moves
    end
  end
  checks:equal("games of last year", old, params.archive)
  return cards
end

--- Holds everything against what the users counted.
function M.run(ctx, checks)
  local results = all(ctx, "results")
  local cards, seats = replay(checks, results, ctx.params), 0
  for id, game in pairs(all(ctx, "tables")) do
    for number = 1, game.game - 1 do
      checks:that(results[id .. "-" .. number], ("game %s-%d is not in the archive"):format(id, number))
    end
    seats = seats + hokm.SEATS * (game.game - 1) + seated(game.seats)
    if not results[id .. "-" .. game.game] then
      cards = cards + #game.moves
    end
  end
  local count, games, changes = 0, 0, 0
  for _, player in pairs(all(ctx, "players")) do
    count, games, changes = count + 1, games + player.games, changes + player.version - 1
  end
  checks:equal("players", count, ctx.params.players)
  checks:counted("cards", cards)
  checks:counted("seats", seats)
  checks:counted("finishes", games)
  checks:counted("logins", changes - games)
end

return M
