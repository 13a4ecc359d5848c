--- What an operator asks the database before, while and after an archiver works: who waits for locks, and how many
--- connections there are.

local metrics = require("throng.metrics")
local pg = require("throng.pg")
local phase = require("throng.phase")

local lock_waits = metrics.trend("lock_waits")
local connections = metrics.trend("server_connections")
local used = metrics.trend("connections_used")

local waiting = pg.statement("waiting", [[
  SELECT count(*)::integer FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()]])

local sessions = pg.statement("sessions", [[
  SELECT count(*)::integer AS sessions, current_setting('max_connections')::integer AS most
  FROM pg_stat_activity WHERE backend_type = 'client backend']])

local M = {}

--- Looks once.
function M.look(user)
  local part = { phase = phase.current() }
  lock_waits:add(tonumber(user.pg:value(waiting)), part)
  local now = user.pg:one(sessions)
  connections:add(tonumber(now.sessions), part)
  used:add(tonumber(now.sessions) / tonumber(now.most))
end

return M
