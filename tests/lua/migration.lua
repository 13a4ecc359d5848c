local expect = require("support.expect")
local migration = require("throng.migration")
local suite = require("support.suite")
local verify = require("throng.verify")

--- A store in a table of Lua, which is all a migration asks for.
local function store()
  local held = {}
  local self = { held = held }
  function self.read(_, key)
    local copy = held[key] and {}
    for name, value in pairs(held[key] or {}) do
      copy[name] = value
    end
    return copy
  end
  function self.write(_, key, record, when)
    if self.broken then
      error({ kind = "sql", message = "the store is away" })
    end
    local newer = when == "always" or not held[key] or held[key].version < record.version
    if newer then
      held[key] = record
    end
    return newer
  end
  function self.write_many(user, entries)
    for _, entry in ipairs(entries) do
      self.write(user, entry.key, entry.record)
    end
  end
  function self.remove(_, key)
    held[key] = nil
  end
  function self.page(user)
    local entries = {}
    for key in pairs(held) do
      entries[#entries + 1] = { key = key, record = self.read(user, key) }
    end
    return entries, nil
  end
  function self.count()
    local count = 0
    for _ in pairs(held) do
      count = count + 1
    end
    return count
  end
  return self
end

local made = 0

--- A migration of its own for each test, with its sides.
local function moving()
  made = made + 1
  local source, target = store(), store()
  local fields = { name = "text", note = "text", paid = "boolean", tags = "json", at = "timestamp" }
  local records = { things = { fields = fields, source = source, target = target } }
  return migration.new({ name = "test" .. made, records = records }), source.held, target.held, target
end

local function renamed(name)
  return function(record)
    record = record or {}
    record.name = name
    return record
  end
end

--- What `check` says is wrong; nil if nothing is.
local function finding(of, user)
  local checks = verify.new()
  of:check(user, checks)
  local ok, err = pcall(checks.finish, checks)
  return not ok and err.message or nil
end

return suite({
  tests = {
    ["every change of a record is a version of its own"] = function(user)
      local of, source, target = moving()
      expect.equal(of.records.things:update(user, "1", renamed("a")), { name = "a", version = 1 })
      expect.equal(of.records.things:update(user, "1", renamed("b")), { name = "b", version = 2 })
      expect.equal(of.records.things:update(user, "1", function() return nil end), nil)
      expect.equal(of.records.things:write(user, "1", { name = "late", version = 2 }), false)
      expect.equal(of.records.things:read(user, "1"), { name = "b", version = 2 })
      expect.equal(source, { ["1"] = { name = "b", version = 2 } })
      expect.equal(target, {})
    end,

    ["what is written during and after the backfill arrives"] = function(user)
      local of, source, target = moving()
      local things = of.records.things
      things:update(user, "old", renamed("a"))
      of:backfill(user, 0)
      things:update(user, "old", renamed("b"))
      expect.equal(target.old.version, 1)
      of:dual_write(user, 0)
      expect.equal(target.old.version, 2)
      things:update(user, "new", renamed("c"))
      expect.equal(target, source)
      of:shadow_read(user, 0)
      of:finish()
      expect.equal(finding(of, user), nil)
    end,

    ["a target that is away fails no user, and gets what it missed"] = function(user)
      local of, source, target, side = moving()
      of:backfill(user, 0)
      of:dual_write(user, 0)
      side.broken = true
      of.records.things:update(user, "1", renamed("a"))
      expect.equal(target, {})
      side.broken = false
      of:shadow_read(user, 0)
      expect.equal(target, source)
      of:finish()
      expect.equal(finding(of, user), nil)
    end,

    ["users are moved there and back, and lose nothing that is written to both"] = function(user)
      local of, source, target = moving()
      local things = of.records.things
      of:dual_write(user, 0)
      of:cutover(user, 0)
      things:update(user, "1", renamed("over there"))
      of:rollback(user, 0)
      expect.equal(source["1"].name, "over there")
      things:update(user, "1", renamed("back"))
      expect.equal(target, source)
      of:cutover(user, 0, { phase = "again" })
      of:validate(user, 0)
      of:finish()
      expect.equal(finding(of, user), nil)
    end,

    ["a rollback names what only the target has"] = function(user)
      local of, source, target = moving()
      of.records.things:update(user, "1", renamed("a"))
      of:backfill(user, 0)
      of:dual_write(user, 0)
      of:cutover(user, 0, { mirror_back = false })
      of.records.things:update(user, "1", renamed("b"))
      of.records.things:update(user, "1", renamed("c"))
      of.records.things:update(user, "2", renamed("d"))
      of:rollback(user, 0)
      expect.equal(target, source)
      of:finish()
      local wrong = finding(of, user)
      expect.that(wrong:find("rollback: things 1: 2 writes lost", 1, true), wrong)
      expect.that(wrong:find("rollback: things 2: 1 writes lost", 1, true), wrong)
    end,

    ["differences are told by their class, and stop a cutover"] = function(user)
      local of, source, target = moving()
      source.missing, target.extra = { version = 1 }, { version = 1 }
      source.stale, target.stale = { version = 3 }, { version = 1 }
      source.ahead, target.ahead = { version = 1 }, { version = 2 }
      source.changed = { version = 1, note = "", paid = false, tags = { b = 1, a = 2 }, at = 1500000 }
      target.changed = { version = 1, paid = false, tags = { a = 2, b = 1 }, at = 1500001 }
      of:dual_write(user, 0)
      of:shadow_read(user, 0)
      expect.error("migration_refused", "rows differ", of.cutover, of, user, 0)
      local wrong = finding(of, user)
      for _, text in ipairs({
        "things missing: missing in the target",
        "things extra: in the target only",
        "things stale: the target is behind: version 1, in the source 3",
        "things ahead: the target is ahead: version 2, in the source 1",
        "things changed: changed (at: source 1970-01-01T00:00:01.500000Z, target 1970-01-01T00:00:01.500001Z",
        'note: source "", target nothing',
      }) do
        expect.that(wrong:find(text, 1, true), text .. "\n" .. wrong)
      end
      expect.that(not wrong:find("tags", 1, true) and not wrong:find("paid", 1, true), wrong)
    end,

    ["a step that fails ends the timeline, and says why"] = function(user)
      local of = moving()
      expect.error("sold_out", "no disks", of.hold, of, user, "preparation", 0, function()
        error({ kind = "sold_out", message = "no disks" })
      end)
      expect.that(finding(of, user):find("preparation: failed: no disks", 1, true))
    end,

    ["a timeline that did not come to its end fails"] = function(user)
      local of = moving()
      of:hold(user, "baseline", 0)
      expect.that(finding(of, user):find("the timeline stood at `baseline`", 1, true))
    end,

    ["a field of an unknown type is refused"] = function()
      local fields = { at = "time" }
      local ok, err = pcall(function()
        migration.new({ records = { x = { fields = fields, source = {}, target = {} } } })
      end)
      expect.that(not ok and tostring(err):match("^migration%.lua:%d+: field `at`: `time` is no type"), err)
    end,
  },
})
