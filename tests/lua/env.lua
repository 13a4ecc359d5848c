local env = require("throng.env")
local expect = require("support.expect")
local suite = require("support.suite")

return suite({
  env = { "PATH", "THRONG_TEST_UNSET" },
  tests = {
    ["declared variables are read"] = function()
      expect.that(#env.PATH > 0)
      expect.equal(env.get("PATH"), env.PATH)
      expect.equal(env.THRONG_TEST_UNSET, nil)
      expect.equal(env.get("THRONG_TEST_UNSET", "default"), "default")
    end,

    ["others are refused with what to do"] = function()
      local err = expect.misuse("does not declare the environment variable `HOME`", function()
        return env.HOME
      end)
      expect.equal(err.hint, 'declare it: `env = { "HOME" }`')
      expect.misuse("read-only", function()
        env.PATH = "x"
      end)
    end,
  },
})
