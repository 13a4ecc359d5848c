--- What a crash may leave of an archive, made by hand, and what becomes of it.

local archive = require("throng.archive")
local expect = require("support.expect")
local file = require("throng.file")
local suite = require("support.suite")
local verify = require("throng.verify")

local store = archive.new({ name = "kept", tables = { "events" }, key = "id", time = "at" })

local BEFORE = "2024-01-01"
local MANIFEST = "kept/events/manifest.jsonl"

--- A table of ten rows from before and two from after, and nothing archived.
local function fresh(user)
  user.pg:script([[
    DROP TABLE IF EXISTS events;
    CREATE TABLE events (id bigserial PRIMARY KEY, at timestamptz NOT NULL, note text, extra json);
    INSERT INTO events (at, note, extra)
    SELECT '2023-01-01'::timestamptz + n * interval '1 day', E'a "note"\nof \\ two lines \t' || n, E'{"n":\n 1}'
    FROM generate_series(1, 10) n;
    INSERT INTO events (at, note) VALUES ('2024-01-01', 'limit'), ('2024-06-01', 'new');
  ]])
  store:prepare(user)
  return store:open(user, "events")
end

local function in_table(user)
  return user.pg:value("SELECT count(*) FROM events")
end

--- The ids in files, checked by the store itself.
local function in_files(user)
  local checks, ids = verify.new(), {}
  store:check(user, checks, function(_, row)
    ids[#ids + 1] = row.id
  end)
  checks:finish()
  return ids
end

--- What was in a folder, to be put back.
local function snapshot()
  local content = {}
  for _, name in ipairs(file.list("kept/events")) do
    content[name] = file.read("kept/events/" .. name)
  end
  return content
end

return suite({
  needs = { "postgres" },
  tests = {
    ["old rows move in batches, and come back as they were"] = function(user)
      local task = fresh(user)
      local before = user.pg:value("SELECT md5(string_agg(e::text, '|' ORDER BY id)) FROM events e WHERE at < $1::text::timestamptz", BEFORE)
      expect.equal({ task:batch({ rows = 4, before = BEFORE }), task:batch({ rows = 4, before = BEFORE }) }, { 4, 4 })
      expect.equal({ task:batch({ rows = 4, before = BEFORE }), task:batch({ rows = 4, before = BEFORE }) }, { 2, 0 })
      expect.equal(in_table(user), 2)
      expect.equal(in_files(user), { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 })
      for number = 1, 3 do
        for line in file.lines(("kept/events/%06d.jsonl.gz"):format(number), { gzip = true }) do
          user.pg:execute("INSERT INTO events SELECT * FROM json_populate_record(null::events, $1::text::json)", line)
        end
      end
      -- Line breaks between the parts of a JSON text have become blanks.
      user.pg:execute([[UPDATE events SET extra = E'{"n":\n 1}' WHERE id <= 10]])
      local after = user.pg:value("SELECT md5(string_agg(e::text, '|' ORDER BY id)) FROM events e WHERE at < $1::text::timestamptz", BEFORE)
      expect.equal(after, before)
    end,

    ["a file that was not finished or not noted counts for nothing"] = function(user)
      local task = fresh(user)
      task:batch({ rows = 3, before = BEFORE })
      file.write("kept/events/000002.jsonl.gz.part", "half")
      store:open(user, "events")
      expect.equal(file.exists("kept/events/000002.jsonl.gz.part"), false)
      file.write("kept/events/000002.jsonl.gz", file.read("kept/events/000001.jsonl.gz"))
      task = store:open(user, "events")
      expect.equal(file.exists("kept/events/000002.jsonl.gz"), false)
      expect.equal(task:batch({ rows = 100, before = BEFORE }), 7)
      expect.equal(#in_files(user), 10)
    end,

    ["a batch that was noted is entered into the manifest"] = function(user)
      local task = fresh(user)
      task:batch({ rows = 3, before = BEFORE })
      local first = file.read(MANIFEST)
      task:batch({ rows = 3, before = BEFORE })
      local both = file.read(MANIFEST)
      for _, left in ipairs({ first, first .. both:sub(#first + 1, #first + 20) }) do
        file.write(MANIFEST, left)
        store:open(user, "events")
        expect.equal(file.read(MANIFEST), both)
      end
      expect.equal(#in_files(user), 6)
    end,

    ["what no crash can leave is an error, and nothing is touched"] = function(user)
      local task = fresh(user)
      for _ = 1, 3 do
        task:batch({ rows = 3, before = BEFORE })
      end
      local kept = snapshot()
      local function broken(message, path, content)
        if content then
          file.write("kept/events/" .. path, content)
        else
          file.remove("kept/events/" .. path)
        end
        local found = snapshot()
        expect.error("archive_broken", message, store.open, store, user, "events")
        expect.equal(snapshot(), found)
        file.remove("kept/events/" .. path)
        file.write("kept/events/" .. path, kept[path] or "")
      end
      local manifest = kept["manifest.jsonl"]
      broken("is missing: its 3 rows are in no table any more", "000002.jsonl.gz", nil)
      broken("does not say what the database does", "manifest.jsonl", manifest:match("^[^\n]*\n"))
      broken("does not say what the database does", "manifest.jsonl", (manifest:gsub('"rows":3', '"rows":4', 1)))
      broken("does not say what the database does", "manifest.jsonl", manifest .. manifest:match("^[^\n]*\n"))
      broken("belongs to no batch", "000007.jsonl.gz", "?")
      file.remove("kept/events/000007.jsonl.gz")
      expect.equal(#in_files(user), 9)
    end,

    ["rows that change while they are copied stay, and go with the next batch"] = function(user)
      local task = fresh(user)
      local copy = task.rows.copy
      task.rows = setmetatable({
        copy = function(self, by, batch, out)
          local count = copy(self, by, batch, out)
          by.pg:execute("UPDATE events SET note = 'changed' WHERE id = 2")
          return count
        end,
      }, { __index = task.rows })
      expect.error("archive_differs", "rows changed while batch 1 was copied", task.batch, task, { rows = 5, before = BEFORE })
      expect.equal({ in_table(user), #in_files(user) }, { 12, 0 })
      task = store:open(user, "events")
      expect.equal(task:batch({ rows = 5, before = BEFORE }), 5)
      expect.equal({ in_table(user), #in_files(user) }, { 7, 5 })
    end,

    ["of two who archive from a table only the last to come can go on"] = function(user)
      local first = fresh(user)
      local second = store:open(user, "events")
      expect.error("archive_taken_over", "is archived by somebody else by now", first.batch, first, { rows = 5, before = BEFORE })
      expect.equal(in_table(user), 12)
      expect.equal(second:batch({ rows = 5, before = BEFORE }), 5)
      expect.equal(#in_files(user), 5)
    end,

    ["a batch whose commit came through without an answer is found"] = function(user)
      local task = fresh(user)
      task:batch({ rows = 5, before = BEFORE })
      local enter = task.files.enter
      task.files.enter = function()
        error({ kind = "connection_lost", message = "no answer" })
      end
      expect.error("connection_lost", "no answer", task.batch, task, { rows = 5, before = BEFORE })
      task.files.enter = enter
      expect.equal(task:batch({ rows = 5, before = BEFORE }), 0)
      expect.equal({ in_table(user), #in_files(user) }, { 2, 10 })
    end,

    ["a table that the archive does not have is refused"] = function(user)
      local ok, err = pcall(store.open, store, user, "other")
      expect.equal(ok, false)
      expect.that(tostring(err):find("there is no table `other` in the archive `kept`", 1, true), tostring(err))
    end,
  },
})
