---@meta throng.csv

--- Comma-separated text to and from rows.
---
--- ```lua
--- local csv = require("throng.csv")
--- local file = require("throng.file")
---
--- for row in csv.rows(file.read("members.csv")) do
---   ctx.pg:execute(insert_member, row.name, row.email)
--- end
--- ```
local csv = {}

--- How text is read.
---@class throng.csv.ReadOptions
---@field header? boolean whether the first line names the columns (the default); rows are then tables by name, else lists
---@field delimiter? string what stands between fields; `,` unless given

--- How text is written.
---@class throng.csv.WriteOptions
---@field columns? string[] rows are tables by these names; without it, rows are lists
---@field header? boolean whether the names are the first line (the default)
---@field delimiter? string what stands between fields; `,` unless given

--- All rows. Fields are strings; an empty field is an empty string.
---@param text string
---@param options? throng.csv.ReadOptions
---@return table[] rows
function csv.parse(text, options) end

--- An iterator over the rows, for texts too long to hold every row at once.
---@param text string
---@param options? throng.csv.ReadOptions
---@return fun(): table? next
function csv.rows(text, options) end

--- Rows as text. Nil and null are empty fields.
---@param rows table[]|fun(): table? a list of rows, or an iterator over them
---@param options? throng.csv.WriteOptions
---@return string text
function csv.write(rows, options) end

return csv
