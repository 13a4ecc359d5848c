local expect = require("support.expect")
local suite = require("support.suite")
local ycsb = require("throng.ycsb")

local DRAWS = 4000

--- How often each of many draws gave each number.
local function drawn(user, choose)
  local times = {}
  for _ = 1, DRAWS do
    local number = choose(user)
    times[number] = (times[number] or 0) + 1
  end
  return times
end

local function most_drawn(times)
  local most, number = 0, nil
  for candidate, count in pairs(times) do
    if count > most then
      most, number = count, candidate
    end
  end
  return number, most
end

return suite({
  tests = {
    ["a key is a hash of the number"] = function()
      -- FNV-1a of eight zero bytes, as published.
      expect.equal(ycsb.key(0), ("user%d"):format(0xa8c7f832281a39c5 & math.maxinteger))
      expect.that(ycsb.key(1) ~= ycsb.key(2), "no two alike")
    end,

    ["uniform requests go everywhere alike"] = function(user)
      local times = drawn(user, ycsb.uniform(ycsb.records("uniform"), 10))
      for number = 0, 9 do
        expect.that(times[number] > DRAWS / 20 and times[number] < DRAWS / 5, number)
      end
      expect.equal(times[10], nil)
    end,

    ["zipfian requests go to a few, scattered over all"] = function(user)
      local records = ycsb.records("zipfian")
      records:loaded(1000)
      local times = drawn(user, ycsb.zipfian(records, 1000, 500))
      local number, most = most_drawn(times)
      -- The most popular of 10^10 items has 1 / 26.47 of all requests; others fall on the same record.
      expect.that(most > DRAWS / 40 and most < DRAWS / 15, most)
      expect.that(number > 0, "the first record is nothing special")
      for drawn_number in pairs(times) do
        expect.that(drawn_number >= 0 and drawn_number < 1000, "a record that is there")
      end
    end,

    ["latest requests go to what was inserted last"] = function(user)
      local records = ycsb.records("latest")
      records:loaded(100)
      local choose = ycsb.latest(records)
      expect.equal(most_drawn(drawn(user, choose)), 99)
      expect.equal(records:insert(function(number) return number end), 100)
      expect.equal(most_drawn(drawn(user, choose)), 100)
    end,

    ["a record counts as there once all before it are"] = function()
      local records = ycsb.records("window")
      records:loaded(10)
      records:insert(function(first)
        expect.equal(first, 10)
        records:insert(function(second) expect.equal(second, 11) end)
        expect.equal(records:count(), 10)
      end)
      expect.equal(records:count(), 12)
      expect.that(not pcall(records.insert, records, function() error("refused") end), "the error goes on up")
      expect.equal(records:count(), 13)
    end,
  },
})
