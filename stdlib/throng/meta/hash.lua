---@meta throng.hash

--- Digests, checksums, and bytes written as text.
---
--- ```lua
--- local hash = require("throng.hash")
---
--- local content = gen.bytes(i, 4096)
--- user.pg:execute(insert_file, content, hash.sha256(content))
--- ```
local hash = {}

--- SHA-256 in hex.
---@param bytes string
---@return string
function hash.sha256(bytes) end

--- MD5 in hex, as PostgreSQL's `md5()` gives it. Not for secrets.
---@param bytes string
---@return string
function hash.md5(bytes) end

--- CRC-32 as zip and PNG use it.
---@param bytes string
---@return integer
function hash.crc32(bytes) end

--- FNV-1a with 64 bits: fast, for spreading keys.
---@param bytes string
---@return integer
function hash.fnv1a64(bytes) end

---@alias throng.hash.Algorithm "sha256"|"md5"|"crc32"

--- A digest of what comes piece by piece.
---@class throng.hash.Stream
local Stream = {}

--- Takes more bytes in.
---@param bytes string
function Stream:update(bytes) end

--- The digest of all that came, as the function of its name gives it. Ends the stream.
---@return string|integer
function Stream:digest() end

--- Begins a digest.
---@param algorithm throng.hash.Algorithm
---@return throng.hash.Stream
function hash.stream(algorithm) end

--- Bytes in hex.
---@param bytes string
---@return string
function hash.to_hex(bytes) end

--- The bytes that hex digits stand for.
---@param text string
---@return string
function hash.from_hex(text) end

--- Bytes in base64.
---@param bytes string
---@return string
function hash.to_base64(bytes) end

--- The bytes that base64 stands for.
---@param text string
---@return string
function hash.from_base64(text) end

return hash
