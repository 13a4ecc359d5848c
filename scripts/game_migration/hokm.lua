--- The rules of Hokm: four seats in two teams, thirteen tricks, the first team to take seven wins.
---
--- Who holds which card follows from the game's number, so a game is known by its trump and its moves alone, a text of
--- one letter a card. What was stored can therefore be played again, and must come out the same.

local gen = require("throng.gen")

local SEATS, CARDS, HAND, TO_WIN = 4, 52, 13, 7
local LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

local M = { SEATS = SEATS }

--- A card is 0 to 51: thirteen of each suit, the ace last.
local function suit_of(card)
  return card // HAND
end

local function letter_of(card)
  return LETTERS:sub(card + 1, card + 1)
end

local function card_of(letter)
  return LETTERS:find(letter, 1, true) - 1
end

--- The seat of the hakem, who names the trump and plays first.
function M.hakem(game)
  return game % SEATS
end

--- The team of a seat: partners sit across.
function M.team(seat)
  return seat % 2
end

--- The cards of a seat.
function M.hand(game, seat)
  local cards = {}
  for i = 0, HAND - 1 do
    cards[i + 1] = gen.permute(seat * HAND + i, CARDS, game)
  end
  return cards
end

--- The trump that a hakem names, who sees five cards: the suit with the most of them.
function M.name_trump(game)
  local counts, best = { [0] = 0, 0, 0, 0 }, 0
  local hand = M.hand(game, M.hakem(game))
  for i = 1, 5 do
    local suit = suit_of(hand[i])
    counts[suit] = counts[suit] + 1
    if counts[suit] > counts[best] then
      best = suit
    end
  end
  return best
end

--- Whether a card beats the best one of a trick so far.
local function beats(card, best, trump)
  if suit_of(card) == suit_of(best) then
    return card > best
  end
  return suit_of(card) == trump
end

--- Where a game stands after its moves: whose turn it is, the suit that was led, the tricks of each team, whether it is
--- over and who won.
function M.replay(game, trump, moves)
  local at = { turn = M.hakem(game), led = nil, tricks = { [0] = 0, 0 }, over = false, winner = nil }
  local best, taker, played = nil, nil, 0
  for letter in moves:gmatch(".") do
    local card = card_of(letter)
    if played == 0 then
      at.led, best, taker = suit_of(card), card, at.turn
    elseif beats(card, best, trump) then
      best, taker = card, at.turn
    end
    at.turn, played = (at.turn + 1) % SEATS, played + 1
    if played == SEATS then
      local team = M.team(taker)
      at.tricks[team] = at.tricks[team] + 1
      at.turn, at.led, played = taker, nil, 0
      at.over = at.tricks[team] == TO_WIN
      at.winner = at.over and team or nil
    end
  end
  return at
end

--- The letters of the cards that the seat in turn may play: it follows suit if it can.
function M.choices(game, at, moves)
  local all, following = {}, {}
  for _, card in ipairs(M.hand(game, at.turn)) do
    local letter = letter_of(card)
    if not moves:find(letter, 1, true) then
      all[#all + 1] = letter
      if suit_of(card) == at.led then
        following[#following + 1] = letter
      end
    end
  end
  return #following > 0 and following or all
end

--- Plays a whole game by itself: the moves, and where it stands after them.
function M.play_out(game, trump)
  local moves, at = "", M.replay(game, trump, "")
  while not at.over do
    local choices = M.choices(game, at, moves)
    moves = moves .. gen.choice(#moves, choices, game)
    at = M.replay(game, trump, moves)
  end
  return moves, at
end

--- What is wrong with the moves of a game; nil if each was allowed and the game is over with the last.
function M.fault(game, trump, moves)
  for i = 1, #moves do
    local before, card = moves:sub(1, i - 1), moves:sub(i, i)
    local at = M.replay(game, trump, before)
    if at.over then
      return "moves after its end"
    end
    local allowed = false
    for _, letter in ipairs(M.choices(game, at, before)) do
      allowed = allowed or letter == card
    end
    if not allowed then
      return "a card that seat " .. at.turn .. " could not play"
    end
  end
  return not M.replay(game, trump, moves).over and "no end" or nil
end

return M
