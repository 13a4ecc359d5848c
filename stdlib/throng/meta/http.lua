---@meta

--- The application in front, as `user.http`; further servers as `user.http.NAME`.
---
--- A request goes out on a connection of the target's pool, which keeps it alive for the next one; waiting for a
--- connection, or opening it, is the `pool` part of the operation's response. Each user has cookies of its own. What the
--- server answers is never an error by itself, whatever its status, unless the request says what it expects.
---
--- Each request is a row of the report's table of statements, under its `name` or else its method and path, and has the
--- metrics `http_first_byte_ms`, `http_responses` by status and, where a connection was opened for it, `http_dns_ms`,
--- `http_connect_ms` and `http_tls_ms`, each with the tag `request`. A request that met a connection which the server had
--- closed meanwhile is sent once more on a new one, if it can be done twice, and counted in `http_retries`. Answers of 400
--- and above to requests without `expect` are counted by status in `http_unasked`: no operation failed by them.
---
--- Errors have the kinds `dns`, `connect`, `tls`, `protocol` (what came is not HTTP), `status` (`err.status` was not
--- expected), `redirect`, `too_large`, `timeout`, `connection_lost` and `pool_timeout`.
---
--- ```lua
--- local api = user.http:with({ base = "/api", auth = { bearer = token }, expect = "2xx" })
--- local member = api:get("/members/{id}", { path = { id = 7 } }):json()
--- api:post("/members", { json = { name = "Ada", mail = "ada@example.com" }, expect = 201 })
--- user.http:post("/avatar", { multipart = { { name = "file", filename = "me.jpg", size = "2MB" } } })
--- local page = user.http.shop:get("/search", { query = { q = "tea" }, name = "search" })
--- user:check(page.body:find("Results", 1, true))
--- ```
---@class throng.http.Client
---@field [string] throng.http.Client
local Client = {}

--- Asks for what is at a path.
---@param path string begins with `/`; `{name}` stands for a value of the option `path`
---@param options? throng.http.Options
---@return throng.http.Response
function Client:get(path, options) end

--- Sends something to a path.
---@param path string
---@param options? throng.http.Options
---@return throng.http.Response
function Client:post(path, options) end

--- Puts something at a path.
---@param path string
---@param options? throng.http.Options
---@return throng.http.Response
function Client:put(path, options) end

--- Changes a part of what is at a path.
---@param path string
---@param options? throng.http.Options
---@return throng.http.Response
function Client:patch(path, options) end

--- Takes away what is at a path.
---@param path string
---@param options? throng.http.Options
---@return throng.http.Response
function Client:delete(path, options) end

--- Asks for the head alone of what is at a path.
---@param path string
---@param options? throng.http.Options
---@return throng.http.Response
function Client:head(path, options) end

--- Asks what can be done at a path.
---@param path string
---@param options? throng.http.Options
---@return throng.http.Response
function Client:options(path, options) end

--- Sends a request of any method.
---@param method string such as `"PROPFIND"`
---@param path string
---@param options? throng.http.Options
---@return throng.http.Response
function Client:request(method, path, options) end

--- A client of the same server, user and cookies whose requests have something in common. What a request says itself is
--- stronger; `base` and headers add to those of the client that it is made from.
---@param options throng.http.Common
---@return throng.http.Client
function Client:with(options) end

--- The user's cookies at this server, by name.
---@return table<string, string>
function Client:cookies() end

--- Throws the user's cookies at this server away.
function Client:clear_cookies() end

--- What the requests of a client have in common.
---@class throng.http.Common
---@field base? string what comes before each path; for `with` alone
---@field headers? table<string, string|number|false> by name; `false` takes one away that the client has
---@field auth? { user: string, password?: string }|{ bearer: string } whom to log in as
---@field expect? integer|string|(integer|string)[] statuses such as `200` or `"2xx"`; any other raises an error of kind `status`
---@field timeout? throng.Duration for sending and receiving the whole, without waiting for a connection; `statement_timeout` unless given
---@field redirects? integer how many are followed, 5 unless given; none leads to another server
---@field gzip? boolean ask for a compressed answer; what comes compressed is unpacked in any case
---@field cookies? boolean `false` neither brings nor takes any
---@field max_size? string|integer how much of an answer is kept, `"16MB"` unless given; more raises an error of kind `too_large`

--- The options of one request. Its body is one of `json`, `form`, `multipart` and `body`.
---@class throng.http.Options: throng.http.Common
---@field name? string the row of the report, instead of method and path
---@field path? table<string, string|number> values for the `{name}` parts of the path, which are encoded
---@field query? table<string, string|number|boolean|(string|number|boolean)[]> what comes behind `?`
---@field json? any a value as JSON, as `throng.json` writes it
---@field form? table<string, string|number|boolean|(string|number|boolean)[]> values as a form of a page sends them
---@field multipart? throng.http.Part[]|table<string, string|number|boolean> parts of a form with files, or values by name
---@field body? string|{ size: string|integer }|fun(): string? the bytes, how many to make up, or a function that gives one piece after the other and nil at the end
---@field into? fun(piece: string) gets the answer's body piece by piece; it may wait, which is not counted as the server's time
---@field discard? boolean only count the answer's body

--- A part of a form. Bytes that are made up take no memory.
---@class throng.http.Part
---@field name string the field's name
---@field filename? string makes it a file
---@field type? string its `content-type`
---@field body? string its content
---@field size? string|integer how many bytes of content to make up

--- An answer.
---@class throng.http.Response
---@field status integer such as 200
---@field ok boolean whether the status is one of 200 to 299
---@field headers table<string, string> by name in small letters; those that came more than once are joined
---@field body? string the body, unpacked; nil with `into` or `discard`
---@field size integer how long the body is, unpacked
---@field path string the path that was asked last, after redirects
local Response = {}

--- A header, whatever letters its name is written in.
---@param name string
---@return string?
function Response:header(name) end

--- The body as Lua values, whole numbers exact and null as `throng.null`. Raises an error of kind `bad_json` if it is not JSON.
---@return any
function Response:json() end
