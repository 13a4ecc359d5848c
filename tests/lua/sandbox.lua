local expect = require("support.expect")
local suite = require("support.suite")

return suite({
  params = { size = { default = 5 }, nested = { default = { list = { 1, 2 } } } },

  setup = function()
    return { ids = { 1, 2, 3 } }
  end,

  tests = {
    ["libraries and modules are read-only"] = function()
      for name, change in pairs({
        ["`string`"] = function()
          string.foo = 1
        end,
        ["`math`"] = function()
          table.insert(math, 1)
        end,
        ["`throng.json`"] = function()
          require("throng.json").encode = nil
        end,
        ["`throng.verify`"] = function()
          require("throng.verify").new = nil
        end,
      }) do
        expect.misuse(name .. " is read-only", change)
      end
      expect.misuse("read-only", rawset, _G, "x", 1)
      expect.misuse("read-only", rawset, string, "format", 1)
      expect.misuse("`print` is assigned as a global", function()
        print = 1
      end)
      expect.equal(getmetatable(""), false)
      expect.equal(rawset({}, "x", 1), { x = 1 })
    end,

    ["read-only libraries read like others"] = function()
      expect.equal(("%d"):format(5), string.format("%d", 5))
      local names = {}
      for name in pairs(math) do
        names[name] = true
      end
      expect.that(names.floor and not names.random)
      local _, seen = pairs(string)
      expect.equal(rawget(seen, "format"), nil)
    end,

    ["chance that no seed reaches is not there"] = function()
      for _, name in ipairs({ "random", "randomseed" }) do
        local err = expect.misuse(("`math.%s` is not available"):format(name), function()
          return math[name](1)
        end)
        expect.that(err.hint:find("`user.random`", 1, true), err.hint)
      end
    end,

    ["what reaches outside is not there"] = function()
      for name, get in pairs({
        io = function() return io end,
        os = function() return os end,
        debug = function() return debug end,
        package = function() return package end,
        coroutine = function() return coroutine end,
        load = function() return load end,
        dofile = function() return dofile end,
        loadfile = function() return loadfile end,
        collectgarbage = function() return collectgarbage end,
      }) do
        local err = expect.misuse(("`%s` is not available to scenarios"):format(name), get)
        expect.that(err.hint, name .. " has no hint")
      end
      expect.equal(string.dump, nil)
    end,

    ["a variable that is not there names the nearest"] = function()
      local err = expect.misuse("there is no variable `tostrng`", function()
        return tostrng(1)
      end)
      expect.equal(err.hint, "did you mean `tostring`?")
    end,

    ["globals are refused"] = function()
      local err = expect.misuse("`total` is assigned as a global", function()
        total = 1
      end)
      expect.that(err.hint:find("local total"))
    end,

    ["the metatable of strings can't be reached"] = function()
      expect.equal(getmetatable(_G), false)
      expect.that(not pcall(setmetatable, _G, {}))
    end,

    ["parameters and what setup returned are read-only"] = function(user)
      expect.equal(user.params.size, 5)
      expect.equal(#user.shared.ids, 3)
      local sum = 0
      for _, id in ipairs(user.shared.ids) do
        sum = sum + id
      end
      expect.equal(sum, 6)
      expect.misuse("`user.params` is read-only", function()
        user.params.size = 6
      end)
      expect.misuse("`user.params` is read-only", function()
        user.params.nested.list[1] = 6
      end)
      expect.misuse("`user.shared` is read-only", function()
        user.shared.ids[4] = 4
      end)
    end,

    ["there are no finalizers"] = function()
      local ok, err = pcall(setmetatable, {}, { __gc = function() end })
      expect.that(not ok and tostring(err):find("`__gc` is not available", 1, true))
      local closed = false
      do
        local _ <close> = setmetatable({}, { __close = function() closed = true end })
      end
      expect.that(closed)
      expect.equal(getmetatable(setmetatable({}, { name = "x" })).name, "x")
    end,

    ["state is the user's own"] = function(user)
      user.state.seen = 1
      expect.equal(user.state.seen, 1)
    end,

    ["a user has the fields it has"] = function(user)
      expect.equal(user.persona, "tester")
      expect.equal(user.number, 0)
      expect.equal(user.iteration, 1)
      expect.misuse("a user has no field `persnoa`", function()
        return user.persnoa
      end)
      local err = expect.misuse("the scenario does not need `redis`", function()
        return user.redis
      end)
      expect.that(err.hint:find('needs = { "redis" }', 1, true))
    end,

    ["require finds modules, once, and says what is nearest"] = function()
      expect.that(require("throng.json") == require("throng.json"))
      expect.equal(require("support.expect"), expect)
      expect.equal(require("throng").version:match("^%d+%.%d+%.%d+"), require("throng").version)
      expect.equal(expect.misuse("module `throng.jsn` was found neither", require, "throng.jsn").hint, "did you mean `throng.json`?")
      expect.misuse("is not a module name", require, "../../etc/passwd")
      expect.misuse("is not a module name", require, "/etc/passwd")
      expect.misuse("was found neither", require, "throng.meta.json")
      expect.misuse("was found neither", require, "not.there")
    end,
  },
})
