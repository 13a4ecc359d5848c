--- Pipelines, transactions and scripts.

local expect = require("support.expect")
local suite = require("support.suite")
local null = require("throng").null

return suite({
  needs = { "redis" },

  tests = {
    ["inside a transaction, only what it gives is to be used"] = function(user)
      local err = expect.misuse("within a transaction on the same target", user.redis.transaction, user.redis, function()
        user.redis:get("k")
      end)
      expect.that(err.hint:find("`now`", 1, true), err.hint)
      expect.equal(user.redis:exists("k"), 0)
    end,

    ["a plain error has its place once"] = function(user)
      local _, err = pcall(function()
        user.redis:transaction(function()
          error("plain")
        end)
      end)
      local _, places = tostring(err):gsub("batches%.lua:%d+: ", "")
      expect.equal(places, 1)
    end,

    ["a pipeline takes a function or a list"] = function(user)
      local place
      local replies = user.redis:pipeline(function(p)
        p:set("pipe", 1)
        place = p:incr("pipe")
        p:call("GET", "nothing")
      end)
      expect.equal(replies, { "OK", 2, null })
      expect.equal(place, 2)
      expect.equal(user.redis:pipeline({ { "set", "pipe", 5 }, { "get", "pipe" } }), { "OK", "5" })
      expect.equal(user.redis:pipeline({}), {})
    end,

    ["the first error of a pipeline is raised unless errors are kept"] = function(user)
      local work = { { "set", "text", "x" }, { "incr", "text" }, { "get", "text" } }
      local err = expect.error("redis", "command 2 of 3, `incr`", user.redis.pipeline, user.redis, work)
      expect.equal(err.word, "ERR")
      local replies = user.redis:pipeline(work, { keep_errors = true })
      expect.equal(replies[2].word, "ERR")
      expect.equal(replies[3], "x")
    end,

    ["a transaction runs what was queued"] = function(user)
      local replies = user.redis:transaction(function(tx)
        tx:set("account", 10)
        tx:incrby("account", 5)
      end)
      expect.equal(replies, { "OK", 15 })
    end,

    ["a transaction on watched keys starts over when they change"] = function(user)
      user.redis:set("watched", 1)
      local tries = 0
      user.redis:transaction(function(tx, now)
        tries = tries + 1
        local value = tonumber(now:get("watched"))
        if tries == 1 then
          now:set("watched", 10)
        end
        tx:set("watched", value + 1)
      end, { watch = "watched", retry = 2 })
      expect.equal(tries, 2)
      expect.equal(user.redis:get("watched"), "11")
    end,

    ["a transaction that never comes through is a conflict"] = function(user)
      local function work(tx, now)
        now:incr("busy")
        tx:set("busy", 0)
      end
      local options = { watch = { "busy" }, retry = 1 }
      expect.error("redis", "CONFLICT", user.redis.transaction, user.redis, work, options)
      expect.equal(user.redis:get("busy"), "2")
    end,

    ["an error in a transaction leaves nothing behind"] = function(user)
      local kept
      local function work(tx, now)
        kept = now
        tx:set("left", 1)
        error({ kind = "changed_mind", message = "or not" })
      end
      expect.error("changed_mind", "or not", user.redis.transaction, user.redis, work, { watch = "left" })
      expect.equal(user.redis:get("left"), nil)
      expect.misuse("the transaction of this connection is over", kept.get, kept, "left")
    end,

    ["unknown options are refused"] = function(user)
      local work = function() end
      local err = expect.misuse("no field `retries`", user.redis.transaction, user.redis, work, { retries = 1 })
      expect.equal(err.hint, "did you mean `retry`?")
    end,

    ["a script runs with keys and arguments"] = function(user)
      local add = user.redis:script("return redis.call('INCRBY', KEYS[1], ARGV[1])")
      expect.equal(add:run("counter", 3), 3)
      expect.equal(add:run({ "counter" }, { 4 }), 7)
      user.redis:call("SCRIPT", "FLUSH")
      expect.equal(add:run("counter", 1), 8)
      expect.equal(#add:sha(), 40)
      expect.equal(user.redis:script("return false"):run(), nil)
    end,
  },
})
