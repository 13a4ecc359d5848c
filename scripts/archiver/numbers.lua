--- Which of many numbers were seen, and which more than once, at a bit each.

local M = {}

local Numbers = {}
Numbers.__index = Numbers

--- None seen so far.
function M.new()
  return setmetatable({ words = {}, most = 0, twice = {} }, Numbers)
end

--- Notes a number, from 1.
function Numbers:see(number)
  local word, bit = number >> 6, 1 << (number & 63)
  local seen = self.words[word] or 0
  if seen & bit ~= 0 then
    self.twice[#self.twice + 1] = number
  end
  self.words[word], self.most = seen | bit, math.max(self.most, number)
end

--- An iterator over the numbers from 1 to `last` that were not seen.
function Numbers:missing(last)
  local number = 0
  return function()
    repeat
      number = number + 1
    until number > last or (self.words[number >> 6] or 0) & (1 << (number & 63)) == 0
    return number <= last and number or nil
  end
end

return M
