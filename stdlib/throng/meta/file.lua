---@meta throng.file

--- Files of the run's own folder, and of no other place: `--data DIR`, which outlives the run, or else a temporary folder
--- that is removed with it. Paths are relative to it. What goes wrong raises an error of kind `file`.
---
--- ```lua
--- local file = require("throng.file")
---
--- file.append("seen.log", user.number .. "\n")
--- for line in file.lines("seen.log") do
---   print(line)
--- end
--- ```
---
--- What is to survive a crash, of the program or of the machine, is written under a name of its own, seen on the disk, and
--- only then given its real name:
---
--- ```lua
--- local out = file.create("orders.gz.part", { gzip = true })
--- user.pg:copy_out("orders", out)
--- out:close({ sync = true })
--- file.rename("orders.gz.part", "orders.gz")
--- file.sync() -- the folder, so that the new name is on the disk too
--- ```
local file = {}

---@class throng.file.WriteOptions
---@field sync? boolean whether to wait until the content is on the disk

---@class throng.file.GzipOptions
---@field gzip? boolean whether the file is compressed with gzip

---@class throng.file.ChunkOptions: throng.file.GzipOptions
---@field size? integer bytes of a piece; 65536 unless given

--- The whole content.
---@param path string
---@return string content
function file.read(path) end

--- Makes or replaces a file, and the folders that its path names.
---@param path string
---@param content string
---@param options? throng.file.WriteOptions
function file.write(path, content, options) end

--- Adds to the end of a file, which is made if there is none.
---@param path string
---@param content string
---@param options? throng.file.WriteOptions
function file.append(path, content, options) end

--- A file that is written piece by piece.
---@class throng.file.Writer
local Writer = {}

--- Adds to the end. After an error the file is closed, and nobody knows how much of it is there.
---@param bytes string
function Writer:write(bytes) end

--- Writes what is left and closes the file, without which it is not whole.
---@param options? throng.file.WriteOptions
---@return integer size of the file in bytes
function Writer:close(options) end

--- Makes or empties a file for writing, and the folders that its path names.
---@param path string
---@param options? throng.file.GzipOptions
---@return throng.file.Writer
function file.create(path, options) end

--- An iterator over the lines, without their ends.
---@param path string
---@param options? throng.file.GzipOptions
---@return fun(): string? next
function file.lines(path, options) end

--- An iterator over the content in pieces.
---@param path string
---@param options? throng.file.ChunkOptions
---@return fun(): string? next
function file.chunks(path, options) end

--- The digest of a file as it lies there, compressed or not, as the function of `throng.hash` of that name makes it.
---@param path string
---@param algorithm throng.hash.Algorithm
---@return string|integer
function file.digest(path, algorithm) end

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

--- Gives a file another name, in one step, in place of what has that name.
---@param from string
---@param to string
function file.rename(from, to) end

--- Waits until a file's content, or the names in a folder, are on the disk.
---@param path? string the run's folder unless given
function file.sync(path) end

return file
