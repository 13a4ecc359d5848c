--- Heavy writing into one table: multi-row inserts and updates of random rows, with 1 KB of random text in each row.
---
--- Writers go on as fast as the server lets them. Each statement is an insert of `batch_size` rows, an update of one row
--- anywhere in the table, or, where asked for, a COPY of `batch_size` rows; `insert_share`, `update_share` and `copy_share` say
--- how often. Beside the response times the report has rows inserted and updated, and megabytes written, all per second.
--- Needs one PostgreSQL, of which `reserve` connections stay free for others.
---
--- A row's fields follow from its number, and its text from the write that it came from last. So `verify` finds each row that
--- is missing, altered, or without what was written to it last, and each batch of which only a part is there.
---
---     throng run write_load
---     throng run write_load --users 50 --param batch_size=500 --param insert_share=90 --param update_share=10
---     throng run write_load --profile copy --param cleanup=true
---
--- `deploy/write_load` has it as a container and as a job for Kubernetes, set by environment variables or a `.env` file.

local gen = require("throng.gen")
local hash = require("throng.hash")
local ledger = require("throng.ledger")
local metrics = require("throng.metrics")
local pg = require("throng.pg")
local verify = require("throng.verify")

local SCHEMA = [[
  DROP TABLE IF EXISTS load_test_data;
  CREATE TABLE load_test_data (
      id BIGSERIAL PRIMARY KEY,
      name VARCHAR(255) NOT NULL,
      email VARCHAR(255) NOT NULL,
      age INT NOT NULL,
      address TEXT,
      phone_number VARCHAR(20),
      created_at TIMESTAMP NOT NULL DEFAULT NOW(),
      updated_at TIMESTAMP NOT NULL DEFAULT NOW(),
      data TEXT  -- 1KB random data
  );
]]

-- Made after the rows, which is faster than keeping them up to date on the way.
local INDEXES = [[
  CREATE INDEX idx_load_test_data_email ON load_test_data(email);
  CREATE INDEX idx_load_test_data_created_at ON load_test_data(created_at);
  ANALYZE load_test_data;
]]

local INTO = "load_test_data (name, email, age, address, phone_number, data)"
local COLUMNS = 6
-- What PostgreSQL's protocol takes in one statement.
local MOST_PARAMETERS = 65535

local inserted = metrics.counter("inserted_rows")
local updated = metrics.counter("updated_rows")
local written = metrics.counter("written_mb")

local batches = gen.sequence("batches")
local updates = ledger.last("updates")

-- Rows -------------------------------------------------------------------------------------------

--- Random text that tells which write it came from: 0 is the insert of the row.
local function payload(row, write, bytes)
  local head = ("%d.%d:"):format(row, write)
  local random = gen.bytes(row, math.max(0, bytes - #head) * 3 // 4 + 3, write)
  return (head .. hash.to_base64(random)):sub(1, math.max(bytes, #head))
end

local function age(row)
  return gen.integer(row, 18, 80, "age")
end

--- The fields of a row, in the order of `INTO`.
local function fields(row, bytes)
  return gen.full_name(row), gen.email(row), age(row), gen.address(row), gen.phone(row), payload(row, 0, bytes)
end

--- The rows from `first` on, made when they are asked for.
local function rows(first, count, bytes)
  local function data(row)
    return payload(row, 0, bytes)
  end
  local columns = { gen.full_name, gen.email, age, gen.address, gen.phone, data }
  return gen.rows(count, columns, { first = first })
end

--- The number of the first row of a batch.
local function first_row(params, batch)
  return params.seed_rows + (batch - 1) * params.batch_size + 1
end

-- Writing ----------------------------------------------------------------------------------------

-- By the number of rows; each worker plays with one size.
local inserts = {}

--- An insert of so many rows, which tells their ids.
local function insert_of(count)
  if not inserts[count] then
    local tuples = {}
    for place = 0, count - 1 do
      local marks = {}
      for column = 1, COLUMNS do
        marks[column] = "$" .. place * COLUMNS + column
      end
      tuples[place + 1] = "(" .. table.concat(marks, ", ") .. ")"
    end
    local sql = ("INSERT INTO %s VALUES %s RETURNING id"):format(INTO, table.concat(tuples, ", "))
    inserts[count] = pg.statement("insert", sql)
  end
  return inserts[count]
end

local change = pg.statement("update", "UPDATE load_test_data SET data = $2, updated_at = NOW() WHERE id = $1")

local function count_inserted(params)
  inserted:add(params.batch_size)
  written:add(params.batch_size * params.payload_bytes / 1e6)
end

local function insert(user)
  local params = user.params
  local values, first = {}, first_row(params, batches:next())
  for place = 0, params.batch_size - 1 do
    local at = place * COLUMNS
    values[at + 1], values[at + 2], values[at + 3], values[at + 4], values[at + 5], values[at + 6] =
      fields(first + place, params.payload_bytes)
  end
  verify.counted("batches", function()
    local ids = user.pg:query(insert_of(params.batch_size), table.unpack(values))
    user.state.last_id = math.max(user.state.last_id, tonumber(ids[#ids].id))
  end)
  count_inserted(params)
end

local function copy(user)
  local params = user.params
  local batch = rows(first_row(params, batches:next()), params.batch_size, params.payload_bytes)
  verify.counted("batches", function()
    user.pg:copy_in(INTO, batch)
  end)
  count_inserted(params)
end

--- Writes to any row up to the last that this writer knows of.
local function update(user)
  local id, bytes = user.random:integer(1, user.state.last_id), user.params.payload_bytes
  local write = (user.state.writes or 0) + 1
  user.state.writes = write
  write = user.number << 32 | write
  local cell = "row " .. id
  updates:post(user, user.params.remember and { cell } or {}, function()
    -- An id may belong to a batch that another writer has not committed yet, or never will.
    if user.pg:execute(change, id, payload(id, write, bytes)) == 0 then
      return false
    end
    updated:add(1)
    written:add(bytes / 1e6)
    return user.params.remember and { [cell] = write } or {}
  end)
end

local OPERATIONS = { insert = insert, update = update, copy = copy }

local function start(user)
  user.state.last_id = user.params.seed_rows
  user.state.mix = {
    insert = user.params.insert_share,
    update = user.params.update_share,
    copy = user.params.copy_share,
  }
end

local function write_something(user)
  local kind = user.random:weighted(user.state.mix)
  user:operation(kind, OPERATIONS[kind])
end

-- Before and after -------------------------------------------------------------------------------

local function setup(ctx)
  local params = ctx.params
  local most = MOST_PARAMETERS // COLUMNS
  ctx:check(params.seed_rows >= 1, "`seed_rows` must be at least 1: updates need rows")
  ctx:check(params.batch_size >= 1 and params.batch_size <= most, ("`batch_size` must be 1 to %d"):format(most))
  ctx.pg:script(SCHEMA)
  ctx.pg:copy_in(INTO, rows(1, params.seed_rows, params.payload_bytes))
  ctx.pg:script(INDEXES)
end

--- The write that a row's text came from, and whether the text is as that write made it.
local function origin(text, row, id, bytes)
  local of, write = text:match("^(%d+)%.(%d+):")
  of, write = math.tointeger(tonumber(of)), math.tointeger(tonumber(write))
  -- An insert does not know the id that its row will get, and an update not the row's number.
  local owner = write == 0 and row or id
  return write, write ~= nil and of == owner and text == payload(owner, write, bytes)
end

--- Adds to `checks` what is wrong with a row of the table.
local function check_row(ctx, checks, book, row, found)
  local bytes, name = ctx.params.payload_bytes, "row " .. found.id
  local full_name, email, years, address, phone = fields(row, 0)
  local whole = found.name == full_name and found.email == email and tonumber(found.age) == years
    and found.address == address and found.phone_number == phone
  checks:that(whole, name .. ": its fields are not those that were inserted")
  local write, intact = origin(found.data or "", row, math.tointeger(tonumber(found.id)), bytes)
  checks:that(intact, name .. ": its `data` was altered")
  if intact and ctx.params.remember then
    book:check(checks, name, 0, write)
  end
end

local ALL_ROWS = "SELECT id, name, email, age, address, phone_number, data FROM load_test_data ORDER BY id"

local TWICE = "SELECT email, count(*) AS times FROM load_test_data GROUP BY email HAVING count(*) > 1"

local function verify_rows(ctx)
  local checks, book, seen = verify.new(), updates:read(), {}
  local size, seeded = ctx.params.batch_size, 0
  for found in ctx.pg:cursor(ALL_ROWS) do
    local row = math.tointeger(tonumber(found.email:match("%.(%d+)@")))
    if not row then
      checks:that(false, ("row %s is none of ours"):format(found.id))
    else
      check_row(ctx, checks, book, row, found)
      if row <= ctx.params.seed_rows then
        seeded = seeded + 1
      else
        local batch = gen.group(row - ctx.params.seed_rows, size)
        seen[batch] = (seen[batch] or 0) + 1
      end
    end
  end
  checks:equal("seeded rows", seeded, ctx.params.seed_rows)
  local whole = 0
  for batch, count in pairs(seen) do
    checks:equal(("rows of batch %d"):format(batch), count, size)
    whole = whole + 1
  end
  checks:counted("batches", whole)
  checks:none("rows that are there twice", ctx.pg:cursor(TWICE))
  checks:finish()
end

local function teardown(ctx)
  if ctx.params.cleanup then
    ctx.pg:script("DROP TABLE IF EXISTS load_test_data")
  end
end

---@type throng.Scenario
return {
  about = "high write load: multi-row inserts, updates of random rows and COPY, 1 KB a row",
  needs = { "postgres" },
  tables = { "load_test_data" },
  params = {
    batch_size = { default = 100, doc = "rows of an insert or a copy" },
    insert_share = { default = 70, doc = "how often a statement is an insert, relative to the others" },
    update_share = { default = 30, doc = "how often it is an update" },
    copy_share = { default = 0, doc = "how often it is a COPY" },
    payload_bytes = { default = 1024, doc = "random text in each row" },
    seed_rows = { default = 10000, doc = "rows before the run, for updates to find" },
    remember = { default = true, doc = "remember each writer's last write to each row, so that a lost one is found" },
    cleanup = { default = false, doc = "drop the table at the end" },
  },

  load = { users = 10, duration = "30s", preset = "write_load" },
  thresholds = { "errors.rate < 1%", "response.p99 < 3s" },
  profiles = {
    light = { users = 5, duration = "1m" },
    medium = { users = 20, duration = "5m" },
    heavy = { users = 100, duration = "10m" },
    copy = {
      params = { insert_share = 0, update_share = 0, copy_share = 100, batch_size = 1000 },
    },
    quick = {
      users = 6, iterations = 15,
      params = { seed_rows = 200, batch_size = 20, insert_share = 40, update_share = 40, copy_share = 20 },
      thresholds = { "errors.rate < 1%", "inserted_rows > 100" },
    },
  },

  setup = setup,
  verify = verify_rows,
  teardown = teardown,

  personas = { writer = { start = start, stop = ledger.close, run = write_something } },
}
