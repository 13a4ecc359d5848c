--- Many keys of Redis at once.

local expect = require("support.expect")
local keys = require("throng.keys")
local suite = require("support.suite")

local COUNT = 2500 -- more than two batches

local function count(user, prefix)
  local found = {}
  for names in keys.scan(user, prefix) do
    for _, name in ipairs(names) do
      found[name] = true
    end
  end
  local number = 0
  for _ in pairs(found) do
    number = number + 1
  end
  return number
end

return suite({
  needs = { "redis" },

  tests = {
    ["every key is written, found by its prefix and removed, and no other"] = function(user)
      user.redis:set("keys:other", "left alone")
      keys.pipeline(user, COUNT, function(pipeline, i)
        pipeline:set("keys:one:" .. i, i)
      end)
      expect.equal(count(user, "keys:one:"), COUNT)
      local sum = 0
      keys.pipeline(user, COUNT, function(pipeline, i)
        pipeline:get("keys:one:" .. i)
      end, function(i, reply)
        expect.equal(tonumber(reply), i)
        sum = sum + i
      end)
      expect.equal(sum, COUNT * (COUNT + 1) // 2)
      keys.clear(user, "keys:one:")
      expect.equal(count(user, "keys:one:"), 0)
      expect.equal(user.redis:get("keys:other"), "left alone")
    end,
  },
})
