--- What becomes of tasks, with a worker of one process.

local celery = require("throng.celery")

local app = celery.app()

local function statuses(outcome)
  local names = {}
  for place, state in ipairs(outcome.states) do
    names[place] = state.status
  end
  return table.concat(names, " ")
end

--- Waits until something holds, but not for ever.
local function until_it_holds(user, what, holds)
  for _ = 1, 500 do
    if holds() then
      return
    end
    user:sleep("20ms")
  end
  user:check(false, what)
end

local tests = {}

function tests.succeed(user)
  local outcome = app:call(user, "throng.sleep", { args = { 0.05 } })
  user:check(outcome.status == "SUCCESS" and outcome.result == 0.05, "it returns what it was given")
  user:check(statuses(outcome) == "STARTED SUCCESS", statuses(outcome))
  user:check(outcome.run_s >= 0.05, "it ran as long as it slept")
  user:check(math.abs(outcome.wait_s + outcome.run_s - outcome.total_s) < 1e-6, "waiting and running are all there is")
end

function tests.fail(user)
  local outcome = app:call(user, "throng.fail", { kwargs = { message = "out of order" } })
  user:check(outcome.status == "FAILURE" and outcome.result.exc_type == "ValueError", "it tells the exception")
  user:check(outcome.traceback:find("out of order", 1, true), "it tells where")
end

function tests.retry(user)
  local outcome = app:call(user, "throng.retry", { args = { 3 } })
  user:check(outcome.status == "SUCCESS" and outcome.result == 3, "the fourth attempt succeeds")
  user:check(outcome.retries == 3, ("%d retries: %s"):format(outcome.retries, statuses(outcome)))
end

function tests.revoke(user)
  local task = app:submit(user, "throng.sleep", { args = { 0 }, countdown = "1m" })
  user:check(app:revoke(user, task.id) == 1, "one worker hears of it")
  user:check(task:await().status == "REVOKED", "it never ran")
end

function tests.terminate(user)
  local task = app:submit(user, "throng.sleep", { args = { 60 } })
  until_it_holds(user, "it is with the worker", function()
    local waiting, taken = app:depth(user)
    return waiting == 0 and taken == 1
  end)
  app:revoke(user, task.id, { terminate = true })
  user:check(task:await().status == "REVOKED", "it ended in the middle")
end

function tests.expire(user)
  local outcome = app:call(user, "throng.sleep", { args = { 0 }, countdown = "50ms", expires = "1ms" })
  user:check(outcome.status == "REVOKED", "it came too late")
end

function tests.lose(user)
  local outcome = app:call(user, "throng.sleep", { args = { 0.3 } }, "1ms")
  user:check(outcome.status == "LOST" and outcome.total_s == nil, "its end was not waited for")
end

function tests.ignore(user)
  user:check(app:submit(user, "throng.silent", { ignore_result = true }) == nil, "there is nothing to wait for")
end

--- One of these runs, one was taken in advance, and the others are served by their priority.
function tests.prioritise(user)
  local first = app:submit(user, "throng.sleep", { args = { 0.5 } })
  local ahead = app:submit(user, "throng.turn")
  until_it_holds(user, "the worker is busy", function()
    return app:depth(user) == 0
  end)
  local last = app:submit(user, "throng.turn", { priority = 9 })
  local middle = app:submit(user, "throng.turn", { priority = 5 })
  local next_one = app:submit(user, "throng.turn", { priority = 0 })
  first:await()
  local turn = ahead:await().result
  local order = { next_one:await().result - turn, middle:await().result - turn, last:await().result - turn }
  user:check(table.concat(order, " ") == "1 2 3", "0, then 3, then 9: " .. table.concat(order, " "))
end

return {
  needs = { "redis" },
  load = { users = 1, iterations = 1 },
  thresholds = { "errors.count == 0" },
  personas = {
    asker = {
      stop = celery.close,
      run = function(user)
        -- In an order of their own: what is lost or killed comes last.
        local order = { "succeed", "fail", "retry", "revoke", "expire", "ignore", "prioritise", "lose", "terminate" }
        for _, name in ipairs(order) do
          user:operation(name, tests[name])
        end
      end,
    },
  },
}
