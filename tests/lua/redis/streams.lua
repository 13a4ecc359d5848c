--- Streams, published messages, and targets by name.

local expect = require("support.expect")
local suite = require("support.suite")

return suite({
  needs = { redis = "redis", cache = "redis" },

  tests = {
    ["entries of streams are tables"] = function(user)
      local id = user.redis:xadd("events", "*", { kind = "created", member = 7 })
      user.redis:xadd("events", "MAXLEN", "~", 100, "*", { kind = "deleted" })
      local streams = user.redis:xread("COUNT", 1, "STREAMS", "events", "0")
      expect.equal(#streams.events, 1)
      expect.equal(streams.events[1].id, id)
      expect.equal(streams.events[1].fields.kind, "created")
      expect.equal(streams.events[1].fields.member, "7")
      expect.equal(#user.redis:xrange("events", "-", "+"), 2)
      expect.equal(user.redis:xrevrange("events", "+", "-")[1].fields.kind, "deleted")
      expect.equal(user.redis:xread("BLOCK", 10, "STREAMS", "events", "$"), nil)
    end,

    ["groups read claim and acknowledge"] = function(user)
      user.redis:xgroup("CREATE", "jobs", "workers", "0", "MKSTREAM")
      local id = user.redis:xadd("jobs", "*", { task = "mail" })
      local read = user.redis:xreadgroup("GROUP", "workers", "one", "COUNT", 10, "STREAMS", "jobs", ">")
      expect.equal(read.jobs[1].fields.task, "mail")
      expect.equal(user.redis:xclaim("jobs", "workers", "two", 0, id)[1].fields.task, "mail")
      expect.equal(user.redis:xclaim("jobs", "workers", "two", 0, id, "JUSTID")[1], id)
      local claimed = user.redis:xautoclaim("jobs", "workers", "one", 0, "0")
      expect.equal(claimed[1], "0-0")
      expect.equal(claimed[2][1].id, id)
      expect.equal(user.redis:xack("jobs", "workers", id), 1)
    end,

    ["messages arrive by channel and by pattern"] = function(user)
      local news = user.redis:subscribe({ "news", "sport" }, { patterns = "w*" })
      user.redis:publish("news", "one")
      user.redis:publish("weather", "two")
      local first = news:next("5s")
      expect.equal(first.channel .. " " .. first.payload, "news one")
      expect.equal(first.pattern, nil)
      local second = news:next("5s")
      expect.equal(second.pattern .. " " .. second.channel .. " " .. second.payload, "w* weather two")
      expect.equal(news:next("10ms"), nil)
      news:unsubscribe("news")
      news:subscribe("late")
      expect.equal(user.redis:publish("news", "three"), 0)
      expect.equal(user.redis:publish("late", "four"), 1)
      expect.equal(news:next("5s").payload, "four")
      news:close()
      expect.misuse("the subscription is closed", news.next, news)
    end,

    ["other targets are reached by name"] = function(user)
      user.redis.cache:set("cached", 1)
      expect.equal(user.redis.cache:get("cached"), "1")
    end,
  },
})
