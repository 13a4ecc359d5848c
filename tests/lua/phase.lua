local expect = require("support.expect")
local phase = require("throng.phase")
local suite = require("support.suite")

return suite({
  setup = function()
    expect.misuse("moves the timeline of a running load", phase.begin, "early")
    expect.misuse("moves the timeline of a running load", phase.finish)
  end,

  tests = {
    ["1. the first phase is the main one"] = function()
      expect.equal(phase.current(), "main")
      expect.equal(phase.names(), { "main" })
    end,

    ["2. a phase that is begun is the current one"] = function()
      phase.begin("cutover")
      expect.equal(phase.current(), "cutover")
      expect.equal(phase.names(), { "main", "cutover" })
      phase.begin("main")
      expect.equal(phase.current(), "main")
    end,

    ["3. a load that was finished drains"] = function()
      phase.finish()
      expect.equal(phase.current(), "drain")
    end,

    ["a load without stages has none to tell"] = function()
      expect.equal(phase.stages(), {})
    end,

    ["the run's own phases can't be begun"] = function()
      expect.misuse("is begun by the run itself", phase.begin, "drain")
      expect.misuse("is not a name", phase.begin, "a b")
    end,
  },
})
