--- Are both sides the same? Hash buckets over all records, then the keys of the buckets that differ, then those keys
--- again and again until they agree or the rounds are used up.
---
--- One pass a side and a number a bucket is all it takes where nothing differs. It needs no order of keys, which Redis
--- does not have, and it looks in both directions.

local hash = require("throng.hash")
local record = require("throng.migration.record")

local BUCKETS = 4096
local PAGE = 1000

-- Rounds of looking again at what differs while users go on writing, and the pause after the first, which doubles: they
-- must outlast reads that fell between two writes. What is being written even then is looked at further, but not for
-- ever.
local ROUNDS, FIRST_PAUSE_S = 6, 0.01
local MOST_ROUNDS, LAST_PAUSE_S = 60, 0.007

local M = {}

--- Shows every record of a store to `visit`; Redis may show some of them twice.
function M.each(user, store, visit)
  local cursor
  repeat
    local entries
    entries, cursor = store.page(user, cursor, PAGE)
    for _, entry in ipairs(entries) do
      visit(entry.key, entry.record)
    end
  until not cursor
end

local function bucket_of(key)
  return hash.fnv1a64(key) % BUCKETS
end

--- Adds up the digests of a side by bucket. A key that SCAN repeats makes its bucket look different; the second pass,
--- which goes by key, finds it equal.
local function sums(user, seam, side)
  local buckets, rows = {}, 0
  M.each(user, seam[side], function(key, found)
    local bucket = bucket_of(key)
    buckets[bucket] = (buckets[bucket] or 0) + record.digest(seam.schema, key, found)
    rows = rows + 1
  end)
  return buckets, rows
end

--- The digests of a side by key, in some buckets only.
local function digests(user, seam, side, buckets)
  local by_key = {}
  M.each(user, seam[side], function(key, found)
    if buckets[bucket_of(key)] then
      by_key[key] = record.digest(seam.schema, key, found)
    end
  end)
  return by_key
end

--- The keys that differ at first sight.
local function suspects(user, seam)
  local source, rows = sums(user, seam, "source")
  local target = sums(user, seam, "target")
  local differing = {}
  for bucket = 0, BUCKETS - 1 do
    if source[bucket] ~= target[bucket] then
      differing[bucket] = true
    end
  end
  local keys = {}
  if next(differing) then
    local one, other = digests(user, seam, "source", differing), digests(user, seam, "target", differing)
    for key, digest in pairs(one) do
      if other[key] ~= digest then
        keys[#keys + 1] = key
      end
    end
    for key in pairs(other) do
      if not one[key] then
        keys[#keys + 1] = key
      end
    end
    table.sort(keys)
  end
  return keys, rows
end

--- How two records of one key differ: `missing`, `extra`, `expired`, `stale`, `ahead` or `changed`; nil if they do not.
function M.class(seam, source, target)
  if not source then
    return target and (seam.source.expires and "expired" or "extra")
  elseif not target then
    return "missing"
  elseif source.version ~= target.version then
    return source.version > target.version and "stale" or "ahead"
  elseif #record.differences(seam.schema, source, target) > 0 then
    return "changed"
  end
end

local WORDS = {
  missing = "missing in the target",
  extra = "in the target only",
  expired = "gone from the source, as it expires there",
}

--- One line about a key that differs.
function M.describe(seam, key, class, source, target)
  local words = WORDS[class]
  if class == "stale" or class == "ahead" then
    local where = class == "stale" and "behind" or "ahead"
    words = ("the target is %s: version %d, in the source %d"):format(where, target.version, source.version)
  elseif class == "changed" then
    local fields = {}
    for i, name in ipairs(record.differences(seam.schema, source, target)) do
      local one, other = record.show(seam.schema, name, source), record.show(seam.schema, name, target)
      fields[i] = ("%s: source %s, target %s"):format(name, one, other)
    end
    words = "changed (" .. table.concat(fields, "; ") .. ")"
  end
  return ("%s %s: %s"):format(seam.name, key, words)
end

--- The version that both sides must have reached for a difference to have been a write on its way; nil if it can't
--- have been one.
local function goal(class, source, target)
  if class == "stale" or class == "missing" then
    return source.version
  elseif class == "ahead" or class == "extra" then
    return target.version
  end
end

--- Whether both sides have moved past what differed at first, as rows do that are written all the time.
local function moved_on(class, source, target, reached)
  return (class == "stale" or class == "ahead") and reached and math.min(source.version, target.version) >= reached
end

--- Looks once at keys that differed: those that still do and must not, with the version each is to reach first.
local function look_again(user, seam, keys, goals, expected)
  local differing, on_their_way = {}, {}
  for _, key in ipairs(keys) do
    local source, target = seam.source.read(user, key), seam.target.read(user, key)
    local class = M.class(seam, source, target)
    if class and not expected[class] and not moved_on(class, source, target, goals[key]) then
      if seam:is_pending(key) then
        on_their_way[#on_their_way + 1] = key
      else
        goals[key] = goals[key] or goal(class, source, target) or math.huge
        differing[#differing + 1] = { key = key, class = class, text = M.describe(seam, key, class, source, target) }
      end
    end
  end
  return differing, on_their_way
end

--- Looks at keys again until they agree or the rounds are used up; returns what still differs, but for the classes that
--- are expected. What is being written whenever it is looked at is left to a later comparison.
---@return { key: string, class: string, text: string }[]
function M.settle(user, seam, keys, expected)
  local goals, round, differing, on_their_way = {}, 0, {}, {}
  while #keys > 0 and round < MOST_ROUNDS do
    differing, on_their_way = look_again(user, seam, keys, goals, expected)
    round = round + 1
    if round >= ROUNDS and #on_their_way == 0 then
      break
    end
    keys = on_their_way
    for _, row in ipairs(differing) do
      keys[#keys + 1] = row.key
    end
    if #keys > 0 then
      user:sleep(round < ROUNDS and FIRST_PAUSE_S * 2 ^ (round - 1) or LAST_PAUSE_S)
    end
  end
  return differing
end

--- Holds all records of both sides against each other, in both directions.
---@return { key: string, class: string, text: string }[] differing
---@return integer rows how many the source has
function M.sides(user, seam, expected)
  local keys, rows = suspects(user, seam)
  return M.settle(user, seam, keys, expected), rows
end

return M
