---@meta throng.file

--- Files of the run's own folder, and of no other place: `--data DIR`, or else a temporary folder that is removed
--- with the run. Paths are relative to it. What goes wrong raises an error of kind `file`.
---
--- ```lua
--- local file = require("throng.file")
---
--- file.append("seen.log", user.number .. "\n")
--- for line in file.lines("seen.log") do
---   print(line)
--- end
--- ```
local file = {}

--- The whole content.
---@param path string
---@return string content
function file.read(path) end

--- Makes or replaces a file, and the folders that its path names.
---@param path string
---@param content string
function file.write(path, content) end

--- Adds to the end of a file, which is made if there is none.
---@param path string
---@param content string
function file.append(path, content) end

--- An iterator over the lines, without their ends.
---@param path string
---@return fun(): string? next
function file.lines(path) end

--- The names in a folder, in order.
---@param folder? string the run's folder unless given
---@return string[] names
function file.list(folder) end

--- Whether there is a file or folder.
---@param path string
---@return boolean
function file.exists(path) end

--- The size in bytes.
---@param path string
---@return integer
function file.size(path) end

--- Removes a file; whether there was one.
---@param path string
---@return boolean
function file.remove(path) end

return file
