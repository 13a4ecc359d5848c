---@meta throng.env

--- Environment variables that the scenario declares. Each is a field; one that is not set is nil.
---
--- ```lua
--- local env = require("throng.env")
---
--- return {
---   env = { "API_TOKEN" },
---   setup = function(ctx)
---     local token = env.API_TOKEN or "none"
---   end,
---   -- …
--- }
--- ```
---@class throng.env
---@field [string] string?
local env = {}

--- A variable that the scenario declares.
---@param name string
---@param default? string used if it is not set
---@return string?
function env.get(name, default) end

return env
