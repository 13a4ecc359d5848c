--- The audit tables, the register of what was ever written to them, and the statements of those who write.
---
--- Each writer numbers its rows from 1, and the register says how far it has come: row and number are written in one
--- statement, so a row that is in no table and in no file is known to be lost, whoever was killed in between. Each row has
--- a checksum of its own beside it.

local pg = require("throng.pg")

local M = {}

--- Most tables that there can be.
M.MOST = 10

--- The tables of this scenario but for those that note what was archived.
M.NAMES = { "audit_writers", "audit_setup" }

--- The audit tables.
M.LOGS = {}
for i = 1, M.MOST do
  M.LOGS[i] = "audit_log_" .. i
  M.NAMES[#M.NAMES + 1] = M.LOGS[i]
end

--- The number of the writer of the rows from before the run, and of those that are fed in.
M.FEEDER = 0

-- Rows are a second apart, and the oldest that may be archived a day older than they need be.
local MARGIN = "1 day"

-- The comment is that by which throng knows its own tables; given here so that a kill within `setup` leaves none without.
local REGISTER = [[
  CREATE TABLE audit_writers (
    table_name text NOT NULL,
    writer     integer NOT NULL,
    rows       bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (table_name, writer)
  ) WITH (fillfactor = 50);
  CREATE TABLE audit_setup (tables bigint NOT NULL, rows bigint NOT NULL, recent bigint NOT NULL);
  COMMENT ON TABLE audit_writers IS 'made by throng';
  COMMENT ON TABLE audit_setup IS 'made by throng';
]]

local LOG = [[
  CREATE TABLE NAME (
    id         bigserial PRIMARY KEY,
    writer     integer NOT NULL,
    number     bigint NOT NULL,
    user_id    integer NOT NULL,
    action     text NOT NULL,
    detail     jsonb NOT NULL,
    created_at timestamptz NOT NULL,
    checksum   text NOT NULL
  );
  CREATE INDEX ON NAME (created_at);
  COMMENT ON TABLE NAME IS 'made by throng';
]]

--- What the checksum of a row is made of, here and, of rows in files, in `audit.lua`.
local CHECKSUM = [[
  md5(concat_ws('|', writer, number, user_id, action, detail ->> 'from', detail ->> 'ok', to_json(created_at) #>> '{}'))]]

local RECORD = [[
  WITH begun AS (
    UPDATE audit_writers SET rows = rows + $2::bigint WHERE table_name = 'NAME' AND writer = $1::integer
    RETURNING rows - $2::bigint AS before
  ), made AS (
    SELECT $1::integer AS writer, before + n AS number, ((before + n) % 1000)::integer AS user_id,
      'action_' || (before + n) AS action, jsonb_build_object('from', '10.0.0.' || n % 256, 'ok', n % 7 > 0) AS detail,
      coalesce($3::text::timestamptz + (n - $2::bigint) * interval '1 second', clock_timestamp()) AS created_at
    FROM begun, generate_series(1, $2::bigint) n
  )
  INSERT INTO NAME (writer, number, user_id, action, detail, created_at, checksum)
  SELECT *, CHECKSUM FROM made]]

local LATEST = "SELECT id, user_id, action, created_at FROM NAME ORDER BY created_at DESC LIMIT 20"

local join = pg.statement("join", [[
  INSERT INTO audit_writers (table_name, writer) SELECT unnest($1::text[]), $2::integer ON CONFLICT DO NOTHING]])
local limit = pg.statement("limit", "SELECT (now() - $1::text::interval)::text")
local earlier = pg.statement("earlier", "SELECT (now() - $1::text::interval - $2::text::interval)::text")

--- The statements of each table.
local record, latest = {}, {}
for _, name in ipairs(M.LOGS) do
  local sql = RECORD:gsub("NAME", name):gsub("CHECKSUM", CHECKSUM)
  record[name] = pg.statement("record " .. name, sql)
  latest[name] = pg.statement("latest " .. name, (LATEST:gsub("NAME", name)))
end

--- The tables of this run.
---@param params table<string, any>
---@return string[]
function M.logs(params)
  return table.move(M.LOGS, 1, math.min(params.tables, M.MOST), 1, {})
end

--- Makes a writer known to the register.
function M.join(user, writer)
  user.pg:execute(join, M.logs(user.params), writer)
end

--- Writes one row of this moment.
function M.record(user, name, writer)
  user.pg:execute(record[name], writer, 1, nil)
end

--- Writes so many rows that may be archived; the last is a day older than it need be.
function M.feed(user, name, count)
  user.pg:execute(record[name], M.FEEDER, count, user.pg:value(earlier, user.params.older_than, MARGIN))
end

--- Reads the latest rows.
function M.latest(user, name)
  return user.pg:query(latest[name])
end

--- The time before which rows are archived, as PostgreSQL writes it.
function M.limit(user)
  return user.pg:value(limit, user.params.older_than)
end

--- Whether an earlier run finished making the same tables.
local function is_there(ctx)
  if not ctx.pg:value("SELECT to_regclass('audit_setup')::text") then
    return false
  end
  local made = ctx.pg:one("SELECT tables, rows, recent FROM audit_setup")
  local function same(name)
    return tonumber(made[name]) == ctx.params[name]
  end
  if made and not (same("tables") and same("rows") and same("recent")) then
    local message = ("resume: the tables were made with tables = %s, rows = %s, recent = %s"):format(
      made.tables, made.rows, made.recent)
    error({ kind = "resume", message = message })
  end
  return made ~= nil
end

--- Makes the tables anew and fills them, unless `resume` asks for those of an earlier run and they are there.
---@return boolean resumed
function M.fill(ctx)
  local params = ctx.params
  if params.resume and is_there(ctx) then
    return true
  end
  ctx.pg:script("DROP TABLE IF EXISTS " .. table.concat(M.NAMES, ", "))
  ctx.pg:script(REGISTER)
  M.join(ctx, M.FEEDER)
  for _, name in ipairs(M.logs(params)) do
    ctx.pg:script((LOG:gsub("NAME", name)))
  end
  M.join(ctx, M.FEEDER)
  for _, name in ipairs(M.logs(params)) do
    M.feed(ctx, name, params.rows)
    ctx.pg:execute(record[name], M.FEEDER, params.recent, ctx.pg:value("SELECT now()::text"))
    ctx.pg:script("ANALYZE " .. name)
  end
  ctx.pg:execute("INSERT INTO audit_setup VALUES ($1, $2, $3)", params.tables, params.rows, params.recent)
  return false
end

--- The rows that are left in a table, each with whether it is what its checksum says.
function M.left(ctx, name)
  return ctx.pg:cursor(("SELECT id, writer, number, (checksum = %s)::text AS whole FROM %s"):format(CHECKSUM, name))
end

--- How many rows of a table each writer has written.
function M.written(ctx, name)
  return ctx.pg:query("SELECT writer, rows FROM audit_writers WHERE table_name = $1::text ORDER BY writer", name)
end

--- How many rows of a table are older than `before`.
function M.older(ctx, name, before)
  return tonumber(ctx.pg:value(("SELECT count(*) FROM %s WHERE created_at < $1::text::timestamptz"):format(name), before))
end

return M
