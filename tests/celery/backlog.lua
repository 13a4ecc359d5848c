--- What waits where no worker serves the queue.

local celery = require("throng.celery")

local app = celery.app({ queue = "nobody" })

return {
  needs = { "redis" },
  load = { users = 1, iterations = 1 },
  personas = {
    asker = {
      stop = celery.close,
      operations = {
        pile_up = function(user)
          for priority = 0, 9 do
            app:submit(user, "throng.sleep", { priority = priority }):close()
          end
          local waiting, taken = app:observe(user)
          user:check(waiting == 10 and taken == 0, ("%d wait, %d are taken"):format(waiting, taken))
          for step, count in pairs({ [""] = 3, ["\x06\x163"] = 3, ["\x06\x166"] = 3, ["\x06\x169"] = 1 }) do
            user:check(user.redis:llen("nobody" .. step) == count, "so many lie at each step")
          end
        end,
      },
    },
  },
}
