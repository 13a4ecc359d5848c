--- Trouble: the generator itself. A persona computes so much that throng has no time left to be on time.
---
--- What looks like a slow target is a script that never waits. throng says on top of its report that it was the limit, and
--- which persona took its time.
---
---     throng run examples/trouble/saturated_generator.lua

local hash = require("throng.hash")

---@type throng.Scenario
return {
  about = "a persona that computes instead of waiting",
  load = { users = 4, duration = "10s" },
  profiles = { quick = { duration = "4s" } },

  personas = {
    burner = {
      share = 50,
      operations = {
        compute = function()
          local text = "seed"
          for _ = 1, 500 do
            text = hash.sha256(text)
          end
        end,
      },
    },
    sleeper = {
      share = 50,
      operations = {
        nap = function(user)
          user:sleep("1ms")
        end,
      },
    },
  },
}
