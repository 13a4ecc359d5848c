--- Sessions of a shop: kept in PostgreSQL, cached in Redis until they have been idle for `ttl`.
---
--- A visitor logs in, opens pages, now and then puts something into the cart, and logs out or just leaves. Every page needs the
--- session: Redis has it (a hit, which also renews its life), or it has run out and is read from PostgreSQL and cached again
--- (a miss). Changes go to PostgreSQL first and then into the cache. New visitors log in; returning ones go on with a session
--- from before the run. Needs both servers; all keys begin with `throng:session:`.
---
--- `verify` asks that no login and no change is lost, that a cached session is what PostgreSQL has of it, that none of a
--- visitor who logged out is left, and that each of them will run out.
---
---     throng run bench/session_cache
---     throng run bench/session_cache --param ttl=500ms --param idle_share=0.2

local gen = require("throng.gen")
local keys = require("throng.keys")
local metrics = require("throng.metrics")
local pg = require("throng.pg")
local time = require("throng.time")
local verify = require("throng.verify")

local PREFIX = "throng:session:"

local SCHEMA = [[
  DROP TABLE IF EXISTS cached_sessions;
  CREATE TABLE cached_sessions (
    id        bigint PRIMARY KEY,
    data      text NOT NULL,
    revision  bigint NOT NULL DEFAULT 0,
    ended_at  timestamptz
  );
]]

local insert = pg.statement("insert", "INSERT INTO cached_sessions (id, data) VALUES ($1, $2)")
local find = pg.statement("find", [[
  SELECT revision || ' ' || data FROM cached_sessions WHERE id = $1 AND ended_at IS NULL]])
local change = pg.statement("change", [[
  UPDATE cached_sessions SET data = $2, revision = revision + 1 WHERE id = $1 AND ended_at IS NULL
  RETURNING revision || ' ' || data]])
local finish = pg.statement("finish", "UPDATE cached_sessions SET ended_at = now() WHERE id = $1 AND ended_at IS NULL")

local hits = metrics.rate("session_hits")
local new_sessions = gen.sequence("sessions")
local returned = gen.sequence("returned")

local function key(id)
  return PREFIX .. id
end

--- What a session holds; another text for every change.
local function content(id, change_number, bytes)
  return gen.text(id, bytes, change_number)
end

local function ttl_ms(params)
  return math.max(1, math.floor(time.parse(params.ttl) * 1000))
end

local function setup(ctx)
  local count, bytes, ttl = ctx.params.sessions, ctx.params.session_bytes, ttl_ms(ctx.params)
  ctx.pg:script(SCHEMA)
  ctx.pg:copy_in("cached_sessions (id, data)", gen.rows(count, { gen.index, { gen.text, bytes, 0 } }))
  ctx.pg:script("ANALYZE cached_sessions")
  keys.clear(ctx, PREFIX)
  keys.pipeline(ctx, count, function(pipeline, id)
    pipeline:set(key(id), "0 " .. content(id, 0, bytes), "PX", ttl)
  end)
end

local function start(user)
  user.state.ttl_ms = ttl_ms(user.params)
end

--- The session's text, from the cache or else from the database.
local function load_session(user)
  local id, ttl = user.state.session, user.state.ttl_ms
  local cached = user.redis:getex(key(id), "PX", ttl)
  hits:add(cached ~= nil)
  if cached then
    return cached
  end
  local stored = user.pg:value(find, id)
  user:check(stored, "a session that was not ended is in the database")
  user.redis:set(key(id), stored, "PX", ttl)
  return stored
end

local function log_in(user)
  local id = user.params.sessions + new_sessions:next()
  local data = content(id, 0, user.params.session_bytes)
  verify.counted("logins", function()
    user.pg:execute(insert, id, data)
  end)
  user.redis:set(key(id), "0 " .. data, "PX", user.state.ttl_ms)
  user.state.session = id
end

local function open_page(user)
  local size = #load_session(user)
  user:check(size > user.params.session_bytes, "a session is whole")
end

local function change_cart(user)
  load_session(user)
  local id, mark = user.state.session, user.random:integer(1, 1 << 40)
  local data = content(id, mark, user.params.session_bytes)
  verify.counted("changes", function()
    local stored = user.pg:value(change, id, data)
    user:check(stored, "a session that was not ended can be changed")
    user.redis:set(key(id), stored, "PX", user.state.ttl_ms)
  end)
end

local function log_out(user)
  local id = user.state.session
  verify.counted("logouts", function()
    user.redis:del(key(id))
    user:check(user.pg:execute(finish, id) == 1, "a session ends once")
  end)
end

--- Looks at a page for a moment, or leaves it open for so long that the session runs out.
local function look(user)
  if user.random:bool(user.params.idle_share) then
    user:think(user.state.ttl_ms / 1000 * 1.2)
  else
    user:think()
  end
end

--- One visit, with the session that `begin` gives.
local function visit(begin)
  return function(user)
    begin(user)
    for _ = 1, user.random:integer(2, 2 * user.params.pages - 2) do
      look(user)
      if user.random:bool(user.params.change_share) then
        user:operation("change_cart", change_cart)
      else
        user:operation("open_page", open_page)
      end
    end
    if user.random:bool(user.params.log_out_share) then
      user:operation("log_out", log_out)
    end
  end
end

local visit_anew = visit(function(user)
  user:operation("log_in", log_in)
end)

local visit_again = visit(function(user)
  local id = returned:next()
  if id <= user.params.sessions then
    user.state.session = id
  else
    user:operation("log_in", log_in)
  end
end)

local COUNTS = [[
  SELECT count(*) AS all_of_them, sum(revision)::bigint AS changes, count(ended_at) AS ended FROM cached_sessions]]

local stored_of = pg.statement("stored", [[
  SELECT id, revision, revision || ' ' || data AS stored, ended_at IS NOT NULL AS ended
  FROM cached_sessions WHERE id = ANY($1::bigint[])]])

--- What is cached under some keys: the text and the milliseconds left, by session.
local function cached_under(ctx, names)
  local cached, ids = {}, {}
  local replies = ctx.redis:pipeline(function(pipeline)
    for _, name in ipairs(names) do
      pipeline:get(name)
      pipeline:pttl(name)
    end
  end)
  for place, name in ipairs(names) do
    local text, left = replies[2 * place - 1], tonumber(replies[2 * place])
    local id = tonumber(name:sub(#PREFIX + 1))
    -- It may have run out since it was listed.
    if type(text) == "string" and id then
      cached[id] = { text = text, left_ms = left }
      ids[#ids + 1] = id
    end
  end
  return cached, ids
end

local function verify_sessions(ctx)
  local checks, ttl, behind = verify.new(), ttl_ms(ctx.params), {}
  local counts = ctx.pg:one(COUNTS)
  checks:counted("logins", counts.all_of_them - ctx.params.sessions)
  checks:counted("changes", counts.changes or 0)
  checks:counted("logouts", counts.ended)
  for names in keys.scan(ctx, PREFIX) do
    local cached, ids = cached_under(ctx, names)
    for _, row in ipairs(#ids > 0 and ctx.pg:query(stored_of, ids) or {}) do
      local id = tonumber(row.id)
      local copy, name = cached[id], "session " .. id
      cached[id] = nil
      checks:that(row.ended ~= true and row.ended ~= "t", name .. " was ended, and is still cached")
      checks:that(copy.left_ms > 0 and copy.left_ms <= ttl, ("%s never runs out, or too late"):format(name))
      local revision = tonumber(copy.text:match("^%d+"))
      if revision and revision < tonumber(row.revision) then
        behind[#behind + 1] = name
      else
        checks:that(copy.text == row.stored, name .. " is not cached as it is stored")
      end
    end
    for id in pairs(cached) do
      checks:that(false, ("session %d is cached, and is not in the database"):format(id))
    end
  end
  -- A change that was broken off between database and cache leaves the copy behind until it runs out.
  local most = verify.begun("changes") - verify.done("changes")
  local told = ("cached sessions behind the database: expected at most %d, found %d"):format(most, #behind)
  checks:that(#behind <= most, ("%s, such as %s"):format(told, behind[1]))
  checks:finish()
end

---@type throng.Scenario
return {
  about = "a shop's sessions in PostgreSQL, cached in Redis with a time to live",
  needs = { "postgres", { "redis", version = "6.2" } }, -- GETEX
  tables = { "cached_sessions" },
  params = {
    sessions = { default = 10000, doc = "sessions from before the run" },
    session_bytes = { default = 500, doc = "size of a session" },
    ttl = { default = "2s", doc = "how long a session that nobody uses stays cached; minutes in life" },
    idle_share = { default = 0.05, doc = "share of pages that stay open for longer than that" },
    change_share = { default = 0.15, doc = "share of pages that change the session" },
    log_out_share = { default = 0.5, doc = "share of visitors who log out rather than just leave" },
    pages = { default = 10, doc = "pages of a visit, on average" },
  },

  load = { users = 50, duration = "30s", ramp_up = "2s", think = "20ms..60ms" },
  thresholds = {
    "session_hits > 80%",
    "response{operation=open_page}.p99 < 100ms",
    "errors.rate < 0.1%",
  },
  profiles = {
    quick = {
      users = 10, iterations = 4, ramp_up = "0s", think = "1ms..5ms", params = { sessions = 500, ttl = "1s" },
      thresholds = { "errors.rate < 0.1%" },
    },
  },

  setup = setup,
  verify = verify_sessions,

  personas = {
    visitor = { share = 70, start = start, run = visit_anew },
    returning = { share = 30, start = start, run = visit_again },
  },
}
