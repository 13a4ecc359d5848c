---@meta throng.shared

--- State that all users share, over all workers, and with `setup`, `verify` and `teardown`. It holds plain data, which
--- is copied in and out. Everything is made when first named.
---
--- ```lua
--- local shared = require("throng.shared")
--- local made = shared.counter("made")
---
--- made:add(1)
--- shared.queue("jobs", { capacity = 100 }):push({ id = 7 })
--- shared.barrier("all here", 10):wait("30s")
--- ```
local shared = {}

--- A whole number.
---@class throng.shared.Counter
local Counter = {}

--- Adds to it.
---@param n? integer 1 unless given
---@return integer value the value after that
function Counter:add(n) end

--- The value; 0 at first.
---@return integer
function Counter:get() end

--- The counter of that name.
---@param name string
---@return throng.shared.Counter
function shared.counter(name) end

--- A queue: first in, first out.
---@class throng.shared.Queue
local Queue = {}

--- Adds a value at the end, and waits for a place while the queue is full.
---@param value throng.Plain
---@param timeout? throng.Duration waits no longer than this
---@return boolean added false if the time was up
function Queue:push(value, timeout) end

--- Adds a value at the end if there is a place.
---@param value throng.Plain
---@return boolean added
function Queue:try_push(value) end

--- Takes the first value, and waits for one while the queue is empty.
---@param timeout? throng.Duration waits no longer than this
---@return throng.Plain? value nil if the time was up
function Queue:pop(timeout) end

--- Takes the first value if there is one.
---@return throng.Plain? value
function Queue:try_pop() end

--- How many values are in it.
---@return integer
function Queue:size() end

---@class throng.shared.QueueOptions
---@field capacity? integer how many values it holds; any number unless given

--- The queue of that name.
---@param name string
---@param options? throng.shared.QueueOptions
---@return throng.shared.Queue
function shared.queue(name, options) end

--- A place where users wait for one another, again and again.
---@class throng.shared.Barrier
local Barrier = {}

--- Waits until all have come; raises an error of kind `timeout` if the time is up before.
---@param timeout? throng.Duration
---@return boolean last true for the one who came last
function Barrier:wait(timeout) end

--- The barrier of that name, for so many users.
---@param name string
---@param users integer
---@return throng.shared.Barrier
function shared.barrier(name, users) end

--- Values by key. Each method is one step that no other user sees half done.
---@class throng.shared.Map
local Map = {}

--- The value of a key.
---@param key string
---@return throng.Plain?
function Map:get(key) end

--- Sets a key; nil empties it.
---@param key string
---@param value throng.Plain?
function Map:set(key, value) end

--- Empties a key; whether it had a value.
---@param key string
---@return boolean
function Map:delete(key) end

--- Adds to a number, which is 0 at first.
---@param key string
---@param by? number 1 unless given
---@return number value the value after that
function Map:incr(key, by) end

--- Replaces a value by what `change` makes of it. `change` must not wait, and is called again if another user came
--- first.
---@param key string
---@param change fun(value: throng.Plain?): throng.Plain?
---@return throng.Plain? value the value after that
function Map:update(key, change) end

--- The keys that have a value, in order.
---@return string[]
function Map:keys() end

--- The map of that name.
---@param name string
---@return throng.shared.Map
function shared.map(name) end

return shared
