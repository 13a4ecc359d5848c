--- The rounds of an archival run: the conductor says which tables are due, archivers take one each and empty it.

local metrics = require("throng.metrics")
local phase = require("throng.phase")
local shared = require("throng.shared")
local tables = require("archiver.tables")
local time = require("throng.time")

local due = shared.queue("archiver.due")
local emptied = shared.queue("archiver.emptied")
local state = shared.map("archiver.state")

local rounds = metrics.counter("rounds")
local round_ms = metrics.trend("round_ms")

-- Archivers and conductor look up this often, to see whether the load has ended.
local LOOK = "200ms"

local M = {}

--- An archiver's iteration: takes a table that is due, and archives all that is old enough, a batch at a time. A table
--- whose batch failed is due again, for whoever comes.
function M.archive(user, store)
  local task = due:pop(LOOK)
  if not task then
    return
  end
  local ok, err = pcall(function()
    local work = store:open(user, task.table)
    while work:batch({ rows = user.params.batch, before = task.before }) > 0 do
      user:sleep(user.params.gap)
    end
  end)
  if not ok then
    due:push(task)
    error(err)
  end
  emptied:push(task.table)
end

--- One round: all tables are due, and are waited for. Where no archiver comes, as in a rehearsal, the conductor is one.
local function round(user, store)
  local since, before = time.monotonic(), tables.limit(user)
  state:set("before", before)
  local logs = tables.logs(user.params)
  for _, name in ipairs(logs) do
    due:push({ table = name, before = before })
  end
  for _ = 1, #logs do
    while not emptied:pop(LOOK) do
      M.archive(user, store)
    end
  end
  rounds:add(1)
  round_ms:add(time.elapsed(since) * 1000)
end

--- A phase in which nobody archives.
local function quiet(user, name)
  local length = time.parse(user.params.quiet)
  if length > 0 then
    phase.begin(name)
    user:sleep(length)
  end
end

--- The conductor's run: quiet, rounds of archival until there were enough and the time is over, quiet.
function M.conduct(user, store)
  local params = user.params
  quiet(user, "baseline")
  phase.begin("archiving")
  local since, length, done = time.monotonic(), time.parse(params.length), 0
  repeat
    if done > 0 then
      user:sleep(params.pause)
      for _, name in ipairs(tables.logs(params)) do
        tables.feed(user, name, params.feed)
      end
    end
    round(user, store)
    done = done + 1
  until done >= params.rounds and time.elapsed(since) >= length
  quiet(user, "after")
  state:set("finished", true)
  phase.finish()
end

--- Adds to `checks` that the run came to its end and left no row that is old enough.
function M.check(ctx, checks)
  checks:that(state:get("finished"), "the load ended before everything was archived: give it more time")
  local before = state:get("before")
  for _, name in ipairs(before and tables.logs(ctx.params) or {}) do
    checks:equal(name .. ": rows that are old enough and still there", tables.older(ctx, name, before), 0)
  end
end

return M
