--- Keys and request distributions as YCSB's core workloads define them (Cooper and others, "Benchmarking Cloud Serving
--- Systems with YCSB", 2010), for workloads over records numbered from 0.
---
---     local ycsb = require("throng.ycsb")
---     local records = ycsb.records("records")
---
---     start = function(user) user.state.choose = ycsb.zipfian(records, 10000) end
---     read = function(user) user.redis:hgetall(ycsb.key(user.state.choose(user))) end
---
---     insert = function(user)
---       records:insert(function(number)
---         user.redis:hset(ycsb.key(number), fields)
---       end)
---     end

local gen = require("throng.gen")
local hash = require("throng.hash")
local shared = require("throng.shared")

local M = {}

-- YCSB's constants: the exponent, and how many items the popular ranks are scattered from.
local ZIPFIAN_EXPONENT = 0.99
local SCRAMBLED_ITEMS = 10000000000

--- A number's 64-bit FNV-1a hash, without its sign.
local function scatter(number)
  return hash.fnv1a64(string.pack("<i8", number)) & math.maxinteger
end

--- The key of a record: `user` and a hash of its number, so that neighbours are far apart.
---@param number integer from 0
---@return string
function M.key(number)
  return "user" .. scatter(number)
end

--- Which records there are, over all workers: those of the load phase, and those that users have inserted since.
---@class throng.ycsb.Records
---@field private given throng.shared.Counter numbers given out
---@field private there throng.shared.Counter records without a gap
---@field private ahead throng.shared.Map those inserted past a gap
local Records = {}
Records.__index = Records
Records.__metatable = false

--- The records of that name.
---@param name string
---@return throng.ycsb.Records
function M.records(name)
  local prefix = "throng.ycsb." .. name
  return setmetatable({
    given = shared.counter(prefix .. ".given"),
    there = shared.counter(prefix .. ".there"),
    ahead = shared.map(prefix .. ".ahead"),
  }, Records)
end

--- Says that so many were loaded, for `setup`.
---@param count integer
function Records:loaded(count)
  self.given:add(count)
  self.there:add(count)
end

--- How many there are without a gap from 0 on: only these are asked for.
---@return integer
function Records:count()
  return self.there:get()
end

--- Moves the end of what is there past `number`, once all before it are.
local function acknowledge(records, number)
  local passed
  records.ahead:update("", function(ahead)
    passed = 0
    ahead = ahead or {}
    ahead[tostring(number)] = true
    local next_one = tostring(ahead.next_one or records.there:get())
    while ahead[next_one] do
      ahead[next_one] = nil
      passed = passed + 1
      next_one = tostring(math.tointeger(next_one) + 1)
    end
    ahead.next_one = math.tointeger(next_one)
    return ahead
  end)
  records.there:add(passed)
end

--- Calls `work`, which inserts the record of the number that it is given. What fails is counted as there, as YCSB does.
---@param work fun(number: integer): any
---@return any # what `work` returns
function Records:insert(work)
  local number = self.given:add(1) - 1
  local ok, result = pcall(work, number)
  acknowledge(self, number)
  if not ok then
    error(result)
  end
  return result
end

--- All of the first `loaded` records alike.
---@param records throng.ycsb.Records
---@param loaded integer
---@return fun(user: throng.User): integer choose
function M.uniform(records, loaded)
  return function(user)
    return user.random:integer(0, loaded - 1)
  end
end

--- A few records much more often than the rest, scattered over all of them. `room` more than those loaded take part, so
--- that inserts do not move what is popular; until they are there, another is drawn.
---@param records throng.ycsb.Records
---@param loaded integer
---@param room? integer twice the inserts expected; 0 unless given
---@return fun(user: throng.User): integer choose
function M.zipfian(records, loaded, room)
  local ranks = gen.zipf(SCRAMBLED_ITEMS, ZIPFIAN_EXPONENT)
  local items = loaded + (room or 0)
  return function(user)
    local number
    repeat
      number = scatter(ranks:sample(user.random) - 1) % items
    until number < loaded or number < records:count()
    return number
  end
end

--- The record inserted last most often, and older ones ever less.
---@param records throng.ycsb.Records
---@return fun(user: throng.User): integer choose
function M.latest(records)
  local ranks, ranks_of
  return function(user)
    local count = records:count()
    if count ~= ranks_of then
      ranks, ranks_of = gen.zipf(count, ZIPFIAN_EXPONENT), count
    end
    return count - ranks:sample(user.random)
  end
end

return M
