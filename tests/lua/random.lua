local expect = require("support.expect")
local suite = require("support.suite")

return suite({
  tests = {
    ["integers cover their range, ends included"] = function(user)
      local seen = {}
      for _ = 1, 200 do
        seen[user.random:integer(1, 3)] = true
      end
      expect.equal(seen, { true, true, true })
      expect.equal(user.random:integer(5, 5), 5)
      expect.equal(math.type(user.random:integer(math.mininteger, math.maxinteger)), "integer")
      expect.misuse("above the upper bound", user.random.integer, user.random, 2, 1)
    end,

    ["numbers lie in their range"] = function(user)
      for _ = 1, 200 do
        local unit, number = user.random:number(), user.random:number(-3, 4)
        expect.that(unit >= 0 and unit < 1 and number >= -3 and number < 4)
      end
      expect.misuse("is not a range", user.random.number, user.random, 1, 0)
    end,

    ["chances are kept"] = function(user)
      local hits = 0
      for _ = 1, 2000 do
        hits = hits + (user.random:bool(0.2) and 1 or 0)
      end
      expect.that(hits > 300 and hits < 500, hits)
      expect.equal(user.random:bool(0), false)
      expect.equal(user.random:bool(1), true)
      expect.misuse("a chance is from 0 to 1", user.random.bool, user.random, 2)
    end,

    ["weights are kept, and what weighs nothing is never drawn"] = function(user)
      local drawn = { a = 0, b = 0, c = 0 }
      for _ = 1, 1000 do
        local name = user.random:weighted({ a = 3, b = 1, c = 0 })
        drawn[name] = drawn[name] + 1
      end
      expect.that(drawn.a > 650 and drawn.b > 150 and drawn.c == 0)
      expect.misuse("weights must be", user.random.weighted, user.random, { a = -1 })
    end,

    ["a shuffled list holds what it held"] = function(user)
      local list = { 1, 2, 3, 4, 5 }
      expect.that(user.random:shuffle(list) == list)
      table.sort(list)
      expect.equal(list, { 1, 2, 3, 4, 5 })
      expect.misuse("the list is empty", user.random.choice, user.random, {})
    end,
  },
})
