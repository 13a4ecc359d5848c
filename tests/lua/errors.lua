local expect = require("support.expect")
local json = require("throng.json")
local suite = require("support.suite")

local function misuse()
  json.decode({})
end

return suite({
  tests = {
    ["an error of one's own keeps its fields"] = function()
      local err = expect.error("sold_out", "none left", error, { kind = "sold_out", message = "none left", code = 7 })
      expect.equal({ err.code, err.other }, { 7, nil })
      expect.misuse("the error's field `code` contains a function", error, { kind = "x", code = print })
    end,

    ["an error after a tail call is placed where the function is defined"] = function(user)
      local work = function(u)
        return u:sleep({})
      end
      local ok, err = pcall(user.operation, user, "tail", work)
      expect.equal(ok, false)
      expect.that(err.message:match("^errors%.lua:%d+: `user:sleep`"), err.message)
    end,

    ["what can't wait says so"] = function(user)
      local map = require("throng.shared").map("waits")
      local err = expect.misuse("this function can't wait for anything", map.update, map, "key", function()
        user:sleep(0.001)
      end)
      expect.that(err.hint:find("`map:update`", 1, true), err.hint)
    end,

    ["a slip in a name is told with the nearest"] = function(user)
      local err = expect.misuse("a user has no field `slep`", function()
        user:slep(1)
      end)
      expect.equal(err.hint, "did you mean `sleep`?")
    end,

    ["methods want their object and their arguments"] = function(user)
      local err = expect.misuse("`integer` is a method", function()
        return user.random.integer(1, 2)
      end)
      expect.that(err.hint:find("colon"), err.hint)
      expect.misuse("`random:integer`: argument `high`: expected a whole number, got nothing", function()
        return user.random:integer(6)
      end)
      expect.misuse("`user:operation`: argument `name`: expected a string, got a function", function()
        user:operation(print)
      end)
      expect.misuse("`user:check`: argument `message`: expected a string, got a table", function()
        user:check(false, {})
      end)
      expect.misuse("the first argument is not a user", user.think)
    end,

    ["the hint of a duration is the error's hint"] = function(user)
      local err = expect.misuse("`user:sleep`", user.sleep, user, "5 parsecs")
      expect.that(err.hint and not err.message:find("hint:", 1, true), err.message)
    end,

    ["text that is not UTF-8 can be printed"] = function()
      print("\xff\xfe")
      require("throng.log").info("\xff", nil, 1, setmetatable({}, {
        __tostring = function()
          return "\xfe"
        end,
      }))
    end,

    ["strings stay strings, with the place"] = function()
      local ok, err = pcall(error, "plain")
      expect.equal({ ok, err }, { false, "plain" })
      local _, placed = pcall(function()
        error("oops")
      end)
      expect.that(placed:match("errors%.lua:%d+: oops$"), placed)
      local _, bare = pcall(function()
        error("oops", 0)
      end)
      expect.equal(bare, "oops")
    end,

    ["a table with a kind becomes a typed error"] = function()
      local err = expect.error("oops", "no luck", error, { kind = "oops", message = "no luck" })
      expect.equal(tostring(err), "no luck")
      expect.equal(err.sqlstate, nil)
      expect.misuse("needs a `kind`", error, { message = "x" })
      expect.misuse("can't be the number `5`", error, 5)
    end,

    ["a typed error survives being raised again"] = function()
      local _, first = pcall(error, { kind = "oops", message = "no luck" })
      local second = expect.error("oops", "no luck", error, first)
      expect.error("oops", "no luck", error, second)
    end,

    ["misuse has a hint and blames the caller's line"] = function(user)
      local err = expect.misuse("`json.decode`: argument `text`: expected a string, got a table", misuse)
      expect.that(err.message:match("errors%.lua:6: "), err.message)
      local hint = expect.misuse("`user.x` can't be set", function()
        user.x = 1
      end).hint
      expect.equal(hint, "keep own values in `user.state.x`")
    end,

    ["assert passes values on and raises what it is given"] = function()
      expect.equal({ assert(1, 2, 3) }, { 1, 2, 3 })
      local _, plain = pcall(function()
        assert(false)
      end)
      expect.that(plain:match("assertion failed"), plain)
      expect.error("oops", "x", assert, nil, { kind = "oops", message = "x" })
    end,

    ["xpcall shows its handler the typed error"] = function()
      local ok, kind = xpcall(error, function(err)
        return err.kind
      end, { kind = "oops" })
      expect.equal({ ok, kind }, { false, "oops" })
    end,

    ["a failed check is an error of its kind"] = function(user)
      expect.equal(user:check(5, "five"), 5)
      expect.error("check_failed", "not found", user.check, user, nil, "not found")
    end,

    ["pcall reaches over what waits"] = function(user)
      local err = expect.error("oops", "after", function()
        user:sleep("1ms")
        error({ kind = "oops", message = "after" })
      end)
      expect.equal(err.kind, "oops")
    end,

    ["a caught operation is counted once and tells its error"] = function(user)
      local ok, err = pcall(user.operation, user, "inner", function()
        error({ kind = "oops", message = "within" })
      end)
      expect.equal({ ok, err.kind, err.message }, { false, "oops", "within" })
    end,

    ["an operation hands on what its work returns"] = function(user)
      expect.equal({ user:operation("inner", function()
        user:sleep("1ms")
        return 1, "two"
      end) }, { 1, "two" })
    end,
  },
})
