---@meta throng.json

--- JSON text to and from Lua values.
---
--- A table with keys 1 to n is an array, one with names is an object, an empty one is an object unless `json.array`
--- marked it. Decoded arrays are marked, so that they stay arrays when encoded again.
---
--- ```lua
--- local json = require("throng.json")
---
--- json.encode({ name = "Ann", tags = json.array({}) }) --> {"name":"Ann","tags":[]}
--- assert(json.decode('{"id": 9223372036854775807}').id == math.maxinteger)
--- ```
---@class throng.json
---@field null userdata JSON's null, the same as `throng.null`
local json = {}

--- How JSON is written.
---@class throng.json.Options
---@field pretty? boolean over several lines

--- A value as JSON. Objects are written in the order of their keys, so that the same value is always the same text.
---@param value any
---@param options? throng.json.Options
---@return string text
function json.encode(value, options) end

--- The value that a text stands for. Whole numbers of 64 bits are exact, others become floats; null becomes
--- `json.null`.
---@param text string
---@return any value
function json.decode(text) end

--- Marks a table as an array, even when it is empty.
---@generic T
---@param items? T[]
---@return T[] items the same table
function json.array(items) end

return json
