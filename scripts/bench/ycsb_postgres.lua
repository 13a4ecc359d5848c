--- YCSB's core workloads on PostgreSQL: records of ten fields, read and written by key.
---
--- A: half reads, half updates. B: 95 % reads, 5 % updates. C: reads only. D: 95 % reads of what was inserted last, 5 %
--- inserts. E: 95 % scans, 5 % inserts. F: half reads, half read-modify-writes. Each is a persona and a profile of the same
--- name; without a profile A is played. Keys, mixes and request distributions are YCSB's; its table is
--- `usertable (ycsb_key, field0 … field9)`. Needs one PostgreSQL.
---
--- `verify` holds every byte of every record against what was written, and finds lost writes: each user remembers what it
--- wrote last to each field, which `--param remember=false` spares very long runs.
---
---     throng run bench/ycsb_postgres --profile b
---     throng run bench/ycsb_postgres --profile e --param records=1000000 --param distribution=uniform

local pg = require("throng.pg")
local ycsb = require("throng.ycsb")
local workloads = require("parts.ycsb")

local COLUMNS = table.concat(workloads.FIELDS, ", ")

local SCHEMA = ([[
  DROP TABLE IF EXISTS usertable;
  CREATE TABLE usertable (ycsb_key varchar(255) PRIMARY KEY, %s text);
]]):format(table.concat(workloads.FIELDS, " text, "))

local read = pg.statement("read", "SELECT * FROM usertable WHERE ycsb_key = $1")
local scan = pg.statement("scan", "SELECT * FROM usertable WHERE ycsb_key >= $1 ORDER BY ycsb_key LIMIT $2")
local insert = pg.statement("insert", ([[
  INSERT INTO usertable (ycsb_key, %s) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)]]):format(COLUMNS))
local some = pg.statement("some", "SELECT * FROM usertable WHERE ycsb_key = ANY($1::varchar[])")

local update = {}
for _, field in ipairs(workloads.FIELDS) do
  update[field] = pg.statement("update_" .. field, ("UPDATE usertable SET %s = $1 WHERE ycsb_key = $2"):format(field))
end

local STEP = 500 -- records that `verify` reads at a time

--- A record's values in the order of the fields, after its key.
local function row(key, fields)
  local values = { key }
  for place, field in ipairs(workloads.FIELDS) do
    values[place + 1] = fields[field]
  end
  return values
end

local store = {}

function store.read(user, key)
  return user.pg:one(read, key)
end

function store.update(user, key, field, value)
  user:check(user.pg:execute(update[field], value, key) == 1, "the record to update exists")
end

function store.insert(user, key, fields)
  user.pg:execute(insert, table.unpack(row(key, fields)))
end

function store.scan(user, key, count)
  return #user.pg:query(scan, key, count)
end

function store.fill(ctx, count, fields_of)
  ctx.pg:script(SCHEMA)
  local number = -1
  ctx.pg:copy_in(("usertable (ycsb_key, %s)"):format(COLUMNS), function()
    number = number + 1
    return number < count and row(ycsb.key(number), fields_of(number)) or nil
  end)
  ctx.pg:script("ANALYZE usertable")
end

function store.count(ctx)
  return tonumber(ctx.pg:value("SELECT count(*) FROM usertable"))
end

function store.each(ctx, count, visit)
  for first = 0, count - 1, STEP do
    local keys, found = {}, {}
    for number = first, math.min(first + STEP, count) - 1 do
      keys[#keys + 1] = ycsb.key(number)
    end
    for _, fields in ipairs(ctx.pg:query(some, keys)) do
      found[fields.ycsb_key] = fields
    end
    for place, key in ipairs(keys) do
      visit(first + place - 1, found[key])
    end
  end
end

---@type throng.Scenario
return {
  about = "YCSB's core workloads A to F on PostgreSQL",
  needs = { "postgres" },
  tables = { "usertable" },
  params = workloads.PARAMS,

  load = workloads.LOAD,
  thresholds = { "response.p99 < 500ms", "errors.rate < 0.1%" },
  profiles = workloads.PROFILES,

  setup = workloads.setup(store),
  verify = workloads.verify(store),

  personas = workloads.personas(store),
}
