--- Moves old rows of tables into compressed files, batch by batch, while users work, so that a crash at any moment loses
--- no row and leaves none in two places.
---
--- A batch is written to a file of another name, seen on the disk, read back and counted, given its real name; then one
--- transaction deletes exactly the rows that the file holds and notes the batch in the database. That commit is the moment
--- at which the rows move: before it the file counts for nothing and is thrown away by whoever comes next, after it the
--- rows are gone from the table. The manifest beside the files repeats what the database notes, for readers without it.
---
---     local archive = require("throng.archive")
---     local store = archive.new({ name = "audit", tables = { "audit_log" }, key = "id", time = "created_at" })
---
---     setup = function(ctx)
---       store:prepare(ctx, { resume = ctx.params.resume })
---     end,
---
---     archiver = { users = 1, run = function(user)
---       local task = user.state.task or store:open(user, "audit_log")
---       user.state.task = task
---       if task:batch({ rows = 10000, before = "2024-01-01" }) == 0 then
---         phase.finish()
---       end
---     end }
---
---     verify = function(ctx)
---       local checks = verify.new()
---       store:check(ctx, checks)
---       checks:finish()
---     end
---
--- Files lie in `NAME/TABLE/` of the run's folder, which must outlive the run to be of use: `--data DIR`. Each is gzip of
--- one JSON object a line, as `row_to_json` writes it; `json_populate_record` makes rows of them again.

local batches = require("throng.archive.batches")
local files = require("throng.archive.files")
local inspect = require("throng.archive.inspect")
local metrics = require("throng.metrics")
local rows = require("throng.archive.rows")

local archived = metrics.counter("archived_rows")
local written = metrics.counter("archived_bytes")

local M = {}

---@class throng.archive.Options
---@field name string of the folder and of the tables that note what was archived: `NAME_archive_tables`, `NAME_archive_batches`
---@field tables string[] the tables that rows may be moved out of
---@field key string their primary key, a whole number
---@field time string the column that says how old a row is, a `timestamptz` that never changes

--- Where rows go.
---@class throng.archive.Store
---@field private batches throng.archive.Batches
---@field private name string
---@field private tables throng.archive.Rows[] in the order in which they were named
local Store = {}
Store.__index = Store
Store.__metatable = false

--- One user's work on one table.
---@class throng.archive.Task
---@field private store throng.archive.Store
---@field private user throng.User
---@field private rows throng.archive.Rows
---@field private files throng.archive.Files
---@field private epoch integer tells this task from those that had the table before it
---@field private next integer number of the next batch
---@field private doubtful boolean whether a batch was begun whose end nobody saw
local Task = {}
Task.__index = Task
Task.__metatable = false

--- Names a place for rows. To be called while the file is loaded.
---@param options throng.archive.Options
---@return throng.archive.Store
function M.new(options)
  local tables = {}
  for i, name in ipairs(options.tables) do
    tables[i] = rows.of(options, name)
  end
  return setmetatable({ name = options.name, tables = tables, batches = batches.new(options.name) }, Store)
end

---@class throng.archive.PrepareOptions
---@field resume? boolean whether to go on with what is there

--- Makes ready: with `resume` goes on with what an earlier run archived, without it forgets that and removes its files.
---@param ctx throng.Context
---@param options? throng.archive.PrepareOptions
function Store:prepare(ctx, options)
  if not (options and options.resume) then
    self.batches:forget(ctx)
    for _, of in ipairs(self.tables) do
      files.of(self.name, of.table):clear()
    end
  end
  self.batches:make(ctx)
end

--- Brings folder and manifest to what the database notes. Whoever had the table before can note nothing from here on.
local function settle(store, user, name)
  local epoch = store.batches:take_over(user, name)
  local noted = store.batches:of(user, name)
  files.of(store.name, name):settle(noted)
  return epoch, noted
end

--- Takes a table over, from whoever had it: a task of this run or of one that was killed. Only the last to do so can
--- archive from it.
---@param user throng.User
---@param name string the table
---@return throng.archive.Task
function Store:open(user, name)
  for _, of in ipairs(self.tables) do
    if of.table == name then
      local task = setmetatable({ store = self, user = user, rows = of, next = 0 }, Task)
      task.files = files.of(self.name, name)
      task:recover()
      return task
    end
  end
  error(("`store:open`: there is no table `%s` in the archive `%s`"):format(name, self.name), 2)
end

--- Counts a batch that was moved.
local function count(batch)
  archived:add(batch.rows, { table = batch.table })
  written:add(batch.bytes, { table = batch.table })
end

--- Finds out what became of a batch whose end was not seen.
function Task:recover()
  local epoch, noted = settle(self.store, self.user, self.rows.table)
  local last = noted[#noted]
  if last and last.batch == self.next then
    count(last) -- the commit came through, although its answer did not
  end
  self.epoch, self.next, self.doubtful = epoch, #noted + 1, false
end

--- Sees the rows of a file in the database no more, and the batch noted there, in one step.
local function move(task, batch)
  task.user.pg:transaction(function(tx)
    task.store.batches:claim(tx, batch.table, task.epoch)
    local gone, digest = task.rows:delete(tx, batch)
    if gone ~= batch.rows or digest ~= batch.digest then
      local message = ("`%s`: rows changed while batch %d was copied"):format(batch.table, batch.batch)
      error({ kind = "archive_differs", message = message })
    end
    task.store.batches:note(tx, batch)
  end)
end

---@class throng.archive.BatchOptions
---@field rows integer most rows of it
---@field before string rows older than this time are archived, as PostgreSQL reads it

--- Archives the next batch, in the operations `copy`, `check` and `move`. After an error, also one that ended the
--- operation from outside, the next call first finds out how far it came.
---@param options throng.archive.BatchOptions
---@return integer rows archived; 0 if there is none old enough
function Task:batch(options)
  if self.doubtful then
    self:recover()
  end
  local user, folder = self.user, self.files
  local batch = self.rows:choose(user, options.before, options.rows)
  if not batch then
    return 0
  end
  batch.batch, self.doubtful = self.next, true
  user:operation("copy", function()
    folder:write(batch, function(out)
      return self.rows:copy(user, batch, out)
    end)
  end)
  user:operation("check", function()
    folder:read_back(batch)
  end)
  user:operation("move", function()
    folder:publish(batch)
    move(self, batch)
    folder:enter(batch)
  end)
  self.next, self.doubtful = self.next + 1, false
  count(batch)
  return batch.rows
end

--- In `verify`: adds to `checks` that every file is as the manifest and the database say, that the manifest says what the
--- database does, and that no archived row is still in its table.
---@param ctx throng.Context
---@param checks throng.verify.Checks
---@param visit? fun(name: string, row: table<string, any>) sees every row in a file, and which table it is from
function Store:check(ctx, checks, visit)
  for _, of in ipairs(self.tables) do
    local ok, result = pcall(function()
      return select(2, settle(self, ctx, of.table))
    end)
    if ok then
      inspect.table(ctx, self.name, of, checks, result, visit)
    else
      checks:that(false, ("%s: %s"):format(of.table, result))
    end
  end
end

return M
