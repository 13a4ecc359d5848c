---@meta throng.time

--- The time of day, stretches of time, sleeping.
---
--- ```lua
--- local time = require("throng.time")
---
--- local before = time.monotonic()
--- user.pg:execute(refresh)
--- lag:add(time.elapsed(before))
--- ```
local time = {}

--- The time of day, in seconds since 1970.
---@return number
function time.now() end

--- Seconds since some moment before the run; never set back, and the same clock for all users.
---@return number
function time.monotonic() end

--- Seconds since a reading of `time.monotonic`.
---@param since number
---@return number
function time.elapsed(since) end

--- Milliseconds as seconds, as every duration may be given.
---@param n number
---@return number
function time.ms(n) end

--- Seconds.
---@param n number
---@return number
function time.s(n) end

--- Minutes as seconds.
---@param n number
---@return number
function time.minutes(n) end

--- A duration such as `"150ms"` in seconds.
---@param duration throng.Duration
---@return number
function time.parse(duration) end

--- A time of day in UTC: `2024-02-29T12:00:00.000Z`, or by a pattern of strftime such as `"%H:%M"`.
---@param timestamp number seconds since 1970
---@param pattern? string `"iso"` unless given
---@return string
function time.format(timestamp, pattern) end

--- Waits. In users as `user:sleep`; here for `setup` and `verify`.
---@param duration throng.Duration
function time.sleep(duration) end

return time
