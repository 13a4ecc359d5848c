--- Commands as methods: what is sent, and what comes back.

local expect = require("support.expect")
local suite = require("support.suite")
local null = require("throng").null

return suite({
  needs = { "redis" },

  tests = {
    ["a failure names its command"] = function(user)
      user.redis:set("word", "x")
      expect.error("redis", "`incr`: ", user.redis.incr, user.redis, "word")
    end,

    ["what is missing is told"] = function(user)
      expect.misuse("`redis:call`: argument `command`: expected a string, got nothing", user.redis.call, user.redis)
      expect.misuse("a channel is needed", user.redis.subscribe, user.redis)
      expect.misuse("is `throng.null`", user.redis.set, user.redis, "k", null)
    end,

    ["integers are 64 bits wide"] = function(user)
      for _, number in ipairs({ 0, -1, math.maxinteger, math.mininteger }) do
        expect.equal(user.redis:set("int", number), "OK")
        expect.equal(user.redis:get("int"), tostring(number))
        expect.equal(user.redis:incrby("int", 0), number)
      end
    end,

    ["byte strings come back unchanged"] = function(user)
      local all = {}
      for byte = 0, 255 do
        all[#all + 1] = string.char(byte)
      end
      for _, value in ipairs({ table.concat(all), "", ("x"):rep(1000000), "\r\n$-1\r\n" }) do
        user.redis:set("bytes\0key", value)
        expect.equal(user.redis:get("bytes\0key"), value)
      end
    end,

    ["nil is nil at the top and null inside"] = function(user)
      user.redis:set("there", 1)
      expect.equal(user.redis:get("not there"), nil)
      local values = user.redis:mget("not there", "there", "not there")
      expect.equal(values, { null, "1", null })
      expect.equal(#values, 3)
    end,

    ["doubles and maps and sets come as such"] = function(user)
      user.redis:zadd("scores", 1.5, "a", math.huge, "b")
      expect.equal(user.redis:zscore("scores", "a"), 1.5)
      expect.equal(user.redis:zscore("scores", "b"), math.huge)
      user.redis:hset("hash", { b = 2, a = 1, [10] = "ten" })
      expect.equal(user.redis:hgetall("hash"), { a = "1", b = "2", ["10"] = "ten" })
      expect.equal(user.redis:hgetall("no hash"), {})
      user.redis:sadd("set", { "x", "y" })
      local members = user.redis:smembers("set")
      table.sort(members)
      expect.equal(members, { "x", "y" })
    end,

    ["tables are flattened in their place"] = function(user)
      user.redis:mset({ ["flat:a"] = 1, ["flat:b"] = 2 })
      expect.equal(user.redis:del({ "flat:a", "flat:b" }), 2)
      user.redis:rpush("list", { 1, 2 }, 3.0)
      expect.equal(user.redis:lrange("list", 0, -1), { "1", "2", "3" })
    end,

    ["names are taken in any case and with two words"] = function(user)
      user.redis:SET("case", "x")
      expect.equal(user.redis:call("GET", "case"), "x")
      expect.that(user.redis:client("id") > 0)
      expect.equal(user.redis:call("GET", "not there"), nil)
    end,

    ["a refused command raises a typed error"] = function(user)
      user.redis:set("string", "x")
      local err = expect.error("redis", "WRONGTYPE Operation against", user.redis.lpush, user.redis, "string", "y")
      expect.equal(err.word, "WRONGTYPE")
    end,

    ["misuse names the argument"] = function(user)
      expect.misuse("argument 2 of `set` is nothing", user.redis.set, user.redis, "key", nil)
      expect.misuse("argument 2 of `set` is `true`", user.redis.set, user.redis, "key", true)
      expect.misuse("`get` is a method", user.redis.get, "key")
      expect.misuse("`MULTI` would change a connection", user.redis.multi, user.redis)
      expect.misuse("`SUBSCRIBE` would change a connection", user.redis.call, user.redis, "SUBSCRIBE", "x")
    end,

    ["a command that waits may wait"] = function(user)
      expect.equal(user.redis:blpop("empty", 0.01), nil)
      user.redis:rpush("queue", "job")
      expect.equal(user.redis:blpop("queue", 5), { "queue", "job" })
    end,
  },
})
