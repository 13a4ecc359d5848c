---@meta

--- Redis, as `user.redis`; further targets as `user.redis.NAME`.
---
--- Every command is a method of its name: the arguments go as they stand, the reply comes back. Strings go as byte
--- strings and numbers in decimal; a table is flattened in its place, a list to its items and a map to its keys and
--- values. What is not listed here works as well, and so do the commands of modules, with `call`.
---
--- Integers are integers, strings and statuses are strings, doubles, booleans, maps and sets come as such; nil is nil,
--- and `throng.null` inside a list. A command that Redis refuses raises an error of kind `redis`, whose `word` is the
--- first word of what Redis said.
---
--- ```lua
--- user.redis:set("product:7", json.encode(product), "EX", 60)
--- user.redis:hset("cart:" .. user.number, { product = 7, amount = 2 })
--- local cart = user.redis:hgetall("cart:" .. user.number)
--- local job = user.redis:blpop("jobs", 5)
--- local hits = user.redis.cache:incr("hits")
--- ```
---@class throng.redis.Client
---@field [string] throng.redis.Client|fun(self: throng.redis.Client, ...: throng.redis.Argument): any
local Client = {}

---@alias throng.redis.Argument string|number|table
---@alias throng.redis.Key string|number

--- Sends any command, and gives its reply as it is.
---@param name string such as `GET` or `JSON.SET`
---@param ... throng.redis.Argument
---@return any
function Client:call(name, ...) end

--- Sends several commands at once, and gives their replies as a list.
---
--- ```lua
--- local replies = user.redis:pipeline(function(p)
---   for id = 1, 10 do
---     p:get("product:" .. id)
---   end
--- end)
--- ```
---@param work fun(p: throng.redis.Queue)|table[] adds the commands, or is a list of them: `{ { "get", "a" }, … }`
---@param options? throng.redis.BatchOptions
---@return any[] replies
function Client:pipeline(work, options) end

--- Runs several commands as one, with `MULTI` and `EXEC`, and gives their replies as a list.
---
--- With `watch`, nothing runs if one of the keys changed since the function began; then it is called again. What it
--- reads to decide, it reads with `now`, which is the same connection; `user.redis` of the same target is refused in there.
---
--- ```lua
--- user.redis:transaction(function(tx, now)
---   local stock = tonumber(now:get("stock")) or 0
---   user:check(stock > 0, "sold out")
---   tx:set("stock", stock - 1)
---   tx:rpush("orders", user.number)
--- end, { watch = "stock", retry = 5 })
--- ```
---@param work fun(tx: throng.redis.Queue, now: throng.redis.Client)
---@param options? throng.redis.TransactionOptions
---@return any[] replies
function Client:transaction(work, options) end

--- A Lua script to run inside Redis. Redis gets its source once, and then only its hash.
---
--- ```lua
--- local take = user.redis:script([[
---   if redis.call("DECR", KEYS[1]) < 0 then
---     redis.call("INCR", KEYS[1])
---     return 0
---   end
---   return 1
--- ]])
--- local taken = take:run("stock")
--- ```
---@param source string
---@return throng.redis.Script
function Client:script(source) end

--- Receives messages that are published on channels, on a connection of its own.
---
--- ```lua
--- local news = user.redis:subscribe("news", { patterns = "weather.*" })
--- local message = news:next("5s")
--- news:close()
--- ```
---@param channels? string|string[]
---@param options? throng.redis.SubscribeOptions
---@return throng.redis.Subscription
function Client:subscribe(channels, options) end

---@class throng.redis.BatchOptions
---@field keep_errors? boolean leave errors in their places among the replies, rather than raise the first

---@class throng.redis.TransactionOptions: throng.redis.BatchOptions
---@field watch? string|string[] keys whose change makes the transaction start over
---@field retry? integer how often it may; 0 unless given, and then the error's word is `CONFLICT`

---@class throng.redis.SubscribeOptions
---@field patterns? string|string[] patterns of channels

--- Collects commands: each method adds one, and returns its place among the replies.
---@class throng.redis.Queue
---@field [string] fun(self: throng.redis.Queue, ...: throng.redis.Argument): integer
local Queue = {}

--- Adds any command.
---@param name string
---@param ... throng.redis.Argument
---@return integer place
function Queue:call(name, ...) end

--- A script that runs inside Redis.
---@class throng.redis.Script
local Script = {}

--- Runs it.
---@param keys? string|string[] `KEYS`
---@param arguments? string|number|(string|number)[] `ARGV`
---@return any
function Script:run(keys, arguments) end

--- Its SHA-1, as `EVALSHA` takes it.
---@return string
function Script:sha() end

--- Channels subscribed to.
---@class throng.redis.Subscription
local Subscription = {}

--- The next message; nil if none came in time.
---@param limit? throng.Duration how long to wait; without end unless given
---@return throng.redis.Message?
function Subscription:next(limit) end

--- Adds channels.
---@param channels string|string[]
function Subscription:subscribe(channels) end

--- Drops channels.
---@param channels string|string[]
function Subscription:unsubscribe(channels) end

--- Ends it, and closes its connection.
function Subscription:close() end

---@class throng.redis.Message
---@field channel string
---@field pattern? string the pattern it came by
---@field payload string

--- An entry of a stream, as `xread`, `xreadgroup`, `xrange`, `xrevrange`, `xclaim` and `xautoclaim` give it.
---@class throng.redis.Entry
---@field id string
---@field fields? table<string, string> absent if the entry has been deleted

---@param key throng.redis.Key
---@return string?
function Client:get(key) end

---@param key throng.redis.Key
---@param value string|number
---@param ... throng.redis.Argument such as `"EX", 60` or `"NX"`
---@return string? ok
function Client:set(key, value, ...) end

---@param key throng.redis.Key
---@param seconds integer
---@param value string|number
---@return string ok
function Client:setex(key, seconds, value) end

---@param ... throng.redis.Argument keys
---@return (string|userdata)[] values
function Client:mget(...) end

---@param ... throng.redis.Argument keys and values, or a map of them
---@return string ok
function Client:mset(...) end

---@param ... throng.redis.Argument keys
---@return integer removed
function Client:del(...) end

---@param ... throng.redis.Argument keys
---@return integer present
function Client:exists(...) end

---@param key throng.redis.Key
---@param seconds integer
---@return integer set
function Client:expire(key, seconds) end

---@param key throng.redis.Key
---@return integer seconds -1 without an expiry, -2 without the key
function Client:ttl(key) end

---@param key throng.redis.Key
---@return integer
function Client:incr(key) end

---@param key throng.redis.Key
---@param amount integer
---@return integer
function Client:incrby(key, amount) end

---@param key throng.redis.Key
---@return integer
function Client:decr(key) end

---@param key throng.redis.Key
---@param field string|number
---@return string?
function Client:hget(key, field) end

---@param key throng.redis.Key
---@param ... throng.redis.Argument fields and values, or a map of them
---@return integer added
function Client:hset(key, ...) end

---@param key throng.redis.Key
---@return table<string, string>
function Client:hgetall(key) end

---@param key throng.redis.Key
---@param field string|number
---@param amount integer
---@return integer
function Client:hincrby(key, field, amount) end

---@param key throng.redis.Key
---@param ... throng.redis.Argument fields
---@return integer removed
function Client:hdel(key, ...) end

---@param key throng.redis.Key
---@param ... throng.redis.Argument values
---@return integer length
function Client:lpush(key, ...) end

---@param key throng.redis.Key
---@param ... throng.redis.Argument values
---@return integer length
function Client:rpush(key, ...) end

---@param key throng.redis.Key
---@return string?
function Client:lpop(key) end

---@param key throng.redis.Key
---@return string?
function Client:rpop(key) end

---@param key throng.redis.Key
---@param first integer
---@param last integer
---@return string[]
function Client:lrange(key, first, last) end

---@param key throng.redis.Key
---@return integer
function Client:llen(key) end

--- Takes from the first list that has something; waits for at most so many seconds, 0 for ever.
---@param ... throng.redis.Argument keys and seconds
---@return string[]? taken the list's key and the value
function Client:blpop(...) end

--- As `blpop`, from the other end.
---@param ... throng.redis.Argument keys and seconds
---@return string[]? taken the list's key and the value
function Client:brpop(...) end

---@param key throng.redis.Key
---@param ... throng.redis.Argument members
---@return integer added
function Client:sadd(key, ...) end

---@param key throng.redis.Key
---@return string[]
function Client:smembers(key) end

---@param key throng.redis.Key
---@param member string|number
---@return integer
function Client:sismember(key, member) end

---@param key throng.redis.Key
---@param ... throng.redis.Argument scores and members
---@return integer added
function Client:zadd(key, ...) end

---@param key throng.redis.Key
---@param member string|number
---@return number?
function Client:zscore(key, member) end

---@param key throng.redis.Key
---@param first integer|string
---@param last integer|string
---@param ... throng.redis.Argument such as `"REV"` or `"WITHSCORES"`
---@return any[]
function Client:zrange(key, first, last, ...) end

---@param channel string
---@param payload string|number
---@return integer receivers
function Client:publish(channel, payload) end

---@param key throng.redis.Key
---@param ... throng.redis.Argument options, the id or `"*"`, and the fields, best as a table
---@return string? id
function Client:xadd(key, ...) end

---@param ... throng.redis.Argument such as `"COUNT", 10, "BLOCK", 1000, "STREAMS", "events", "$"`
---@return table<string, throng.redis.Entry[]>? streams nil if nothing came
function Client:xread(...) end

---@param ... throng.redis.Argument such as `"GROUP", "workers", "one", "STREAMS", "jobs", ">"`
---@return table<string, throng.redis.Entry[]>? streams nil if nothing came
function Client:xreadgroup(...) end

---@param key throng.redis.Key
---@param first string
---@param last string
---@param ... throng.redis.Argument such as `"COUNT", 10`
---@return throng.redis.Entry[]
function Client:xrange(key, first, last, ...) end

---@param key throng.redis.Key
---@param group string
---@param ... throng.redis.Argument ids
---@return integer acknowledged
function Client:xack(key, group, ...) end
