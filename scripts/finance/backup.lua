--- Backup and restore of a financial application: is the backup whole, and how long does it take?
---
--- Members of the public enter data for a while. Then `verify` dumps the tables with `pg_dump`, restores them into a scratch
--- database beside the target's, which is dropped afterwards, and holds every table of both against each other: rows, a
--- checksum over all that is in them, indexes and constraints. Times and sizes are told on the way, and held against `longest_dump`
--- and `longest_restore`. A copy of the dump that was cut off in the middle must be refused.
---
--- Needs one PostgreSQL, the right to create a database there, and the programs `pg_dump`, `pg_restore` and `psql`, of the
--- server's major version or a later one; hence `--allow-exec`. `--param damage=…` spoils the backup on purpose, and then the
--- run must fail: `truncated` (the dump lacks its end), `row` (one row differs after the restore), `table` (one is empty).
---
---     throng run finance/backup --allow-exec
---     throng run finance/backup --allow-exec --param users=100000
---     throng run finance/backup --allow-exec --param damage=row

local audit = require("parts.audit")
local exec = require("throng.exec")
local file = require("throng.file")
local gen = require("throng.gen")
local limits = require("parts.limits")
local log = require("throng.log")
local schema = require("parts.schema")
local time = require("throng.time")
local verify = require("throng.verify")
local writes = require("parts.writes")

local PROGRAMS = { "pg_dump", "pg_restore", "psql" }
local DUMP, HALF = "backup.dump", "half.dump"

-- A table in one line: rows, a checksum of them in whatever order, indexes, constraints.
local TABLE = [[
  SELECT format('%%s rows, checksum %%s, %%s indexes, %%s constraints', count(*),
    coalesce(sum(hashtextextended(t::text, 0)::numeric), 0),
    (SELECT count(*) FROM pg_index WHERE indrelid = '%s'::regclass),
    (SELECT count(*) FROM pg_constraint WHERE conrelid = '%s'::regclass))
  FROM %s t]]

--- Runs a program of PostgreSQL's, which must succeed, or its words are what is wrong. Returns what it printed.
local function run(checks, what, command)
  command.pg = "postgres"
  command.timeout = command.timeout or "1h"
  local ended = exec.run(command)
  local ok = ended.status == 0
  checks:that(ok, ("%s: %s ended with %s: %s"):format(what, command[1], tostring(ended.status), ended.stderr:gsub("%s+", " ")))
  return ok and ended.stdout or nil
end

--- As `run`; also tells how long it took, and holds it against a limit.
local function timed(checks, what, limit, command)
  local since = time.monotonic()
  local printed = run(checks, what, command)
  local took_s = time.elapsed(since)
  checks:that(took_s <= time.parse(limit), ("%s took %.1f s, and may take %s"):format(what, took_s, limit))
  return printed and took_s
end

--- What psql says to a query, in a database.
local function ask(checks, database, sql)
  local command = { "psql", "--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--set=ON_ERROR_STOP=1", "-c", sql }
  command[#command + 1] = database and "--dbname=" .. database or nil
  local printed = run(checks, "a look at " .. (database or "the source"), command)
  return printed and printed:gsub("%s+$", "")
end

local function dump(ctx, checks)
  local command = { "pg_dump", "--format=custom", "--file=" .. DUMP }
  for _, name in ipairs(schema.NAMES) do
    command[#command + 1] = "--table=" .. name
  end
  local took_s = timed(checks, "the dump", ctx.params.longest_dump, command)
  if took_s then
    log.info(("dump: %.2f s, %.2f MB"):format(took_s, file.size(DUMP) / 1e6))
  end
  return took_s
end

--- The first part of a file, as another one.
local function cut(from, to, share)
  local left, out = math.floor(file.size(from) * share), file.create(to)
  for piece in file.chunks(from) do
    out:write(piece:sub(1, left))
    left = left - #piece
    if left <= 0 then
      break
    end
  end
  out:close()
end

--- Adds to `checks` that half a dump is not taken for a whole one.
local function refuse_half(checks)
  cut(DUMP, HALF, 0.5)
  local ended = exec.run({ "pg_restore", "--file=/dev/null", HALF, timeout = "1h" })
  checks:that(ended.status ~= 0, "a dump that was cut off was taken for a whole one")
end

local DAMAGE = {
  none = {},
  truncated = {
    dump = function()
      cut(DUMP, HALF, 0.9)
      file.rename(HALF, DUMP)
    end,
  },
  row = { sql = "UPDATE user_profiles SET savings = savings + 0.01 WHERE user_id = 1" },
  table = { sql = "TRUNCATE user_health_checkins" },
}

--- Restores the dump into a database, and compares.
local function restore(ctx, checks, scratch)
  local damage = DAMAGE[ctx.params.damage]
  if damage.dump then
    damage.dump()
  end
  local command = { "pg_restore", "--exit-on-error", "--no-owner", "--no-privileges", "--dbname=" .. scratch, DUMP }
  local took_s = timed(checks, "the restore", ctx.params.longest_restore, command)
  if not took_s then
    return
  end
  log.info(("restore: %.2f s"):format(took_s))
  if damage.sql then
    ask(checks, scratch, damage.sql)
  end
  for _, name in ipairs(schema.NAMES) do
    local sql = TABLE:format(name, name, name)
    checks:equal(name .. " after the restore", ask(checks, scratch, sql), ask(checks, nil, sql))
  end
end

local function verify_backup(ctx)
  local checks = verify.new()
  audit.all(ctx, checks)
  if dump(ctx, checks) then
    refuse_half(checks)
    -- No other database has this name, so none is lost.
    local scratch = "throng_scratch_" .. gen.uuid(math.floor(time.now() * 1e6)):gsub("-", "")
    ctx.pg:script("CREATE DATABASE " .. scratch)
    local ok, err = pcall(restore, ctx, checks, scratch)
    ctx.pg:script("DROP DATABASE " .. scratch)
    if not ok then
      error(err)
    end
  end
  checks:finish()
end

local function setup(ctx)
  ctx:check(DAMAGE[ctx.params.damage], "`damage` must be none, truncated, row or table")
  schema.fill(ctx)
  -- What is missing is better known before the load than after it.
  local checks = verify.new()
  for _, program in ipairs(PROGRAMS) do
    run(checks, "the backup's programs", { program, "--version" })
  end
  checks:finish()
end

---@type throng.Scenario
return {
  about = "backup and restore of a financial application: every table compared, times and sizes",
  needs = { "postgres" },
  tables = schema.NAMES,
  params = {
    users = schema.PARAMS.users,
    checkins = schema.PARAMS.checkins,
    submissions = schema.PARAMS.submissions,
    longest_dump = { default = "10m", doc = "how long the dump may take" },
    longest_restore = { default = "30m", doc = "how long the restore may take" },
    damage = { default = "none", doc = "what spoils the backup: none, truncated, row or table" },
  },

  load = { users = 10, duration = "20s", think = "5ms..20ms", preset = "finance" },
  programs = PROGRAMS,
  thresholds = limits.response_rules({}),
  profiles = {
    quick = { users = 5, iterations = 20, think = "1ms", params = { users = 300 }, thresholds = { limits.ERRORS } },
    full = { users = 20, duration = "2m", params = { users = 50000 } },
  },

  setup = setup,
  verify = verify_backup,

  personas = {
    public = {
      operations = {
        submit = { weight = 4, run = writes.submit },
        check_in = { weight = 4, run = writes.check_in },
        register = { weight = 1, run = writes.register },
      },
    },
  },
}
