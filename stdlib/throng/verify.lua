--- Checks on the data after a load: gathers what is wrong, then fails once and names all of it.
---
---     local verify = require("throng.verify")
---
---     verify = function(ctx)
---       local checks = verify.new()
---       checks:equal("total balance", ctx.pg:value("SELECT sum(balance)::bigint FROM accounts"), 100000)
---       checks:finish()
---     end

local M = {}

---@class throng.verify.Checks
---@field private wrong string[] what does not hold, one line each
---@field private made integer how many checks were made
local Checks = {}
Checks.__index = Checks

--- An empty list of checks.
---@return throng.verify.Checks
function M.new()
  return setmetatable({ wrong = {}, made = 0 }, Checks)
end

--- Something must hold; `message` says what is wrong when it does not.
---@param holds any
---@param message string
function Checks:that(holds, message)
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
  self:that(found == expected, ("%s: expected %s, found %s"):format(what, expected, found))
end

--- A figure must lie between two, both included.
---@param what string
---@param found number
---@param low number
---@param high number
function Checks:between(what, found, low, high)
  local expected = low == high and tostring(low) or ("%s to %s"):format(low, high)
  self:that(found and found >= low and found <= high, ("%s: expected %s, found %s"):format(what, expected, found))
end

--- Ends the verification: fails it if anything was wrong.
---@return integer made how many checks were made
function Checks:finish()
  if #self.wrong > 0 then
    local message = ("%d of %d checks failed:\n  %s"):format(#self.wrong, self.made, table.concat(self.wrong, "\n  "))
    error({ kind = "verify", message = message })
  end
  return self.made
end

return M
