---@meta

--- A virtual user, as its persona's functions get it.
---
--- ```lua
--- run = function(user)
---   user.state.visits = (user.state.visits or 0) + 1
---   user:operation("browse", function()
---     user.pg:query("SELECT * FROM products ORDER BY id LIMIT $1", user.random:integer(5, 20))
---   end)
---   user:think()
--- end
--- ```
---@class throng.User
---@field number integer its number within its group, over the whole run, from 0
---@field persona string the name of its persona
---@field iteration integer the number of the current iteration, from 1
---@field params table<string, any> the scenario's parameters, read-only
---@field shared any what `setup` returned, read-only
---@field state table the user's own values
---@field random throng.Random the user's own random numbers
---@field pg throng.pg.Client PostgreSQL, if the scenario needs it
---@field redis throng.redis.Client Redis, if the scenario needs it
---@field http throng.http.Client the application in front, if the scenario needs it
---@field ws throng.ws.Client WebSockets to the application in front, if the scenario needs it
local User = {}

--- Does `work` as one operation: a timed row of the report. An error in it is counted there and goes on up.
---@param name string
---@param work fun(user: throng.User): ...
---@return ... # what `work` returns
function User:operation(name, work) end

--- Pauses as a person would, and no longer once the run is ending.
---@param time? throng.Think|throng.Duration the persona's own think time unless given
function User:think(time) end

--- Pauses for so long, whatever happens.
---@param time throng.Duration
function User:sleep(time) end

--- Raises an error of kind `check_failed` unless `condition` holds.
---@generic T
---@param condition T?
---@param message? string what is wrong if it does not
---@return T condition
function User:check(condition, message) end

--- The `ctx` of `setup`, `verify` and `teardown`: a user of no persona.
---@class throng.Context: throng.User

--- A user's own random numbers: a stream that depends on the run's seed, the persona and the user's number alone,
--- so that a run can be repeated.
---@class throng.Random
local Random = {}

--- A whole number from `low` to `high`, both included.
---@param low integer
---@param high integer
---@return integer
function Random:integer(low, high) end

--- A number from `low` up to `high`.
---@param low? number 0 unless given
---@param high? number 1 unless given
---@return number
function Random:number(low, high) end

--- True with probability `chance`.
---@param chance? number 0.5 unless given
---@return boolean
function Random:bool(chance) end

--- An item of a list.
---@generic T
---@param list T[]
---@return T
function Random:choice(list) end

--- A name, drawn by its weight: `user.random:weighted({ read = 9, write = 1 })`.
---@param weights table<string, number>
---@return string
function Random:weighted(weights) end

--- Puts a list in random order, in place.
---@generic T
---@param list T[]
---@return T[] list the same table
function Random:shuffle(list) end

--- What `pcall` returns for an error that throng raised. It can be raised again with `error(err)`; written as a
--- string it is its message.
---
--- ```lua
--- local ok, err = pcall(function()
---   user.pg:execute(insert_member, email)
--- end)
--- if not ok and err.sqlstate == "23505" then
---   return "already there"
--- elseif not ok then
---   error(err)
--- end
--- ```
---@class throng.Error
---@field kind string `sql`, `redis`, `dns`, `connect`, `tls`, `protocol`, `status`, `redirect`, `too_large`, `closed`, `connection_lost`, `timeout`, `pool_timeout`, `check_failed`, `script_bug`, or the kind that a script gave
---@field message string what went wrong
---@field hint? string what to do about it
---@field sqlstate? string the five characters of an error of PostgreSQL
---@field statement? string the label, or the beginning, of the statement that PostgreSQL refused
---@field position? string where in it, counted in characters from 1
---@field condition? string their name, such as `unique_violation`
---@field constraint? string the constraint that an error of PostgreSQL is about
---@field detail? string PostgreSQL's further words
---@field table? string the table that an error of PostgreSQL is about
---@field column? string the column that an error of PostgreSQL is about
---@field word? string the first word of an error of Redis, such as `WRONGTYPE`
---@field status? integer the status of an answer of HTTP that was not expected
---@field code? integer the code with which the other side closed a WebSocket

--- Raises an error: a string, an error that `pcall` caught, or `{ kind = …, message = … }`, whose kind is the class
--- that the report counts it under. Further fields of such a table are fields of what `pcall` returns.
---@param err string|throng.Error|{ kind: string, message?: string, [string]: throng.Plain }
---@param level? integer
function error(err, level) end
