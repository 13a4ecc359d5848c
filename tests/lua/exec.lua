local exec = require("throng.exec")
local expect = require("support.expect")
local file = require("throng.file")
local suite = require("support.suite")

return suite({
  setup = function()
    expect.equal(exec.run({ "sh", "-c", "cat; echo $GREETING >&2; exit 3", stdin = "in", env = { GREETING = "hi" } }), {
      status = 3,
      stdout = "in",
      stderr = "hi\n",
    })
    expect.equal(exec.run({ "sh", "-c", "printf x > made" }).status, 0)
    expect.equal(file.read("made"), "x")
    expect.error("timeout", "`sleep` took longer than 20ms", exec.run, { "sleep", 60, timeout = "20ms" })
    expect.error("exec", "can't run `no-such-program`", exec.run, { "no-such-program" })
    expect.misuse("the program's name is missing", exec.run, { timeout = "1s" })
    expect.misuse("has no field `time_out`", exec.run, { "true", time_out = 1 })
    expect.misuse("word 2: expected a string, got a table", exec.run, { "true", {} })
  end,

  tests = {
    ["users can't start programs"] = function()
      local err = expect.misuse("would disturb what is measured", exec.run, { "true" })
      expect.that(err.hint:find("`setup`"))
    end,
  },

  verify = function()
    expect.equal(exec.run({ "true" }), { status = 0, stdout = "", stderr = "" })
  end,
})
