--- Are the data what the users made of them? Users count what they write; `verify` holds the data against it.
---
---     local verify = require("throng.verify")
---
---     local function like_note(user)
---       local id = user.random:integer(1, user.params.notes)
---       verify.counted("likes", function()
---         user.pg:execute(add_like, id)
---       end)
---     end
---
---     verify = function(ctx)
---       local checks = verify.new()
---       checks:counted("likes", ctx.pg:value("SELECT sum(likes)::bigint FROM notes"))
---       checks:equal("notes", ctx.pg:value("SELECT count(*) FROM notes"), ctx.params.notes)
---       checks:finish()
---     end

local shared = require("throng.shared")

-- So many failures are spelt out; where a table was emptied, the rest says nothing new.
local MOST_SHOWN = 20

local M = {}

-- What throng looks at when `verify` has ended: checks made and not finished, names counted, and names asked about.
local unfinished = shared.counter("throng.verify.unfinished")
local names = { counted = shared.map("throng.verify.counted"), asked = shared.map("throng.verify.asked") }

-- What this state has noted already; users count often.
local noted = { counted = {}, asked = {} }

local function note(as, name)
  if not noted[as][name] then
    noted[as][name] = true
    names[as]:set(name, true)
  end
end

local function begun(name)
  return shared.counter("throng.verify.begun." .. name)
end

local function done(name)
  return shared.counter("throng.verify.done." .. name)
end

--- Does `work`, which writes one thing, and counts it under `name`. A `work` that returns false wrote nothing.
---
--- What was begun and not done, because it failed or the run ended, may have been written or not.
---@param name string
---@param work fun(): any
---@return any # what `work` returns
function M.counted(name, work)
  note("counted", name)
  begun(name):add(1)
  local result = work()
  if result == false then
    begun(name):add(-1)
  else
    done(name):add(1)
  end
  return result
end

--- How many were begun under `name`, done or not.
---@param name string
---@return integer
function M.begun(name)
  note("asked", name)
  return begun(name):get()
end

--- How many were done for sure under `name`.
---@param name string
---@return integer
function M.done(name)
  note("asked", name)
  return done(name):get()
end

--- Gathers what is wrong, so that one run tells all of it.
---@class throng.verify.Checks
---@field private wrong string[] what does not hold, one line each
---@field private made integer how many checks were made
---@field private open boolean whether any was made that `finish` has not told of
local Checks = {}
Checks.__index = Checks
Checks.__metatable = false

--- What a target said, as a number where `like` is one: in simple mode every value comes as text.
local function comparable(found, like)
  if type(found) == "string" and math.type(like) then
    return tonumber(found) or found
  end
  return found
end

--- An empty list of checks. What `verify` checks it must also finish, since only `finish` tells what is wrong.
---@return throng.verify.Checks
function M.new()
  return setmetatable({ wrong = {}, made = 0, open = false }, Checks)
end

--- Something must hold; `message` says what is wrong if it does not.
---@param holds any
---@param message string
function Checks:that(holds, message)
  if not self.open then
    self.open = true
    unfinished:add(1)
  end
  self.made = self.made + 1
  if not holds then
    self.wrong[#self.wrong + 1] = message
  end
end

--- A figure must be this one.
---@param what string
---@param found any
---@param expected any
function Checks:equal(what, found, expected)
  self:that(comparable(found, expected) == expected, ("%s: expected %s, found %s"):format(what, expected, found))
end

--- What a row says, in the order of its columns' names.
local function described(row)
  local columns = {}
  for name, value in pairs(row) do
    columns[#columns + 1] = ("%s = %s"):format(name, tostring(value))
  end
  table.sort(columns)
  return table.concat(columns, ", ")
end

--- Nothing must be found of what must not be there; the first one is shown if there is something.
---
---     checks:none("orders of nobody", ctx.pg:cursor(orders_without_customer))
---@param what string
---@param rows fun(): table?
function Checks:none(what, rows)
  local count, first = 0, nil
  for row in rows do
    count, first = count + 1, first or row
  end
  self:that(count == 0, first and ("%s: %d, such as %s"):format(what, count, described(first)))
end

--- As many must be found as users counted under `name`: all that are done, and perhaps some that were only begun.
---
--- A name that nobody counted, beside one that was counted and is never asked about, is a mistake of the script.
---@param name string
---@param found integer|string a number, or its text
function Checks:counted(name, found)
  local number = tonumber(found)
  if not number then
    local came = found == nil and "nil, as a sum over no rows is" or tostring(found)
    error(("`checks:counted`: expected the number of `%s` found, got %s"):format(tostring(name), came), 2)
  end
  note("asked", name)
  local low, high = done(name):get(), begun(name):get()
  local expected = low == high and tostring(low) or ("%d to %d"):format(low, high)
  self:that(number >= low and number <= high, ("%s: users wrote %s, found %s"):format(name, expected, found))
end

--- Ends the verification: raises one error that names all that is wrong, or says that nothing was checked.
---@return integer made how many checks were made
function Checks:finish()
  if self.open then
    self.open = false
    unfinished:add(-1)
  end
  if self.made == 0 then
    error({ kind = "verify", message = "no check was made" })
  end
  if #self.wrong > 0 then
    local shown = table.concat(self.wrong, "\n  ", 1, math.min(#self.wrong, MOST_SHOWN))
    local more = #self.wrong > MOST_SHOWN and ("\n  and %d more"):format(#self.wrong - MOST_SHOWN) or ""
    local message = ("%d of %d checks failed:\n  %s%s"):format(#self.wrong, self.made, shown, more)
    error({ kind = "verify", message = message })
  end
  return self.made
end

return M
