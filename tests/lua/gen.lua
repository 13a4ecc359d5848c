local expect = require("support.expect")
local gen = require("throng.gen")
local suite = require("support.suite")
local throng = require("throng")

--- What each generator takes behind the index.
local ARGUMENTS = {
  first_name = {}, last_name = {}, full_name = {}, user_name = {}, email = {}, phone = {}, job = {}, company = {},
  street = {}, city = {}, state = {}, postcode = {}, country = {}, address = {},
  word = {}, words = { 5 }, sentence = {}, paragraph = {}, text = { 40 }, bytes = { 32 },
  uuid = {}, date = { nil, nil, n = 2 }, timestamp = { nil, nil, n = 2 },
  integer = { 1, 1 << 40 }, number = { 0, 1 }, bool = { 0.5 }, choice = { { "a", "b", "c" } },
  hash = {}, permute = { 1000 },
}

local function call(name, index, stream)
  local arguments = ARGUMENTS[name]
  local n = arguments.n or #arguments
  local given = { table.unpack(arguments, 1, n) }
  given[n + 1] = stream
  return gen[name](index, table.unpack(given, 1, n + 1))
end

--- The mean of so many samples.
local function mean(distribution, random, count)
  local sum = 0
  for _ = 1, count do
    sum = sum + distribution:sample(random)
  end
  return sum / count
end

return suite({
  tests = {
    ["every generator is a function of its index"] = function()
      for name in pairs(ARGUMENTS) do
        for index = 0, 20 do
          expect.equal(call(name, index), call(name, index))
        end
      end
    end,

    ["other indices and other streams give other data"] = function()
      for name in pairs(ARGUMENTS) do
        local indices, streams = {}, {}
        local different_indices, different_streams = 0, 0
        for i = 0, 40 do
          local by_index, by_stream = tostring(call(name, i)), tostring(call(name, 1, i))
          different_indices = different_indices + (indices[by_index] and 0 or 1)
          different_streams = different_streams + (streams[by_stream] and 0 or 1)
          indices[by_index], streams[by_stream] = true, true
        end
        expect.that(different_indices > 1, name .. " is the same for every index")
        expect.that(different_streams > 1, name .. " is the same in every stream")
      end
    end,

    ["the data are those of every version"] = function()
      expect.equal(gen.hash(1), 8844973314039073850)
      expect.equal(gen.hash(-1, "stream"), 235959198896112524)
      expect.equal(gen.integer(1, 1, 1000), 391)
      expect.equal(gen.permute(1, 1000), 941)
      expect.equal(gen.uuid(1), "691720bd-7127-422b-9915-51b92eb488b7")
    end,

    ["all that is said of a person agrees"] = function()
      for index = 1, 50 do
        local first, last = gen.first_name(index, "staff"), gen.last_name(index, "staff")
        expect.equal(gen.full_name(index, "staff"), first .. " " .. last)
        local plain = function(name)
          return name:lower():gsub("[^%w]", "")
        end
        local user_name = plain(first) .. "." .. plain(last) .. "." .. index
        expect.equal(gen.user_name(index, "staff"), user_name)
        expect.equal(gen.email(index, "staff"):match("^(.*)@example%.%a+$"), user_name)
      end
    end,

    ["an address is made of its parts"] = function()
      local address = gen.address(3)
      for _, part in ipairs({ gen.street(3), gen.city(3), gen.postcode(3) }) do
        expect.that(address:find(part, 1, true), address .. " lacks " .. part)
      end
    end,

    ["texts and bytes are as long as asked"] = function()
      for _, length in ipairs({ 0, 1, 7, 1000 }) do
        expect.equal(#gen.text(1, length), length)
        expect.equal(#gen.bytes(1, length), length)
      end
      expect.misuse("argument `length`: expected a whole number, 0 or more, got the number `-1`", gen.bytes, 1, -1)
      expect.misuse("is above the limit", gen.text, 1, 1 << 40)
      -- As many as a text may have bytes would be ten times that in memory.
      expect.misuse("argument `count`: `268435456` is above the limit", gen.words, 1, 1 << 28)
    end,

    ["dates lie where they should"] = function()
      for index = 1, 50 do
        local date = gen.date(index, "2024-02-28", "2024-03-01")
        expect.that(date >= "2024-02-28" and date <= "2024-03-01", date)
        local moment = gen.timestamp(index, "2024-01-01", "2024-01-01T00:00:10Z")
        expect.that(moment:match("^2024%-01%-01T00:00:[01]%d%.%d%d%dZ$"), moment)
      end
      expect.misuse("`tomorrow` is not a date", gen.date, 1, "tomorrow")
      expect.misuse("2020-01-01 is before 2021-01-01", gen.date, 1, "2021-01-01", "2020-01-01")
    end,

    ["a uuid is one of version 4"] = function()
      local uuid = gen.uuid(1)
      expect.that(uuid:match("^%x+%-%x+%-4%x+%-[89ab]%x+%-%x+$") and #uuid == 36, uuid)
    end,

    ["permute meets every number once"] = function()
      local seen = {}
      for index = 0, 999 do
        local place = gen.permute(index, 1000)
        expect.that(place >= 0 and place < 1000 and not seen[place])
        seen[place] = true
      end
      expect.misuse("argument `index`: 1000 is not among 0 to 999", gen.permute, 1000, 1000)
    end,

    ["distributions have the means they should"] = function(user)
      local near = function(distribution, expected, tolerance)
        local found = mean(distribution, user.random, 20000)
        expect.that(math.abs(found - expected) < tolerance, ("expected %s, found %s"):format(expected, found))
      end
      near(gen.uniform(1, 6), 3.5, 0.1)
      near(gen.uniform(0.0, 1.0), 0.5, 0.02)
      near(gen.normal(100, 15), 100, 1)
      near(gen.exponential(10), 10, 0.5)
      near(gen.hot_set(1000, 0.2, 0.8), 0.8 * 100.5 + 0.2 * 600.5, 10)
    end,

    ["samples stay within their bounds"] = function(user)
      local ranks, bell, hot = gen.zipf(100, 1.0), gen.normal(0, 10, { min = -5, max = 5 }), gen.hot_set(10, 1.0, 0.0)
      local ones = 0
      for _ = 1, 5000 do
        local rank = ranks:sample(user.random)
        expect.that(math.type(rank) == "integer" and rank >= 1 and rank <= 100)
        ones = ones + (rank == 1 and 1 or 0)
        local value = bell:sample(user.random)
        expect.that(value >= -5 and value <= 5)
        local item = hot:sample(user.random)
        expect.that(item >= 1 and item <= 10)
      end
      -- The first rank has 1 / H(100) = 19 % of the draws.
      expect.that(ones > 700 and ones < 1300, "the first rank was drawn " .. ones .. " times")
    end,

    ["wrong parameters name the argument"] = function(user)
      expect.misuse("`gen.zipf`: argument `count`: expected 1 or more", gen.zipf, 0, 1.0)
      expect.misuse("`gen.hot_set`: argument `share`: expected a number from 0 to 1", gen.hot_set, 10, 2, 0.5)
      expect.misuse("`gen.normal`: argument `deviation`", gen.normal, 0, -1)
      expect.misuse("argument `random`: expected `user.random`, got a table", function()
        gen.uniform(1, 2):sample(user)
      end)
      expect.misuse("`gen.first_name`: argument `index`: expected a whole number, got the string `x`", gen.first_name, "x")
      expect.misuse("argument `stream`: expected a string or a whole number, got a table", gen.first_name, 1, {})
    end,

    ["rows are what their columns are at each index"] = function()
      local double = function(index)
        return index * 2
      end
      local columns = { gen.index, { gen.group, 2 }, gen.email, { gen.integer, 1, 1 << 40, "s" }, double, "x", 1.5, throng.null }
      local rows = gen.rows(5, columns)
      expect.equal(#rows, 5)
      for i = 1, 5 do
        local expected = { i, (i + 1) // 2, gen.email(i), gen.integer(i, 1, 1 << 40, "s"), i * 2, "x", 1.5, throng.null }
        expect.equal(rows:row(i), expected)
      end
      expect.equal(gen.rows(2, { gen.index }, { first = 100 }):row(101), { 101 })
      expect.equal({ gen.group(0, 10), gen.group(1, 10), gen.group(10, 10), gen.group(11, 10) }, { 0, 1, 1, 2 })
    end,

    ["columns that can't be are refused when the rows are described"] = function()
      expect.misuse("`gen.rows`: argument `count`: there can't be `-1` rows", gen.rows, -1, { gen.index })
      expect.misuse("`gen.rows`: argument `columns`", gen.rows, 1, {})
      expect.misuse("`gen.integer`: argument `low`", gen.rows, 1, { { gen.integer } })
      expect.misuse("takes nothing but the index", gen.rows, 1, { { expect.equal, 1 } })
      expect.misuse("`options of gen.rows` has no field `frist`", gen.rows, 1, { gen.index }, { frist = 2 })
    end,

    ["a sequence counts up and goes by its name"] = function()
      local first, again = gen.sequence("s"), gen.sequence("s")
      expect.equal({ first:next(), again:next(), first:next() }, { 1, 2, 3 })
      expect.equal(gen.sequence("t"):next(), 1)
    end,
  },
})
