local expect = require("support.expect")
local shared = require("throng.shared")
local suite = require("support.suite")
local throng = require("throng")

-- Named while the file is loaded, when there is no run yet.
local counter = shared.counter("c")

return suite({
  params = { list = { default = { 1, 2 } } },

  setup = function()
    expect.equal(counter:add(5), 5)
    shared.map("from setup"):set("key", { deep = { 1, 2 } })
  end,

  tests = {
    ["setup and users share the store"] = function()
      expect.equal(counter:get(), 5)
      expect.equal(shared.map("from setup"):get("key"), { deep = { 1, 2 } })
    end,

    ["a counter goes by its name"] = function()
      expect.equal(shared.counter("other"):get(), 0)
      expect.equal(shared.counter("other"):add(), 1)
      expect.equal(shared.counter("other"):add(-3), -2)
    end,

    ["a queue gives back what it got, in order"] = function()
      local queue = shared.queue("q")
      queue:push({ id = 1, tags = { "a", throng.null, "c" } })
      queue:push("two")
      expect.equal(queue:size(), 2)
      local first = queue:pop()
      expect.equal(first.id, 1)
      expect.that(#first.tags == 3 and first.tags[2] == throng.null)
      expect.equal(queue:try_pop(), "two")
      expect.equal(queue:try_pop(), nil)
      expect.equal(queue:pop("1ms"), nil)
      expect.misuse("a queue can't hold nil", queue.push, queue, nil)
    end,

    ["a full queue makes who pushes wait"] = function()
      local queue = shared.queue("small", { capacity = 1 })
      expect.equal(queue:push(1, "1ms"), true)
      expect.equal(queue:push(2, "1ms"), false)
      expect.equal(queue:try_push(2), false)
      expect.equal(queue:pop(), 1)
      expect.equal(queue:try_push(2), true)
    end,

    ["a barrier that does not fill up is an error of its kind"] = function()
      expect.error("timeout", "waiting at barrier `b` took longer than", function()
        shared.barrier("b", 2):wait("1ms")
      end)
      expect.equal(shared.barrier("alone", 1):wait(), true)
      expect.misuse("is for 2 users already, not 3", function()
        shared.barrier("b", 3):wait()
      end)
    end,

    ["a map keeps plain data by key"] = function(user)
      local map = shared.map("m")
      map:set("a", { 1, 2 })
      map:set("p", user.params.list)
      expect.equal(map:get("p"), { 1, 2 })
      map:get("a")[1] = 100
      expect.equal(map:get("a"), { 1, 2 })
      expect.equal(map:keys(), { "a", "p" })
      expect.equal(map:delete("a"), true)
      expect.equal(map:delete("a"), false)
      expect.misuse("not plain data", map.set, map, "f", print)
    end,

    ["a queue has one capacity"] = function()
      shared.queue("narrow", { capacity = 2 })
      shared.queue("narrow")
      expect.misuse("has capacity 2 already, not 3", shared.queue, "narrow", { capacity = 3 })
    end,

    ["the path to what contains itself is cut short"] = function()
      local map, endless = shared.map("endless"), {}
      endless.endless = endless
      local err = expect.misuse("contains itself", map.set, map, "x", endless)
      expect.that(#err.message < 200, err.message)
    end,

    ["a map counts and updates"] = function()
      local map = shared.map("n")
      expect.equal(map:incr("n"), 1)
      expect.equal(map:incr("n", 0.5), 1.5)
      local after = map:update("list", function(list)
        list = list or {}
        list[#list + 1] = "x"
        return list
      end)
      expect.equal(after, { "x" })
      expect.equal(map:get("list"), { "x" })
      expect.misuse("must be numbers", map.incr, map, "list")
      expect.error("oops", "no", map.update, map, "n", function()
        error({ kind = "oops", message = "no" })
      end)
      expect.equal(map:get("n"), 1.5)
    end,
  },

  verify = function()
    expect.equal(counter:get(), 5)
  end,
})
