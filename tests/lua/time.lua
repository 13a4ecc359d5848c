local expect = require("support.expect")
local suite = require("support.suite")
local time = require("throng.time")

return suite({
  setup = function()
    time.sleep("1ms")
  end,

  tests = {
    ["durations are seconds"] = function()
      expect.equal(time.ms(150), 0.15)
      expect.equal(time.s(2), 2.0)
      expect.equal(time.minutes(1.5), 90.0)
      expect.equal(time.parse("150ms"), 0.15)
      expect.equal(time.parse("1h30m"), 5400.0)
      expect.equal(time.parse(0.5), 0.5)
      expect.misuse("`time.parse`: argument `duration`", time.parse, "soon")
    end,

    ["moments are written in UTC"] = function()
      expect.equal(time.format(0), "1970-01-01T00:00:00.000Z")
      expect.equal(time.format(1709208000.5, "iso"), "2024-02-29T12:00:00.500Z")
      expect.equal(time.format(1709208000, "%d.%m.%Y %H:%M"), "29.02.2024 12:00")
      expect.misuse("argument `timestamp`: the years go", time.format, 1e300)
      expect.misuse("argument `pattern`", time.format, 0, "%!")
    end,

    ["the clock goes on"] = function(user)
      local before = time.monotonic()
      user:sleep(0.002)
      time.sleep(time.ms(1))
      expect.that(time.elapsed(before) >= 0.003)
      expect.that(time.now() > 1.7e9)
    end,

    ["a sleep can't be negative"] = function()
      expect.misuse("neither negative nor endless", time.sleep, -1)
    end,
  },
})
