---@meta throng.pg

--- Statements for PostgreSQL, and wrappers for values that need one. What sends them is `user.pg`.
---
--- ```lua
--- local pg = require("throng.pg")
---
--- local find_member = pg.statement("find_member", "SELECT * FROM members WHERE id = $1")
---
--- local member = user.pg:one(find_member, 7)
--- ```
---
--- ## Values
---
--- | PostgreSQL | Lua |
--- |---|---|
--- | `bool` | boolean |
--- | `int2`, `int4`, `int8`, `oid`, `xid`, `regclass` and their like | integer |
--- | `float4`, `float8` | float, also NaN and infinities |
--- | `numeric` | exact string such as `"12.50"`; a number with the option `numeric = "number"` |
--- | `text`, `varchar`, `char`, `name`, `xml`, enums | string |
--- | `bytea` | byte string |
--- | `json`, `jsonb` | what `json.decode` makes of it |
--- | arrays of any dimensions | lists, with `pg.null` for NULL |
--- | `money` | decimal string with two places, such as `"-12.50"` |
--- | all others: dates, times, intervals, uuid, networks, ranges, geometry, composites … | the string that psql shows with `DateStyle` ISO, `IntervalStyle` postgres and `TimeZone` UTC |
--- | NULL | nil, so that the row has no such field |
---
--- The other way, a string goes to `bytea` as its bytes, to `json` and `jsonb` as JSON already written, and to every
--- other type as text that the server parses. Integers and floats are checked against the range of the parameter's
--- type. A list becomes an array, or JSON where JSON is expected; a table with names becomes JSON. A value that can't
--- be sent raises an error that names parameter, statement and type.
---
--- With `statements = "unnamed"` or `"simple"` in `throng.toml`, which work through PgBouncer in transaction mode,
--- the server infers the types: lists go as arrays, tables with names as JSON, and byte strings need `pg.bytes`.
--- With `"simple"` all results are strings as the server prints them.
---@class throng.pg
---@field null userdata NULL inside a list, the same as `throng.null`
local pg = {}

---@class throng.pg.Statement

---@class throng.pg.StatementOptions
---@field numeric? "string"|"number" how `numeric` comes: an exact string unless given
---@field timeout? throng.Duration its own time limit, instead of the scenario's
---@field fetch? integer how many rows a cursor over it fetches at a time; 1000 unless given

--- A statement with a label, under which its figures are kept. Each connection prepares it once.
---@param label string
---@param sql string with `$1`, `$2` … for parameters
---@param options? throng.pg.StatementOptions
---@return throng.pg.Statement
function pg.statement(label, sql, options) end

--- Bytes for `bytea` where the server does not tell that it expects some: with unnamed and simple statements, and in
--- rows for `copy_in`.
---@param bytes string
---@return userdata
function pg.bytes(bytes) end

--- Any value as JSON, such as a string that is to be a JSON string.
---@param value any
---@return userdata
function pg.json(value) end

---@alias throng.pg.Value nil|boolean|number|string|table|userdata
---@alias throng.pg.Row table<string, any>

--- PostgreSQL, as `user.pg`; further targets as `user.pg.NAME`.
---
--- Where a statement is expected, an SQL text does as well; it has no figures of its own. A statement that the server
--- refuses raises an error of kind `sql`, with `sqlstate`, `condition`, `message`, and what the server sent of
--- `detail`, `constraint`, `table`, `column`, `schema`, `datatype`, `where` and `position`.
---@class throng.pg.Client
---@field [string] throng.pg.Client
local Client = {}

--- All rows, as a list of tables by column name.
---@param statement throng.pg.Statement|string
---@param ... throng.pg.Value
---@return throng.pg.Row[]
function Client:query(statement, ...) end

--- The first row, or nil.
---@param statement throng.pg.Statement|string
---@param ... throng.pg.Value
---@return throng.pg.Row?
function Client:one(statement, ...) end

--- The first value of the first row, or nil.
---@param statement throng.pg.Statement|string
---@param ... throng.pg.Value
---@return any
function Client:value(statement, ...) end

--- How many rows the statement changed or returned.
---@param statement throng.pg.Statement|string
---@param ... throng.pg.Value
---@return integer
function Client:execute(statement, ...) end

--- Runs an SQL text of any number of statements, such as a schema. Takes no parameters.
--- A transaction that it begins it must end.
---@param sql string
function Client:script(sql) end

---@class throng.pg.TransactionOptions
---@field isolation? "read committed"|"repeatable read"|"serializable"|"read uncommitted" the server's default unless given
---@field read_only? boolean
---@field deferrable? boolean
---@field retry? integer how often the function may be called again after a serialization failure (40001) or a deadlock (40P01); 0 unless given

--- Calls `work` within a transaction, and commits when it returns. An error rolls back and goes on up.
---
--- Inside, use `tx`: `user.pg` would take another connection, and is refused. With `retry`, the function may be called
--- several times, with a random pause in between; each further call counts as a retry of the operation.
---
--- ```lua
--- user.pg:transaction(function(tx)
---   local balance = tx:value(balance_of, from)
---   user:check(balance >= amount, "enough money")
---   tx:execute(add, from, -amount)
---   tx:execute(add, to, amount)
--- end, { isolation = "serializable", retry = 5 })
--- ```
---@param work fun(tx: throng.pg.Client): ...
---@param options? throng.pg.TransactionOptions
---@return ... # what `work` returns
function Client:transaction(work, options) end

--- Runs a statement with many sets of parameters, sent without waiting for each answer. Outside a transaction each
--- set commits on its own, and those sent before a failure stay done.
---
--- ```lua
--- tx:batch(insert_line, { { order, 1, "apple" }, { order, 2, "pear" } })
--- ```
---@param statement throng.pg.Statement|string
---@param sets throng.pg.Value[][]
---@return integer rows changed or returned by all sets together
function Client:batch(statement, sets) end

--- Runs several statements, sent without waiting for each answer: for each its rows or, if it returns none, how many
--- it changed. If some fail, the first error is raised once all are done.
---
--- ```lua
--- local member, jobs = table.unpack(user.pg:pipeline({ { find_member, 7 }, { employments_of, 7 } }))
--- ```
---@param entries table[] each a statement and its parameters
---@return (throng.pg.Row[]|integer)[]
function Client:pipeline(entries) end

--- Copies rows in with COPY, the fastest way to load many. Rows described with `gen.rows` are faster than a function that
--- makes each.
---
--- ```lua
--- ctx.pg:copy_in("members (id, name)", gen.rows(10000, { gen.index, gen.full_name }))
---
--- local n = 0
--- ctx.pg:copy_in("members (id, name)", function()
---   n = n + 1
---   return n <= 10000 and { n, "member " .. n } or nil
--- end)
--- ```
---@param into string|throng.pg.Statement a table with its columns, or a whole `COPY … FROM STDIN`
---@param source string|(throng.pg.Value[]|string)[]|throng.gen.Rows|fun(): (throng.pg.Value[]|string)? a text, rows, `gen.rows`, or a function that returns one row after the other; `pg.null` for NULL in a row
---@return integer rows copied
function Client:copy_in(into, source) end

--- Copies rows out with COPY. With `consumer`, it is called with the text of each row, or the rows go to a file of
--- `file.create`; without, the whole text is returned.
---@param from string|throng.pg.Statement a table with its columns, a query in parentheses, or a whole `COPY … TO STDOUT`
---@param consumer? fun(row: string)|throng.file.Writer
---@return string|integer # the text, or the number of rows if there is a consumer
function Client:copy_out(from, consumer) end

--- The rows of a large result, fetched some at a time. Outside a transaction it holds a connection of its own until the
--- loop ends.
---
--- ```lua
--- for member in user.pg:cursor("SELECT * FROM members ORDER BY id") do
---   total = total + member.balance
--- end
--- ```
---@param statement throng.pg.Statement|string
---@param ... throng.pg.Value
---@return fun(): throng.pg.Row?
function Client:cursor(statement, ...) end

--- The server's plan for a statement, as text; the statement is not run.
---@param statement throng.pg.Statement|string
---@param ... throng.pg.Value
---@return string
function Client:explain(statement, ...) end

--- Listens on channels, on a connection outside the pool.
---
--- ```lua
--- local listener = user.pg:listen("jobs")
--- local job = listener:next("5s")
--- listener:close()
--- ```
---@param channels string|string[]
---@return throng.pg.Listener
function Client:listen(channels) end

--- Tells a channel's listeners something; within a transaction, when it commits.
---@param channel string
---@param payload? string
function Client:notify(channel, payload) end

--- A connection that listens.
---@class throng.pg.Listener
local Listener = {}

---@class throng.pg.Notification
---@field channel string
---@field payload string
---@field process_id integer the sender's server process

--- The next notification; nil if none came in time.
---@param timeout? throng.Duration how long to wait; without end unless given
---@return throng.pg.Notification?
function Listener:next(timeout) end

--- Stops listening.
function Listener:close() end

return pg
