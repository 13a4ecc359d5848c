--- The files of one table: `000001.jsonl.gz` and so on, and the manifest, which has a line for each.

local file = require("throng.file")
local json = require("throng.json")
local rows = require("throng.archive.rows")

local M = {}

---@class throng.archive.Files
---@field private folder string
local Files = {}
Files.__index = Files

local MANIFEST = "manifest.jsonl"

-- What is not finished has this at the end of its name.
local PART = ".part"

--- The files of a table.
---@param store string
---@param name string
---@return throng.archive.Files
function M.of(store, name)
  return setmetatable({ folder = store .. "/" .. name }, Files)
end

local function file_name(number)
  return ("%06d.jsonl.gz"):format(number)
end

--- Where the file of a batch is.
---@param number integer
---@return string path
function Files:path(number)
  return self.folder .. "/" .. file_name(number)
end

--- An error that nothing but a person can mend.
local function broken(message)
  error({ kind = "archive_broken", message = message })
end

--- The manifest's line for a batch, its fields in this order in every run.
local function entry(batch)
  return ('{"file":%s,"rows":%d,"first":%d,"last":%d,"digest":%d,"bytes":%d,"sha256":%s}\n'):format(
    json.encode(file_name(batch.batch)), batch.rows, batch.first, batch.last, batch.digest, batch.bytes,
    json.encode(batch.sha256))
end

--- The manifest that says what is noted.
---@param noted throng.archive.Batch[]
---@return string
function M.manifest(noted)
  local lines = {}
  for i, batch in ipairs(noted) do
    lines[i] = entry(batch)
  end
  return table.concat(lines)
end

--- The names in the folder.
---@return string[]
function Files:names()
  return file.exists(self.folder) and file.list(self.folder) or {}
end

--- What the manifest says; nothing if there is none.
---@return string
function Files:manifest()
  local path = self.folder .. "/" .. MANIFEST
  return file.exists(path) and file.read(path) or ""
end

--- Removes all that this module made.
function Files:clear()
  for _, name in ipairs(self:names()) do
    if name == MANIFEST or name:find("%.jsonl%.gz$") or name:find("%.part$") then
      file.remove(self.folder .. "/" .. name)
    end
  end
end

--- Writes the file of a batch under a name that counts for nothing, and sees it on the disk.
---@param batch throng.archive.Batch `rows` and `bytes` are set
---@param fill fun(out: throng.file.Writer): integer writes the lines, and returns how many
function Files:write(batch, fill)
  local out = file.create(self:path(batch.batch) .. PART, { gzip = true })
  batch.rows = fill(out)
  batch.bytes = out:close({ sync = true })
end

--- Reads the file of a batch from its beginning to its end, under this or its real name.
---@param path string
---@param visit? fun(line: string)
---@return integer rows
---@return integer digest
function M.read(path, visit)
  local count, digest = 0, 0
  for line in file.lines(path, { gzip = true }) do
    count, digest = count + 1, rows.add(digest, line)
    if visit then
      visit(line)
    end
  end
  return count, digest
end

--- Reads what was written back from the disk, which says what the batch is: its `digest` and `sha256` are set.
---@param batch throng.archive.Batch
function Files:read_back(batch)
  local path = self:path(batch.batch) .. PART
  local count, digest = M.read(path)
  batch.digest = digest
  if count ~= batch.rows then
    local message = ("`%s`: %d rows were written, %d read back"):format(path, batch.rows, count)
    error({ kind = "archive_unreadable", message = message })
  end
  batch.sha256 = file.digest(path, "sha256")
end

--- Gives the file its real name.
---@param batch throng.archive.Batch
function Files:publish(batch)
  file.rename(self:path(batch.batch) .. PART, self:path(batch.batch))
  file.sync(self.folder)
end

--- Adds the batch to the manifest.
---@param batch throng.archive.Batch
function Files:enter(batch)
  file.append(self.folder .. "/" .. MANIFEST, entry(batch), { sync = true })
end

--- Brings the folder to what is noted: an unfinished or unnoted file is removed, the last line of the manifest added if
--- it is missing. More than that a crash cannot leave: all else is an error, and nothing is touched.
---@param noted throng.archive.Batch[]
function Files:settle(noted)
  local said, whole = self:manifest(), M.manifest(noted)
  local before = M.manifest(table.move(noted, 1, #noted - 1, 1, {}))
  if whole:sub(1, #said) ~= said or #said < #before then
    broken(("`%s/%s` does not say what the database does"):format(self.folder, MANIFEST))
  end
  local known = { [MANIFEST] = true }
  for _, batch in ipairs(noted) do
    local path = self:path(batch.batch)
    if not file.exists(path) then
      broken(("`%s` is missing: its %d rows are in no table any more"):format(path, batch.rows))
    end
    known[file_name(batch.batch)] = true
  end
  local left = { [file_name(#noted + 1)] = true, [file_name(#noted + 1) .. PART] = true, [MANIFEST .. PART] = true }
  for _, name in ipairs(self:names()) do
    if left[name] then
      file.remove(self.folder .. "/" .. name)
    elseif not known[name] then
      broken(("`%s/%s` belongs to no batch"):format(self.folder, name))
    end
  end
  if said ~= whole then
    local path = self.folder .. "/" .. MANIFEST
    file.write(path .. PART, whole, { sync = true })
    file.rename(path .. PART, path)
    file.sync(self.folder)
  end
end

return M
