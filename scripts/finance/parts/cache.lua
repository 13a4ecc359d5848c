--- Profiles cached in Redis before the database, for readers and writers who get in each other's way.
---
--- A reader who read an old profile while a writer changed it must not put it back. So each profile has a generation in Redis:
--- writers raise it as they drop the profile, and a reader's copy goes into the cache only while it is still the same. Of
--- those who miss the same profile one reads it, and the others wait for that one, if `single_flight` is asked for.

local audit = require("parts.audit")
local keys = require("throng.keys")
local pg = require("throng.pg")
local schema = require("parts.schema")
local time = require("throng.time")
local verify = require("throng.verify")

local M = {}

M.PREFIX = "throng:finance:"

local PROFILE, GENERATION, LOCK = M.PREFIX .. "profile:", M.PREFIX .. "generation:", M.PREFIX .. "lock:"
-- A reader who loads a profile does so within this time, or another one tries.
local LOCK_MS = 2000

local COLUMNS = "revision || ' ' || concat_ws('|', monthly_income, monthly_expenses, savings, debt, risk_tolerance)"
local load_profile = pg.statement("load_profile", ("SELECT %s FROM user_profiles WHERE user_id = $1"):format(COLUMNS))
local ALL = ("SELECT user_id, %s AS text FROM user_profiles"):format(COLUMNS)
local SOME = ALL .. " WHERE user_id = ANY($1::bigint[])"

-- Puts a profile into the cache, unless it was changed since its generation was asked for.
local STORE = [[
  if (redis.call("GET", KEYS[2]) or "0") ~= ARGV[1] then
    return 0
  end
  redis.call("SET", KEYS[1], ARGV[2], "PX", ARGV[3])
  return 1
]]

-- The same for many: keys of profiles and of their generations by turns; how long they stay, then a generation and a text of each.
local STORE_MANY = [[
  for place = 1, #KEYS, 2 do
    if (redis.call("GET", KEYS[place + 1]) or "0") == ARGV[place + 1] then
      redis.call("SET", KEYS[place], ARGV[place + 2], "PX", ARGV[1])
    end
  end
]]

-- Profiles that are cached at a time: a round trip each would take minutes beside hundreds of readers.
local PAGE = 200

local function ttl_ms(user)
  return math.floor(time.parse(user.params.ttl) * 1000)
end

--- Prepares a user for reading.
function M.start(user)
  user.state.store, user.state.ttl_ms = user.redis:script(STORE), ttl_ms(user)
end

--- Reads a profile from the database and puts it into the cache.
local function load(user, id)
  local generation = user.redis:get(GENERATION .. id) or "0"
  local text = user.pg:value(load_profile, id)
  user:check(text, "every user has a profile")
  user.state.store:run({ PROFILE .. id, GENERATION .. id }, { generation, text, user.state.ttl_ms })
  return text
end

--- Lets one reader load a profile, and the others wait for it. Also tells whether it was this one.
local function load_once(user, id)
  while true do
    if user.redis:set(LOCK .. id, user.number, "NX", "PX", LOCK_MS) then
      -- Whoever held it before may have loaded the profile since this one looked.
      local text, loaded = user.redis:get(PROFILE .. id), false
      if not text then
        text, loaded = load(user, id), true
      end
      user.redis:del(LOCK .. id)
      return text, loaded
    end
    user:sleep("2ms")
    local text = user.redis:get(PROFILE .. id)
    if text then
      return text, false
    end
  end
end

--- A profile, from the cache or else from the database.
---@return boolean hit whether the cache had it
---@return boolean loaded whether this user went to the database
function M.read(user, id)
  local text, loaded = user.redis:get(PROFILE .. id), false
  local hit = text ~= nil
  if not hit and user.params.single_flight then
    text, loaded = load_once(user, id)
  elseif not hit then
    text, loaded = load(user, id), true
  end
  user:check(text:match("^%d+ [%d.]+|[%d.]+|"), "a profile is whole")
  return hit, loaded
end

--- Drops profiles from the cache, and what is being loaded of them with it.
function M.invalidate(user, ids)
  user.redis:transaction(function(tx)
    for _, id in ipairs(ids) do
      tx:incr(GENERATION .. id)
      tx:del(PROFILE .. id)
    end
  end)
end

--- Does `work`, which changes a profile in the database and returns whose, and drops it from the cache.
function M.changed(user, work)
  verify.counted("changes", function()
    M.invalidate(user, { work(user) })
  end)
end

--- Drops a profile as if it had run out.
function M.expire(user, id)
  user.redis:del(PROFILE .. id)
end

--- Empties the cache.
function M.empty(ctx)
  keys.clear(ctx, PROFILE)
end

local function warm_some(user, store, ids)
  local generations, names = {}, {}
  for place, id in ipairs(ids) do
    generations[place] = GENERATION .. id
  end
  -- Before the profiles, so that one which is changed in between is not cached as it was.
  generations = user.redis:mget(generations)
  local of = {}
  for place, id in ipairs(ids) do
    of[id] = type(generations[place]) == "string" and generations[place] or "0"
  end
  local values = { ttl_ms(user) }
  for _, row in ipairs(user.pg:query(SOME, ids)) do
    local id = math.tointeger(tonumber(row.user_id))
    names[#names + 1], names[#names + 2] = PROFILE .. id, GENERATION .. id
    values[#values + 1], values[#values + 2] = of[id], row.text
  end
  store:run(names, values)
end

--- Loads all profiles into the cache.
function M.warm(user)
  local store, ids = user.redis:script(STORE_MANY), {}
  for row in user.pg:cursor("SELECT user_id FROM user_profiles") do
    ids[#ids + 1] = math.tointeger(tonumber(row.user_id))
    if #ids == PAGE then
      warm_some(user, store, ids)
      ids = {}
    end
  end
  if #ids > 0 then
    warm_some(user, store, ids)
  end
end

--- What lies under some keys: the text and the milliseconds left, by user.
local function cached_under(ctx, names)
  local cached, ids = {}, {}
  local replies = ctx.redis:pipeline(function(pipeline)
    for _, name in ipairs(names) do
      pipeline:get(name)
      pipeline:pttl(name)
    end
  end)
  for place, name in ipairs(names) do
    local id, text = math.tointeger(tonumber(name:sub(#PROFILE + 1))), replies[2 * place - 1]
    -- It may have run out since it was listed.
    if id and type(text) == "string" then
      cached[id] = { text = text, left_ms = tonumber(replies[2 * place]) }
      ids[#ids + 1] = id
    end
  end
  return cached, ids
end

--- Adds to `checks` that what is cached is what the database has, and will run out.
function M.check(ctx, checks)
  local most_ms, behind = ttl_ms(ctx), {}
  for names in keys.scan(ctx, PROFILE) do
    local cached, ids = cached_under(ctx, names)
    for _, row in ipairs(#ids > 0 and ctx.pg:query(SOME, ids) or {}) do
      local id = math.tointeger(tonumber(row.user_id))
      local copy, name = cached[id], "cached profile of user " .. id
      cached[id] = nil
      checks:that(copy.left_ms > 0 and copy.left_ms <= most_ms, name .. " never runs out, or too late")
      if copy.text ~= row.text then
        behind[#behind + 1] = name
      end
    end
    for id in pairs(cached) do
      checks:that(false, ("user %d has a cached profile, and is not in the database"):format(id))
    end
  end
  -- A change that was broken off between database and cache leaves the copy behind until it runs out.
  local most = verify.begun("changes") - verify.done("changes")
  local told = ("cached profiles that differ from the database: expected at most %d, found %d"):format(most, #behind)
  checks:that(#behind <= most, ("%s, such as the %s"):format(told, behind[1]))
end

--- Fills the database and leaves nothing in the cache.
function M.setup(ctx)
  schema.fill(ctx)
  keys.clear(ctx, M.PREFIX)
end

--- The `verify` of scenarios with a cache: the data hold, and what is cached is what the database has.
function M.verify(ctx)
  local checks = verify.new()
  audit.all(ctx, checks)
  M.check(ctx, checks)
  checks:finish()
end

return M
