--- Readers of keys that redis-benchmark would read: `key:` and a number of twelve digits.

---@type throng.Scenario
return {
  about = "GET of random keys",
  needs = { "redis" },
  params = { keys = { default = 100000, doc = "keys that are there" } },
  load = { users = 16, duration = "10s" },

  personas = {
    reader = {
      operations = {
        get = function(user)
          local key = string.format("key:%012d", user.random:integer(0, user.params.keys - 1))
          user.state.value = user.redis:get(key)
        end,
      },
    },
  },
}
