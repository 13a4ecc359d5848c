--- The core workloads of YCSB, A to F, over any store of records.
---
--- A store has `read(user, key)` (the fields by name, or nil), `update(user, key, field, value)`,
--- `insert(user, key, fields)`, `scan(user, key, count)` (how many were found), and for `setup` and `verify`
--- `fill(ctx, count, fields_of)`, `count(ctx)` and `each(ctx, count, function(number, fields))`.
---
--- A field's value tells which record and field it belongs to and which write it came from, and its other bytes follow from
--- that. So a reader knows whether it got what it asked for, and `verify` whether a byte changed or a write was lost.

local hash = require("throng.hash")
local ledger = require("throng.ledger")
local verify = require("throng.verify")
local ycsb = require("throng.ycsb")

local M = {}

--- The names of a record's fields.
M.FIELDS = {}
for place = 1, 10 do
  M.FIELDS[place] = "field" .. place - 1
end

M.PARAMS = {
  records = { default = 10000, doc = "records loaded before the run" },
  field_bytes = { default = 100, doc = "size of each of a record's ten fields" },
  distribution = { default = "own", doc = "of requests: uniform, zipfian, latest, or each workload's own" },
  max_scan = { default = 100, doc = "records that a scan asks for at most" },
  new_records = { default = 1000, doc = "inserts that the zipfian distribution leaves room for" },
  remember = { default = true, doc = "remember each user's last write to each field, so that a lost one is found" },
}

local WORKLOADS = {
  a = { distribution = "zipfian", mix = { read = 50, update = 50 } },
  b = { distribution = "zipfian", mix = { read = 95, update = 5 } },
  c = { distribution = "zipfian", mix = { read = 100 } },
  d = { distribution = "latest", mix = { read = 95, insert = 5 } },
  e = { distribution = "zipfian", mix = { scan = 95, insert = 5 } },
  f = { distribution = "zipfian", mix = { read = 50, read_modify_write = 50 } },
}

M.LOAD = { users = 16, duration = "30s", persona = { "a" } }

M.PROFILES = {
  quick = {
    users = 12, iterations = 40, persona = {}, params = { records = 500, new_records = 100 },
    thresholds = { "errors.rate < 1%" },
  },
}
for name in pairs(WORKLOADS) do
  M.PROFILES[name] = { persona = { name } }
  table.insert(M.PROFILES.quick.persona, name)
end
table.sort(M.PROFILES.quick.persona)

local DISTRIBUTIONS = { uniform = ycsb.uniform, zipfian = ycsb.zipfian, latest = ycsb.latest }

local records = ycsb.records("records")
local writes = ledger.last("writes")

-- Values -----------------------------------------------------------------------------------------

--- The value of a field, as write number `write` makes it; 0 is the load phase.
local function value(number, place, write, bytes)
  local head = ("%d.%d.%d:"):format(number, place, write)
  return (head .. hash.md5(head):rep(bytes // 32 + 1)):sub(1, math.max(bytes, #head))
end

--- Record, place of the field, and write that a value tells of; nil if it is none of ours.
local function origin(text)
  local number, place, write = text:match("^(%d+)%.(%d+)%.(%d+):")
  return math.tointeger(number), math.tointeger(place), math.tointeger(write)
end

local function fresh_record(number, bytes)
  local fields = {}
  for place, name in ipairs(M.FIELDS) do
    fields[name] = value(number, place, 0, bytes)
  end
  return fields
end

local function cell(number, place)
  return ("record %d %s"):format(number, M.FIELDS[place])
end

-- Operations -------------------------------------------------------------------------------------

local function operations_on(store)
  local operations = {}

  local function read_record(user, number)
    local fields = store.read(user, ycsb.key(number))
    user:check(fields, "a record is found by its key")
    user:check(origin(fields.field0) == number, "the record is the one asked for")
  end

  local function update_record(user, number)
    local place = user.random:integer(1, #M.FIELDS)
    local count = (user.state.writes or 0) + 1
    user.state.writes = count
    local write = user.number << 32 | count
    local function update()
      store.update(user, ycsb.key(number), M.FIELDS[place], value(number, place, write, user.params.field_bytes))
    end
    if not user.params.remember then
      return update()
    end
    writes:post(user, { cell(number, place) }, function()
      update()
      return { [cell(number, place)] = write }
    end)
  end

  function operations.read(user)
    read_record(user, user.state.choose(user))
  end

  function operations.update(user)
    update_record(user, user.state.choose(user))
  end

  function operations.insert(user)
    verify.counted("inserts", function()
      records:insert(function(number)
        store.insert(user, ycsb.key(number), fresh_record(number, user.params.field_bytes))
      end)
    end)
  end

  function operations.scan(user)
    local found = store.scan(user, ycsb.key(user.state.choose(user)), user.random:integer(1, user.params.max_scan))
    user:check(found > 0, "a scan finds at least the record that it starts from")
  end

  function operations.read_modify_write(user)
    local number = user.state.choose(user)
    read_record(user, number)
    update_record(user, number)
  end

  return operations
end

--- A persona for each workload, which plays its mix on `store`.
function M.personas(store)
  local personas, operations = {}, operations_on(store)
  for name, workload in pairs(WORKLOADS) do
    local mix = {}
    for operation, weight in pairs(workload.mix) do
      mix[operation] = { weight = weight, run = operations[operation] }
    end
    personas[name] = {
      start = function(user)
        local asked = user.params.distribution
        local make = DISTRIBUTIONS[asked == "own" and workload.distribution or asked]
        local room = workload.mix.insert and 2 * user.params.new_records or 0
        user.state.choose = make(records, user.params.records, room)
      end,
      stop = ledger.close,
      operations = mix,
    }
  end
  return personas
end

-- Before and after -------------------------------------------------------------------------------

--- Loads the records; returns a function for `setup`.
function M.setup(store)
  return function(ctx)
    local params = ctx.params
    ctx:check(params.records >= 1 and params.max_scan >= 1, "`records` and `max_scan` must be at least 1")
    local known = params.distribution == "own" or DISTRIBUTIONS[params.distribution]
    ctx:check(known, "`distribution` must be uniform, zipfian, latest or own")
    store.fill(ctx, params.records, function(number)
      return fresh_record(number, params.field_bytes)
    end)
    records:loaded(params.records)
  end
end

--- Adds to `checks` that a record's fields are whole, and what was last written to them.
local function check_record(ctx, checks, book, number, fields)
  local bytes = ctx.params.field_bytes
  for place, name in ipairs(M.FIELDS) do
    local found = fields[name] or ""
    local of, at, write = origin(found)
    local whole = of == number and at == place and found == value(number, place, write, bytes)
    checks:that(whole, cell(number, place) .. " was altered")
    if whole and ctx.params.remember then
      book:check(checks, cell(number, place), 0, write)
    end
  end
end

--- Holds every record against what was loaded and written; returns a function for `verify`.
function M.verify(store)
  return function(ctx)
    local checks, book = verify.new(), writes:read()
    local all = records:count()
    checks:counted("inserts", store.count(ctx) - ctx.params.records)
    local missing = 0
    store.each(ctx, all, function(number, fields)
      if fields then
        check_record(ctx, checks, book, number, fields)
      else
        missing = missing + 1
        checks:that(number >= ctx.params.records, ("record %d, loaded before the run, is missing"):format(number))
      end
    end)
    -- An insert that failed may be missing; no other record.
    local most = all - ctx.params.records - verify.done("inserts")
    checks:that(missing <= most, ("records missing: expected at most %d, found %d"):format(most, missing))
    checks:finish()
  end
end

return M
