local expect = require("support.expect")
local suite = require("support.suite")
local verify = require("throng.verify")

--- What `finish` says of checks that were made by `make`; nil if all of them hold.
local function finding(make)
  local checks = verify.new()
  make(checks)
  local ok, err = pcall(checks.finish, checks)
  if ok then
    return nil
  end
  expect.equal(err.kind, "verify")
  return err.message
end

return suite({
  tests = {
    ["figures may come as text"] = function()
      expect.equal(finding(function(checks)
        checks:equal("rows", "3", 3)
        checks:counted("never written", "0")
      end), nil)
    end,

    ["a figure that is missing is the caller's mistake"] = function()
      local _, err = pcall(function()
        verify.new():counted("likes", nil)
      end)
      expect.that(tostring(err):match("^verify%.lua:%d+: `checks:counted`: expected the number of `likes`"), err)
    end,

    ["checks that hold say nothing"] = function()
      expect.equal(finding(function(checks)
        checks:that(true, "never said")
        checks:equal("rows", 3, 3)
      end), nil)
    end,

    ["all that is wrong is told at once"] = function()
      expect.equal(finding(function(checks)
        checks:equal("rows", 3, 4)
        checks:that(false, "the books are closed")
        checks:that(true, "never said")
      end), "2 of 3 checks failed:\n  rows: expected 4, found 3\n  the books are closed")
    end,

    ["what was written must be found"] = function()
      expect.equal(verify.counted("whole", function() return "id" end), "id")
      verify.counted("whole", function() end)
      expect.equal(finding(function(checks) checks:counted("whole", 2) end), nil)
      expect.equal(
        finding(function(checks) checks:counted("whole", 1) end),
        "1 of 1 checks failed:\n  whole: users wrote 2, found 1"
      )
    end,

    ["what failed may be found or not"] = function()
      verify.counted("torn", function() end)
      pcall(verify.counted, "torn", function() error("lost on the way") end)
      expect.equal(finding(function(checks)
        checks:counted("torn", 1)
        checks:counted("torn", 2)
      end), nil)
      expect.equal(
        finding(function(checks) checks:counted("torn", 3) end),
        "1 of 1 checks failed:\n  torn: users wrote 1 to 2, found 3"
      )
    end,

    ["what must not be there is shown"] = function()
      local function rows(list)
        return function() return table.remove(list, 1) end
      end
      expect.equal(finding(function(checks) checks:none("orders of nobody", rows({})) end), nil)
      expect.equal(
        finding(function(checks) checks:none("orders of nobody", rows({ { id = 7, cents = 20 }, { id = 9 } })) end),
        "1 of 1 checks failed:\n  orders of nobody: 2, such as cents = 20, id = 7"
      )
    end,

    ["what is said of many failures is bounded"] = function()
      local message = finding(function(checks)
        for i = 1, 25 do
          checks:that(false, "row " .. i)
        end
      end)
      expect.equal(message:match("[^\n]*"), "25 of 25 checks failed:")
      expect.that(message:find("\n  row 20\n  and 5 more", 1, true) and not message:find("row 21", 1, true), message)
    end,

    ["no check at all is a failure"] = function()
      expect.equal(finding(function() end), "no check was made")
    end,

    ["what was begun and what was done can be asked for"] = function()
      verify.counted("asked", function() end)
      pcall(verify.counted, "asked", function() error("lost on the way") end)
      expect.equal(verify.begun("asked"), 2)
      expect.equal(verify.done("asked"), 1)
    end,

    ["work that returns false wrote nothing"] = function()
      expect.equal(verify.counted("refused", function() return false end), false)
      expect.equal(finding(function(checks) checks:counted("refused", 0) end), nil)
    end,
  },
})
