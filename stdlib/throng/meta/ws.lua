---@meta

--- WebSockets to the application in front, as `user.ws`; to further servers as `user.ws.NAME`. The servers are those of
--- [user.http](http.md), and the user brings the cookies that it got there.
---
--- A socket has a connection of its own, outside of the pool, and ends with its user at the latest, with a farewell. Opening
--- one is a row of the report's table of statements, such as `WS /live`, with the same steps among the metrics as a request
--- has; so are waiting for a message, `WS /live receive`, and a ping. Messages are counted in the metric `ws_messages` with
--- the tags `request` and `direction`. The server's pings are answered whenever something is sent or received.
---
--- Beside the kinds of errors of requests, `closed` says that the other side has closed the socket; `err.code` is its code.
---
--- ```lua
--- local socket = user.ws:connect("/live", { query = { room = 7 } })
--- socket:send_json({ action = "join" })
--- local welcome = socket:receive_json("5s")
--- for text in socket:messages("30s") do
---   user:check(#text > 0)
--- end
--- socket:close()
--- ```
---@class throng.ws.Client
---@field [string] throng.ws.Client
local Client = {}

--- Opens a socket.
---@param path string begins with `/`; `{name}` stands for a value of the option `path`
---@param options? throng.ws.Options
---@return throng.ws.Socket
function Client:connect(path, options) end

---@class throng.ws.Options
---@field headers? table<string, string|number> by name
---@field auth? { user: string, password?: string }|{ bearer: string } whom to log in as
---@field protocols? string[] protocols to offer; the server may choose one
---@field timeout? throng.Duration limit for opening it; `statement_timeout` unless given
---@field name? string the row of the report, instead of `WS` and the path
---@field path? table<string, string|number> values for the `{name}` parts of the path, which are encoded
---@field query? table<string, string|number|boolean|(string|number|boolean)[]> what comes behind `?`
---@field cookies? boolean `false` brings none
---@field max_size? string|integer the largest message that is taken, `"16MB"` unless given; a larger one raises an error of kind `too_large`

--- An open socket.
---@class throng.ws.Socket
---@field protocol? string the protocol that the server chose
---@field is_open boolean whether neither side has said farewell, as far as is known
local Socket = {}

--- Sends a text.
---@param message string
function Socket:send(message) end

--- Sends bytes.
---@param message string
function Socket:send_binary(message) end

--- Sends a value as a text of JSON.
---@param value any
function Socket:send_json(value) end

--- Waits for the next message.
---@param timeout? throng.Duration without one, as long as it takes
---@return string? message nil if none came in time
---@return "text"|"binary"? kind
function Socket:receive(timeout) end

--- Waits for the next message and reads it as JSON. Raises an error of kind `bad_json` if it is none.
---@param timeout? throng.Duration without one, as long as it takes
---@return any? value nil if no message came in time
function Socket:receive_json(timeout) end

--- The messages, for a loop: `for text, kind in socket:messages() do`. The loop ends when a message takes longer than
--- `timeout`, or when the other side closes the socket with code 1000 or 1001 or without one; another code is an error.
---@param timeout? throng.Duration without one, as long as it takes
---@return fun(): string?, "text"|"binary"?
function Socket:messages(timeout) end

--- Sends a ping and waits for its answer. Messages that come before it are kept for `receive`; more of
--- them than one of `max_size` raise an error of kind `too_large`.
---@param timeout? throng.Duration `statement_timeout` unless given
---@return number seconds
function Socket:ping(timeout) end

--- Says farewell, and waits for the other side's; a socket that is closed already stays so.
---@param code? integer 1000 unless given
---@param reason? string
---@return integer? code the other side's; nil if the socket was closed
function Socket:close(code, reason) end
