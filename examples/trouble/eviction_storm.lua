--- Trouble: an eviction storm. A Redis has too little memory for what is kept in it, and throws out what is still wanted.
---
--- Visitors read their pages from a cache and put them there when they are missing, but there are more pages than the cache
--- has room for. throng tells how many keys were thrown out and the `maxmemory` to try.
---
---     throng run examples/trouble/eviction_storm.lua

local PAGES = 5000
local PAGE = ("page "):rep(800)

---@type throng.Scenario
return {
  about = "a cache that is too small for its pages",
  needs = { { "redis", settings = { maxmemory = "6mb", ["maxmemory-policy"] = "allkeys-lru" } } },
  load = { users = 4, duration = "15s" },
  profiles = { quick = { duration = "5s" } },

  personas = {
    visitor = {
      think = "1ms",
      operations = {
        open_page = function(user)
          local key = "throng:trouble:page:" .. user.random:integer(1, PAGES)
          if not user.redis:get(key) then
            user.redis:set(key, PAGE)
          end
        end,
      },
    },
  },
}
