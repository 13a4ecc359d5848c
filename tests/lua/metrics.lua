local expect = require("support.expect")
local metrics = require("throng.metrics")
local suite = require("support.suite")

local hits = metrics.rate("hits", { cache = "local" })

return suite({
  setup = function()
    metrics.counter("seeded"):add(3)
  end,

  tests = {
    ["every kind takes its values"] = function()
      hits:add(true)
      hits:add(nil == 1, { kind = "guest", n = 1, vip = false })
      metrics.counter("made"):add()
      metrics.counter("made"):add(2.5)
      metrics.gauge("depth"):add(-4)
      metrics.trend("size"):add(12)
    end,

    ["a name has one kind"] = function()
      metrics.counter("one_kind")
      expect.misuse("the metric `one_kind` is a counter already and can't be a trend too", metrics.trend, "one_kind")
    end,

    ["wrong values are refused"] = function()
      expect.misuse("`metric:add`: argument `value`: expected true, false or a number, got the string `x`", hits.add, hits, "x")
      local made, size = metrics.counter("made"), metrics.trend("size")
      expect.misuse("expected a number, got `true`", made.add, made, true)
      expect.misuse("is negative", size.add, size, -1)
      expect.misuse("can't be counted", size.add, size, 0 / 0)
      expect.misuse("more than a trend can hold", size.add, size, 1e300)
      expect.misuse("expected strings by name", size.add, size, 1, { tag = {} })
    end,

    ["names are such that thresholds can speak of them"] = function()
      expect.misuse("must be letters, digits and `_`", metrics.counter, "a b")
      expect.misuse("throng measures itself", metrics.trend, "response")
    end,

    ["tags of too many values are refused"] = function()
      local metric = metrics.counter("by_id")
      for id = 1, 1000 do
        metric:add(1, { id = id })
      end
      metric:add(1, { id = 1 })
      local err = expect.misuse("more than 1000 sets of tags", metric.add, metric, 1, { id = 1001 })
      expect.that(err.hint:find("never an id"))
    end,
  },
})
