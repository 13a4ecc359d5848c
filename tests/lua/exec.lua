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
    -- What it started is ended with it: the file stops growing.
    local grows = "(for _ in $(seq 2000); do echo x >> grows; sleep 0.01; done) & wait"
    expect.error("timeout", "`sh` took longer than", exec.run, { "sh", "-c", grows, timeout = "500ms" })
    local before, now
    repeat
      before = #file.read("grows")
      exec.run({ "sleep", 0.2 })
      now = #file.read("grows")
    until now == before or now >= 4000
    expect.that(now < 4000, "it wrote to its end")
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
