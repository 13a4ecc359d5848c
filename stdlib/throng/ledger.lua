--- What users wrote to each of many cells, such as accounts or fields, so that `verify` can tell what each must hold.
---
--- Users note what they write, each in a page of its own, and hand the page in when they leave; `verify` puts the pages
--- together.
---
---     local ledger = require("throng.ledger")
---     local balances = ledger.sums("balances")
---
---     local function deposit(user)
---       local id, amount = user.random:integer(1, 100), user.random:integer(1, 50)
---       balances:post(user, { "account " .. id }, function()
---         user.pg:execute(add_to_balance, id, amount)
---         return { ["account " .. id] = amount }
---       end)
---     end
---
---     verify = function(ctx)
---       local checks, book = verify.new(), balances:read()
---       for row in ctx.pg:cursor("SELECT id, balance FROM accounts") do
---         book:check(checks, "account " .. row.id, 100, row.balance)
---       end
---       checks:finish()
---     end,
---
---     personas = { teller = { stop = ledger.close, operations = { deposit = deposit } } }
---
--- A page holds one entry for each cell that its user wrote to, however often: that is what a long run needs of memory.

local shared = require("throng.shared")

local M = {}

-- Where a user's pages are among its own values.
local PAGES = "throng.ledger"

--- Cells by what users did to them, over all workers.
---@class throng.ledger.Ledger
---@field private name string
---@field private add boolean whether entries of a cell are added up, rather than the last one kept
local Ledger = {}
Ledger.__index = Ledger
Ledger.__metatable = false

--- All pages of a ledger put together, for `verify`.
---@class throng.ledger.Book
---@field private name string
---@field private add boolean
---@field private cells table<string, any[]> for each cell the entries of its users
---@field private open table<string, boolean> cells of which nobody knows whether a write reached them
local Book = {}
Book.__index = Book
Book.__metatable = false

local function handed_in(name)
  return shared.queue("throng.ledger.pages." .. name)
end

local function still_out(name)
  return shared.counter("throng.ledger.out." .. name)
end

--- A ledger of amounts that users add to cells: each holds what it held at first and all amounts.
---@param name string
---@return throng.ledger.Ledger
function M.sums(name)
  return setmetatable({ name = name, add = true }, Ledger)
end

--- A ledger of values that users put into cells: each holds what one of its users wrote last.
---@param name string
---@return throng.ledger.Ledger
function M.last(name)
  return setmetatable({ name = name, add = false }, Ledger)
end

--- The user's page in a ledger.
local function page_of(ledger, user)
  local pages = user.state[PAGES]
  if not pages then
    pages = {}
    user.state[PAGES] = pages
  end
  local page = pages[ledger.name]
  if not page then
    page = { entries = {}, open = {} }
    pages[ledger.name] = page
    still_out(ledger.name):add(1)
  end
  return page
end

local function count_open(page, cells, by)
  for _, cell in ipairs(cells) do
    local count = (page.open[cell] or 0) + by
    page.open[cell] = count > 0 and count or nil
  end
end

--- Does `work`, which writes to some of `cells` in one statement or transaction, and notes what it returns: an entry for
--- each cell that it wrote to; false or nil if it wrote nothing.
---
--- When PostgreSQL refuses the work, nothing was written. When it fails otherwise or is cut off, nobody knows, and the
--- cells stay open: whatever they hold is right.
---@param user throng.User
---@param cells string[] all that it might write to
---@param work fun(): table<string, any>|false|nil
---@return table<string, any>|false|nil # what `work` returns
function Ledger:post(user, cells, work)
  local page = page_of(self, user)
  count_open(page, cells, 1)
  local ok, written = pcall(work)
  if not ok then
    if written.kind == "sql" then
      count_open(page, cells, -1)
    end
    error(written)
  end
  for cell, entry in pairs(written or {}) do
    page.entries[cell] = self.add and (page.entries[cell] or 0) + entry or entry
  end
  count_open(page, cells, -1)
  return written
end

--- Hands in the pages of a user who leaves: for a persona's `stop`.
---@param user throng.User
function M.close(user)
  for name, page in pairs(user.state[PAGES] or {}) do
    handed_in(name):push(page)
    still_out(name):add(-1)
  end
  user.state[PAGES] = nil
end

--- All that was noted, for `verify`. The pages are gone afterwards.
---@return throng.ledger.Book
function Ledger:read()
  local out = still_out(self.name):get()
  if out > 0 then
    error(("the ledger `%s` lacks the pages of %d users: their personas need `stop = ledger.close`"):format(self.name, out), 2)
  end
  local book = setmetatable({ name = self.name, add = self.add, cells = {}, open = {} }, Book)
  local pages = handed_in(self.name)
  for page in function() return pages:try_pop() end do
    for cell, entry in pairs(page.entries) do
      local entries = book.cells[cell] or {}
      entries[#entries + 1] = entry
      book.cells[cell] = entries
    end
    for cell in pairs(page.open) do
      book.open[cell] = true
    end
  end
  return book
end

local function sum(entries)
  local total = 0
  for _, entry in ipairs(entries) do
    total = total + entry
  end
  return total
end

--- What a cell may hold that held `initial` at first.
local function possible(book, cell, initial)
  local entries = book.cells[cell]
  if not entries then
    return { initial }
  end
  return book.add and { initial + sum(entries) } or entries
end

--- Can a cell that held `initial` at first hold `found` by now?
---@param cell string
---@param initial any
---@param found any
---@return boolean
function Book:holds(cell, initial, found)
  if self.open[cell] then
    return true
  end
  for _, value in ipairs(possible(self, cell, initial)) do
    -- In simple mode every value comes as text.
    if found == value or (math.type(value) and tonumber(found) == value) then
      return true
    end
  end
  return false
end

--- Adds to `checks` that a cell holds what it must.
---@param checks throng.verify.Checks
---@param cell string
---@param initial any
---@param found any
function Book:check(checks, cell, initial, found)
  local holds = self:holds(cell, initial, found)
  local function message()
    local expected = {}
    for i, value in ipairs(possible(self, cell, initial)) do
      expected[i] = tostring(value)
    end
    return ("%s: %s: expected %s, found %s"):format(self.name, cell, table.concat(expected, " or "), tostring(found))
  end
  checks:that(holds, holds or message())
end

return M
