--- A store of records in Redis: a hash each, under a prefix.

local json = require("throng.json")

local M = {}

-- One step inside Redis, since two writers may come at once. Fields that are gone must not stay, hence the DEL.
local WRITE = [[
  local at = redis.call("HGET", KEYS[1], "version")
  if ARGV[1] == "newer" and at and tonumber(at) >= tonumber(ARGV[2]) then
    return 0
  end
  redis.call("DEL", KEYS[1])
  redis.call("HSET", KEYS[1], "version", unpack(ARGV, 2))
  return 1
]]

local FROM_TEXT = {
  text = tostring,
  integer = function(text) return math.tointeger(tonumber(text)) end,
  number = tonumber,
  boolean = function(text) return text == "1" end,
  timestamp = function(text) return math.tointeger(tonumber(text)) end,
  json = json.decode,
}

local TO_TEXT = {
  text = tostring,
  integer = tostring,
  number = function(value) return ("%.17g"):format(value) end,
  boolean = function(value) return value and "1" or "0" end,
  timestamp = tostring,
  json = json.encode,
}

--- What Redis holds, as a record; nil for a hash that is not there.
local function decode(schema, found)
  if next(found) == nil then
    return nil
  end
  local record = { version = math.tointeger(tonumber(found.version)) }
  for _, name in ipairs(schema.names) do
    local text = found[name]
    record[name] = text ~= nil and FROM_TEXT[schema.types[name]](text) or nil
    if record[name] == nil and text ~= nil and schema.types[name] == "boolean" then
      record[name] = false
    end
  end
  return record
end

--- The arguments of the script that writes a record.
local function encode(schema, record, when)
  local arguments = { when, tostring(record.version) }
  for _, name in ipairs(schema.names) do
    local value = record[name]
    if value ~= nil then
      arguments[#arguments + 1] = name
      arguments[#arguments + 1] = TO_TEXT[schema.types[name]](value)
    end
  end
  return arguments
end

--- Makes the store. `options`: `prefix`, `target`, `expires`.
function M.open(options, schema)
  local prefix = options.prefix
  -- What is a wildcard to SCAN is itself in a prefix.
  local pattern = prefix:gsub("[%*%?%[%]\\]", "\\%0") .. "*"

  local function client(user)
    return options.target and user.redis[options.target] or user.redis
  end

  --- One page of SCAN: the next cursor, which is "0" at the end, and keys.
  local function scan(user, cursor, limit)
    local reply = client(user):call("SCAN", cursor or "0", "MATCH", pattern, "COUNT", limit, "TYPE", "hash")
    return reply[1], reply[2]
  end

  local store = { expires = options.expires }

  function store.read(user, key)
    return decode(schema, client(user):hgetall(prefix .. key))
  end

  function store.write(user, key, record, when)
    return client(user):script(WRITE):run(prefix .. key, encode(schema, record, when or "newer")) == 1
  end

  function store.write_many(user, entries)
    client(user):pipeline(function(p)
      for _, entry in ipairs(entries) do
        p:call("EVAL", WRITE, 1, prefix .. entry.key, encode(schema, entry.record, "newer"))
      end
    end)
  end

  function store.remove(user, key)
    client(user):del(prefix .. key)
  end

  function store.page(user, cursor, limit)
    local next_cursor, keys = scan(user, cursor, limit)
    local found = client(user):pipeline(function(p)
      for _, key in ipairs(keys) do
        p:hgetall(key)
      end
    end)
    local entries = {}
    for i, key in ipairs(keys) do
      local record = decode(schema, found[i])
      if record then
        entries[#entries + 1] = { key = key:sub(#prefix + 1), record = record }
      end
    end
    return entries, next_cursor ~= "0" and next_cursor or nil
  end

  function store.count(user)
    local count, cursor = 0, nil
    repeat
      local keys
      cursor, keys = scan(user, cursor, 1000)
      count = count + #keys
    until cursor == "0"
    return count
  end

  return store
end

return M
