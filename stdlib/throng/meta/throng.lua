---@meta throng

--- What belongs to no other module.
---
--- ```lua
--- local throng = require("throng")
--- user.pg:execute(insert_tags, { "a", throng.null, "c" })
--- ```
---@class throng
---@field null userdata stands for NULL inside arrays and JSON, where nil would leave a hole
---@field version string the version of throng
local throng = {}

return throng
