local expect = require("support.expect")
local ledger = require("throng.ledger")
local suite = require("support.suite")
local verify = require("throng.verify")

--- A user with pages of its own, as far as a ledger knows one.
local function somebody()
  return { state = {} }
end

local function wrote(entries)
  return function() return entries end
end

return suite({
  tests = {
    ["amounts of all users add up"] = function()
      local book, one, other = ledger.sums("sums"), somebody(), somebody()
      book:post(one, { "a", "b" }, wrote({ a = 5, b = -2 }))
      book:post(one, { "a" }, wrote({ a = 1 }))
      book:post(other, { "a" }, wrote({ a = 10 }))
      book:post(other, { "a" }, wrote(false))
      ledger.close(one)
      ledger.close(other)
      local read = book:read()
      expect.that(read:holds("a", 100, 116), "all amounts of `a`")
      expect.that(read:holds("a", 100, "116"), "figures may come as text")
      expect.that(not read:holds("a", 100, 115), "one less")
      expect.that(read:holds("b", 0, -2) and read:holds("untouched", 7, 7), "`b`, and what nobody wrote to")
    end,

    ["what somebody wrote last may be there, and nothing else"] = function()
      local book, one, other = ledger.last("last"), somebody(), somebody()
      book:post(one, { "a" }, wrote({ a = 1 }))
      book:post(one, { "a" }, wrote({ a = 2 }))
      book:post(other, { "a" }, wrote({ a = 3 }))
      ledger.close(one)
      ledger.close(other)
      local read = book:read()
      expect.that(read:holds("a", 0, 2) and read:holds("a", 0, 3), "the last of each")
      expect.that(not read:holds("a", 0, 1) and not read:holds("a", 0, 0), "an earlier write, and none at all")
    end,

    ["a cell stays open if nobody knows what became of a write"] = function()
      local book, one = ledger.sums("open"), somebody()
      local function failing(kind)
        return function() error({ kind = kind }) end
      end
      expect.that(not pcall(book.post, book, one, { "refused" }, failing("sql")), "the error goes on up")
      expect.that(not pcall(book.post, book, one, { "lost" }, failing("connection_lost")), "the error goes on up")
      ledger.close(one)
      local read = book:read()
      expect.that(not read:holds("refused", 0, 5), "PostgreSQL refused it")
      expect.that(read:holds("lost", 0, 5), "nobody knows")
    end,

    ["what a cell should hold is said"] = function()
      local book, one, other, checks = ledger.last("said"), somebody(), somebody(), verify.new()
      book:post(one, { "a" }, wrote({ a = 1 }))
      book:post(other, { "a" }, wrote({ a = 2 }))
      ledger.close(one)
      ledger.close(other)
      book:read():check(checks, "a", 0, 3)
      local _, err = pcall(checks.finish, checks)
      expect.equal(err.message, "1 of 1 checks failed:\n  said: a: expected 1 or 2, found 3")
    end,

    ["a page that is not handed in is missed"] = function()
      local book = ledger.sums("missing")
      book:post(somebody(), { "a" }, wrote({ a = 1 }))
      local _, err = pcall(book.read, book)
      expect.that(tostring(err):find("lacks the pages of 1 users", 1, true), err)
    end,
  },
})
