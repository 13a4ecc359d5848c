--- A store of records in PostgreSQL: a row each, in one table.

local json = require("throng.json")
local pg = require("throng.pg")

local M = {}

-- How each type is read and written. Times cross as microseconds since 1970, so that no time zone has a say.
local TYPES = {
  text = { read = "%s", write = "%s::text" },
  integer = { read = "%s", write = "%s::bigint" },
  number = { read = "%s", write = "%s::float8" },
  boolean = { read = "%s", write = "%s::boolean" },
  timestamp = {
    read = "(extract(epoch FROM %s) * 1000000)::bigint",
    write = "('epoch'::timestamptz + %s::bigint * interval '1 microsecond')",
  },
  json = { read = "%s::text", write = "%s::text::jsonb" },
}

-- In simple mode every value comes as text.
local FROM_ROW = {
  text = tostring,
  integer = function(value) return math.tointeger(tonumber(value)) end,
  number = tonumber,
  boolean = function(value) return value == true or value == "t" end,
  timestamp = function(value) return math.tointeger(tonumber(value)) end,
  json = json.decode,
}

--- The statements of a table.
local function statements(options, schema)
  local into, key = options.table, options.key
  local read, changes = {}, { "version = excluded.version" }
  local columns, values = { key, "version" }, { "$1", "$2::bigint" }
  for i, name in ipairs(schema.names) do
    local column = (options.columns or {})[name] or name
    local type = TYPES[schema.types[name]]
    read[#read + 1] = (type.read .. " AS %s"):format(column, name)
    columns[#columns + 1] = column
    values[#values + 1] = type.write:format("$" .. i + 2)
    changes[#changes + 1] = ("%s = excluded.%s"):format(column, column)
  end
  local place = options.target and options.target .. "_" .. into or into
  local function statement(what, sql)
    return pg.statement(what .. "_" .. place, sql)
  end
  local rows = ("SELECT %s::text AS record_key, version, %s FROM %s"):format(key, table.concat(read, ", "), into)
  local write = ("INSERT INTO %s AS held (%s) VALUES (%s) ON CONFLICT (%s) DO UPDATE SET %s"):format(
    into, table.concat(columns, ", "), table.concat(values, ", "), key, table.concat(changes, ", "))
  return {
    read = statement("read", ("%s WHERE %s = $1"):format(rows, key)),
    newer = statement("write", write .. " WHERE held.version < excluded.version"),
    always = statement("overwrite", write),
    remove = statement("remove", ("DELETE FROM %s WHERE %s = $1"):format(into, key)),
    first = statement("first_page", ("%s ORDER BY %s LIMIT $1"):format(rows, key)),
    after = statement("page", ("%s WHERE %s > $1 ORDER BY %s LIMIT $2"):format(rows, key, key)),
    count = statement("count", ("SELECT count(*) FROM %s"):format(into)),
  }
end

local function decode(schema, row)
  local record = { version = math.tointeger(tonumber(row.version)) }
  for _, name in ipairs(schema.names) do
    if row[name] ~= nil then
      record[name] = FROM_ROW[schema.types[name]](row[name])
    end
  end
  return record
end

local function encode(schema, key, record)
  local values = { key, record.version }
  for i, name in ipairs(schema.names) do
    local value = record[name]
    if value == nil then
      value = pg.null
    elseif schema.types[name] == "json" then
      value = json.encode(value)
    end
    values[i + 2] = value
  end
  return values
end

--- Makes the store. `options`: `table`, `key`, `columns`, `target`.
function M.open(options, schema)
  local sql = statements(options, schema)

  local function client(user)
    return options.target and user.pg[options.target] or user.pg
  end

  local store = {}

  function store.read(user, key)
    local row = client(user):one(sql.read, key)
    return row and decode(schema, row)
  end

  function store.write(user, key, record, when)
    return client(user):batch(sql[when or "newer"], { encode(schema, key, record) }) == 1
  end

  function store.write_many(user, entries)
    local sets = {}
    for i, entry in ipairs(entries) do
      sets[i] = encode(schema, entry.key, entry.record)
    end
    client(user):batch(sql.newer, sets)
  end

  function store.remove(user, key)
    client(user):execute(sql.remove, key)
  end

  function store.page(user, cursor, limit)
    local rows
    if cursor then
      rows = client(user):query(sql.after, cursor, limit)
    else
      rows = client(user):query(sql.first, limit)
    end
    local entries = {}
    for i, row in ipairs(rows) do
      entries[i] = { key = tostring(row.record_key), record = decode(schema, row) }
    end
    return entries, #rows == limit and entries[#rows].key or nil
  end

  function store.count(user)
    return math.tointeger(tonumber(client(user):value(sql.count)))
  end

  return store
end

return M
