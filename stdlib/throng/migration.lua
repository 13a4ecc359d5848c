--- Rehearses moving live data from one store to another: users go on while a conductor moves the data under them.
---
--- Every operation of the users goes through one seam, `migration.records.NAME`, which reads and writes where the
--- step in force says. Records are tables of typed fields with a `version`, which grows by one with every change;
--- a write takes effect only if it is newer than what is there, so copies and mirrored writes may come in any order.
---
---     local migration = require("throng.migration")
---
---     local moving = migration.new({
---       name = "shop",
---       records = {
---         carts = {
---           fields = { owner = "integer", items = "json", changed_at = "timestamp" },
---           source = migration.redis_hashes({ prefix = "cart:" }),
---           target = migration.pg_table({ table = "carts", key = "id" }),
---         },
---       },
---     })
---
---     conductor = { users = 1, run = function(user)
---       moving:rehearse(user, "30s", { page = 500, patience = "2s" })
---     end }
---
---     verify = function(ctx)
---       local checks = verify.new()
---       moving:check(ctx, checks)
---       checks:finish()
---     end

local compare = require("throng.migration.compare")
local copy = require("throng.migration.copy")
local faults = require("throng.migration.faults")
local findings = require("throng.migration.findings")
local judge = require("throng.migration.judge")
local metrics = require("throng.metrics")
local mode = require("throng.migration.mode")
local phase = require("throng.phase")
local pg_table = require("throng.migration.pg_table")
local record = require("throng.migration.record")
local redis_hashes = require("throng.migration.redis_hashes")
local seam = require("throng.migration.seam")
local shared = require("throng.shared")
local time = require("throng.time")

local window_ms = metrics.gauge("cutover_window_ms")

-- How long a step waits for the writes of the step before. What takes longer is copied again once it has ended.
local QUIESCE_S = 10

local M = {}

--- One side of a kind of record. `redis_hashes` and `pg_table` make them; any table with these functions will do.
---@class throng.migration.Store
---@field read fun(user: throng.User, key: string): throng.migration.Record?
---@field write fun(user: throng.User, key: string, record: throng.migration.Record, when?: "newer"|"always"): boolean writes if what is there is older (or always); whether it did
---@field write_many fun(user: throng.User, entries: { key: string, record: throng.migration.Record }[]) writes those that are newer than what is there
---@field remove fun(user: throng.User, key: string)
---@field page fun(user: throng.User, cursor: any, limit: integer): { key: string, record: throng.migration.Record }[], any about so many entries, and where the next page begins; nil after the last
---@field count fun(user: throng.User): integer
---@field expires? boolean whether records go by themselves, so that what is missing there is no loss

--- Fields by name, and `version`. Fields may be nil. Times are microseconds since 1970, whatever a store keeps.
---@alias throng.migration.Record table<string, any>

---@class throng.migration.RedisHashes
---@field prefix string what every key begins with; the rest is the record's key
---@field target? string the target's name, where it is not the first Redis
---@field expires? boolean whether the keys have a time to live

--- Records as Redis hashes. Times are kept in microseconds, booleans as `1` and `0`.
---@param options throng.migration.RedisHashes
---@return fun(schema: table): throng.migration.Store
function M.redis_hashes(options)
  return function(schema)
    return redis_hashes.open(options, schema)
  end
end

---@class throng.migration.PgTable
---@field table string
---@field key string the column that is the primary key
---@field columns? table<string, string> columns by field, where their names differ
---@field target? string the target's name, where it is not the first PostgreSQL

--- Records as rows of a table, which needs a column `version bigint NOT NULL`. Columns: `text`, `bigint`, `float8`,
--- `boolean`, `timestamptz`, `jsonb`.
---@param options throng.migration.PgTable
---@return fun(schema: table): throng.migration.Store
function M.pg_table(options)
  return function(schema)
    return pg_table.open(options, schema)
  end
end

--- A kind of record, as users reach it.
---
--- `update` changes a record, or makes it: `change` gets what is there (nil if nothing) and returns what is to be
--- there, or nil to leave it. It must not wait, and is called again if another user came first. `write` wants a whole
--- record with its `version`, and does nothing if one as new is there.
---@class throng.migration.Seam
---@field read fun(self: throng.migration.Seam, user: throng.User, key: string): throng.migration.Record?
---@field write fun(self: throng.migration.Seam, user: throng.User, key: string, record: throng.migration.Record): boolean whether it wrote
---@field update fun(self: throng.migration.Seam, user: throng.User, key: string, change: fun(record: throng.migration.Record?): throng.migration.Record?): throng.migration.Record? what was written; nil if `change` left it

---@class throng.migration.RecordOptions
---@field fields table<string, string> types by name: `boolean`, `integer`, `json`, `number`, `text`, `timestamp`
---@field source throng.migration.Store|fun(schema: table): throng.migration.Store
---@field target throng.migration.Store|fun(schema: table): throng.migration.Store

---@class throng.migration.Options
---@field name? string tells migrations of one run apart
---@field records table<string, throng.migration.RecordOptions> kinds of records by name
---@field sabotage? string a parameter of the scenario, which may name a bug to plant in the target: `lost_write`, `stale_read`, `timezone`, `dropped_rows`

--- A migration.
---@class throng.migration.Migration
---@field records table<string, throng.migration.Seam>
local Migration = {}
Migration.__index = Migration
Migration.__metatable = false

--- Opens a side.
local function open(side, schema)
  return type(side) == "function" and side(schema) or side
end

--- Makes a migration. To be called while the file is loaded.
---@param options throng.migration.Options
---@return throng.migration.Migration
function M.new(options)
  local name = "throng.migration." .. (options.name or "")
  local self = setmetatable({
    mode = mode.new(name),
    journal = shared.map(name .. ".journal"), -- rows to be copied again
    touched = shared.map(name .. ".touched"), -- rows written since a cutover
    suspects = shared.map(name .. ".suspects"), -- rows that a shadow read found to differ
    state = shared.map(name .. ".state"),
    findings = findings.new(name),
    records = {},
    seams = {},
  }, Migration)
  local names = {}
  for kind in pairs(options.records) do
    names[#names + 1] = kind
  end
  table.sort(names)
  for i, kind in ipairs(names) do
    local of = options.records[kind]
    local schema = record.schema(of.fields)
    local target = open(of.target, schema)
    if options.sabotage then
      target = faults.plant(target, options.sabotage, name, kind, schema)
    end
    self.seams[i] = seam.new({
      name = kind,
      schema = schema,
      source = open(of.source, schema),
      target = target,
      mode = self.mode,
      journal = self.journal,
      touched = self.touched,
      suspects = self.suspects,
    })
    self.records[kind] = self.seams[i]
  end
  return self
end

--- Ends the timeline and the load before its time, because going on would only harm.
local function give_up(self, why)
  self.state:set("stopped", why)
  phase.finish()
end

--- Begins a phase, does `work`, and holds the phase until `length` is over.
local function step(self, user, name, length, work)
  local since = time.monotonic()
  phase.begin(name)
  self.state:set("step", name)
  local ok, err = true, nil
  if work then
    ok, err = pcall(work)
  end
  if not ok then
    give_up(self, ("%s: failed: %s"):format(name, err))
    error(err, 0)
  end
  local left_s = time.parse(length) - time.elapsed(since)
  if left_s > 0 then
    user:sleep(left_s)
  end
end

--- Waits for the writes that began before the mode changed. What has not ended by then is copied again later.
local function quiesce(self, user, before)
  for _, row in ipairs(self.mode:quiesce(user, before.epoch, QUIESCE_S)) do
    self.journal:set(row, true)
  end
end

--- Copies what the journal holds until it is empty.
local function drain(self, user)
  repeat until copy.journal(user, self) == 0
end

--- A phase in which nothing changes, such as the baseline that others are held against.
---@param user throng.User the conductor
---@param name string
---@param length throng.Duration
---@param work? fun() what the conductor does in it, such as preparing the target
function Migration:hold(user, name, length, work)
  step(self, user, name, length, work)
end

---@class throng.migration.BackfillOptions
---@field page? integer records copied at a time; 500 unless given
---@field per_s? number no more than so many records a second; as fast as possible unless given
---@field phase? string the phase's name; that of the method unless given, as in all steps

--- Copies all records to the target while users write to the source, and notes what they change meanwhile.
---@param user throng.User
---@param length throng.Duration at least
---@param options? throng.migration.BackfillOptions
function Migration:backfill(user, length, options)
  options = options or {}
  step(self, user, options.phase or "backfill", length, function()
    quiesce(self, user, self.mode:switch({ journal = true }))
    copy.all(user, self, options.page or 500, options.per_s or 0)
    copy.journal(user, self)
  end)
end

---@class throng.migration.StepOptions
---@field phase? string the phase's name

--- From here on writes go to both sides, first to the source; then the rest of the backlog is copied.
---@param user throng.User
---@param length throng.Duration
---@param options? throng.migration.StepOptions
function Migration:dual_write(user, length, options)
  step(self, user, options and options.phase or "dual_write", length, function()
    quiesce(self, user, self.mode:switch({ mirror = true, journal = false }))
    drain(self, user)
  end)
end

--- Reads are answered by the source and held against the target. At the end what differed is looked at again, and all
--- rows of both sides are compared.
---@param user throng.User
---@param length throng.Duration
---@param options? throng.migration.StepOptions
function Migration:shadow_read(user, length, options)
  local name = options and options.phase or "shadow_read"
  step(self, user, name, length, function()
    self.mode:switch({ shadow = true })
    user:sleep(length)
    self.mode:switch({ shadow = false })
    drain(self, user)
    judge.suspects(self, user, name)
    judge.all(self, user, name)
  end)
end

---@class throng.migration.CutoverOptions
---@field patience? throng.Duration how long writes wait before they are refused; 2 s unless given
---@field mirror_back? boolean whether writes go to the source too, so that a rollback loses none; true unless given
---@field phase? string the phase's name

--- Moves users to the target: writes wait until those under way have ended and are copied, then go on over there.
--- Refused while rows are known to differ: then timeline and load end here.
---@param user throng.User
---@param length throng.Duration
---@param options? throng.migration.CutoverOptions
function Migration:cutover(user, length, options)
  options = options or {}
  local name = options.phase or "cutover"
  if self.findings:count() > 0 then
    local why = name .. ": not done, since rows differ"
    give_up(self, why)
    error({ kind = "migration_refused", message = why })
  end
  step(self, user, name, length, function()
    local since = time.monotonic()
    local before = self.mode:switch({ paused = true, patience_s = time.parse(options.patience or "2s") })
    quiesce(self, user, before)
    drain(self, user)
    local mirror_back = options.mirror_back ~= false
    self.mode:resume({ writes = "target", reads = "target", mirror = mirror_back, track = true })
    window_ms:add(time.elapsed(since) * 1000, { phase = name })
  end)
end

--- Compares all rows of both sides while users go on.
---@param user throng.User
---@param length throng.Duration
---@param options? throng.migration.StepOptions
function Migration:validate(user, length, options)
  local name = options and options.phase or "validation"
  step(self, user, name, length, function()
    drain(self, user)
    judge.all(self, user, name)
  end)
end

--- Moves users back to the source, and counts the writes that are only in the target. From here on the source is
--- mirrored to the target again, so that another cutover can follow.
---@param user throng.User
---@param length throng.Duration
---@param options? throng.migration.CutoverOptions
function Migration:rollback(user, length, options)
  options = options or {}
  local name = options.phase or "rollback"
  step(self, user, name, length, function()
    judge.sift(self, user)
    local since = time.monotonic()
    local before = self.mode:switch({ paused = true, patience_s = time.parse(options.patience or "2s") })
    quiesce(self, user, before)
    drain(self, user)
    judge.give_up(self, user, name)
    self.mode:resume({ writes = "source", reads = "source", mirror = true, track = false })
    window_ms:add(time.elapsed(since) * 1000, { phase = name })
  end)
end

---@class throng.migration.RehearseOptions: throng.migration.BackfillOptions, throng.migration.CutoverOptions
---@field prepare? fun() what the conductor does to the target in the phase `preparation`

--- All steps, as a move that goes wrong once has them: `baseline`, `preparation`, `backfill`, `dual_write`, `shadow_read`,
--- `cutover`, `validation`, `rollback`, `cutover_again`, `validation_again`; then the end. A conductor with an order of its
--- own calls the steps one by one.
---@param user throng.User
---@param length throng.Duration of each step, at least
---@param options? throng.migration.RehearseOptions
function Migration:rehearse(user, length, options)
  options = options or {}
  local function named(name)
    return { phase = name, patience = options.patience, mirror_back = options.mirror_back }
  end
  self:hold(user, "baseline", length)
  self:hold(user, "preparation", length, options.prepare)
  self:backfill(user, length, { page = options.page, per_s = options.per_s })
  self:dual_write(user, length)
  self:shadow_read(user, length)
  self:cutover(user, length, named("cutover"))
  self:validate(user, length)
  self:rollback(user, length, named("rollback"))
  self:cutover(user, length, named("cutover_again"))
  self:validate(user, length, { phase = "validation_again" })
  self:finish()
end

--- Ends the timeline, and the load with it.
function Migration:finish()
  self.state:set("finished", true)
  phase.finish()
end

--- Shows every record of a kind to `visit`, from the side that is written at the moment, for checks of one's own.
---@param ctx throng.Context
---@param kind string
---@param visit fun(key: string, record: throng.migration.Record) a key may come twice from Redis
function Migration:each(ctx, kind, visit)
  compare.each(ctx, self.records[kind][self.mode:now().writes], visit)
end

--- In `verify`: adds to `checks` that the timeline came to its end, what was found on the way, and that both sides are
--- the same now that nobody writes.
---@param ctx throng.Context
---@param checks throng.verify.Checks
function Migration:check(ctx, checks)
  local stopped, now = self.state:get("stopped"), self.mode:now()
  if stopped then
    checks:that(false, stopped)
  else
    checks:that(self.state:get("finished"),
      ("the timeline stood at `%s` when the load ended; give it more time"):format(self.state:get("step")))
    if now.mirror then
      for _, row in ipairs(self.mode:under_way_now()) do
        self.journal:set(row, true) -- cut off by the end of the load, between one side and the other
      end
      drain(self, ctx)
    end
    if now.mirror or now.writes == "target" then
      judge.all(self, ctx, "after the load")
    end
  end
  self.findings:tell(checks)
end

return M
