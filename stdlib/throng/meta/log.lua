---@meta throng.log

--- Lines for the author of a scenario, on standard error, with the place that wrote them. After ten lines from one
--- place only every tenfold one is shown. `print` is the same as `log.info`.
---
--- ```lua
--- local log = require("throng.log")
--- log.warn("no member with id", id)
--- ```
local log = {}

--- For working on a scenario: shown by `throng rehearse`.
---@param ... any
function log.debug(...) end

--- For everyone, unless `--quiet`.
---@param ... any
function log.info(...) end

--- Something looks wrong.
---@param ... any
function log.warn(...) end

--- Something is wrong.
---@param ... any
function log.error(...) end

return log
