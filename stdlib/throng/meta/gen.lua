---@meta throng.gen

--- Data that looks real, and numbers by a distribution.
---
--- Generators are pure functions of an index: no run, user or worker has a say, so that `verify` can compute anew
--- what `setup` wrote. With the same index, all that is said of a person or a place agrees: an email carries its
--- person's name. The last argument, `stream`, a name or whole number, tells apart what has the same index.
---
--- ```lua
--- local gen = require("throng.gen")
---
--- for i = 1, ctx.params.members do
---   ctx.pg:execute(insert_member, gen.first_name(i), gen.last_name(i), gen.email(i))
--- end
---
--- local popular = gen.zipf(1000, 1.0)
--- local id = popular:sample(user.random)
--- ```
local gen = {}

--- Tells apart what has the same index.
---@alias throng.gen.Stream string|integer

---@param index integer
---@param stream? throng.gen.Stream
---@return string
function gen.first_name(index, stream) end

---@param index integer
---@param stream? throng.gen.Stream
---@return string
function gen.last_name(index, stream) end

---@param index integer
---@param stream? throng.gen.Stream
---@return string
function gen.full_name(index, stream) end

--- First name, last name and index in small letters; no two indices have the same.
---@param index integer
---@param stream? throng.gen.Stream
---@return string
function gen.user_name(index, stream) end

--- An address that no mail can reach; no two indices have the same.
---@param index integer
---@param stream? throng.gen.Stream
---@return string
function gen.email(index, stream) end

--- A North American number that nobody has.
---@param index integer
---@param stream? throng.gen.Stream
---@return string
function gen.phone(index, stream) end

--- A job title.
---@param index integer
---@param stream? throng.gen.Stream
---@return string
function gen.job(index, stream) end

--- The name of a company.
---@param index integer
---@param stream? throng.gen.Stream
---@return string
function gen.company(index, stream) end

--- A house number and a street.
---@param index integer
---@param stream? throng.gen.Stream
---@return string
function gen.street(index, stream) end

---@param index integer
---@param stream? throng.gen.Stream
---@return string
function gen.city(index, stream) end

--- A state of the United States.
---@param index integer
---@param stream? throng.gen.Stream
---@return string
function gen.state(index, stream) end

---@param index integer
---@param stream? throng.gen.Stream
---@return string
function gen.postcode(index, stream) end

---@param index integer
---@param stream? throng.gen.Stream
---@return string
function gen.country(index, stream) end

--- Street, city, state and postcode in one line.
---@param index integer
---@param stream? throng.gen.Stream
---@return string
function gen.address(index, stream) end

---@param index integer
---@param stream? throng.gen.Stream
---@return string
function gen.word(index, stream) end

---@param index integer
---@param count integer
---@param stream? throng.gen.Stream
---@return string
function gen.words(index, count, stream) end

---@param index integer
---@param stream? throng.gen.Stream
---@return string
function gen.sentence(index, stream) end

---@param index integer
---@param stream? throng.gen.Stream
---@return string
function gen.paragraph(index, stream) end

--- Words of exactly so many bytes.
---@param index integer
---@param length integer
---@param stream? throng.gen.Stream
---@return string
function gen.text(index, length, stream) end

--- Bytes of any value, which do not compress.
---@param index integer
---@param length integer
---@param stream? throng.gen.Stream
---@return string
function gen.bytes(index, length, stream) end

--- A UUID of version 4.
---@param index integer
---@param stream? throng.gen.Stream
---@return string
function gen.uuid(index, stream) end

--- A day such as `2021-03-28`.
---@param index integer
---@param from? string the first day; `2000-01-01` unless given
---@param to? string the last day; `2024-12-31` unless given
---@param stream? throng.gen.Stream
---@return string
function gen.date(index, from, to, stream) end

--- A moment in UTC such as `2021-03-28T14:05:06.789Z`.
---@param index integer
---@param from? string a day or a moment; `2000-01-01` unless given
---@param to? string a day or a moment; `2024-12-31` unless given
---@param stream? throng.gen.Stream
---@return string
function gen.timestamp(index, from, to, stream) end

--- A whole number from `low` to `high`, both included.
---@param index integer
---@param low integer
---@param high integer
---@param stream? throng.gen.Stream
---@return integer
function gen.integer(index, low, high, stream) end

--- A number from `low` up to `high`.
---@param index integer
---@param low number
---@param high number
---@param stream? throng.gen.Stream
---@return number
function gen.number(index, low, high, stream) end

--- True with probability `chance`.
---@param index integer
---@param chance? number 0.5 unless given
---@param stream? throng.gen.Stream
---@return boolean
function gen.bool(index, chance, stream) end

--- An item of a list.
---@generic T
---@param index integer
---@param list T[]
---@param stream? throng.gen.Stream
---@return T
function gen.choice(index, list, stream) end

--- 64 bits in which every bit of the index counts.
---@param index integer
---@param stream? throng.gen.Stream
---@return integer
function gen.hash(index, stream) end

--- Shuffles the numbers from 0 to `count - 1`: each index gets one of them, and no two the same.
---@param index integer from 0 to `count - 1`
---@param count integer
---@param stream? throng.gen.Stream
---@return integer
function gen.permute(index, count, stream) end

--- The index itself.
---@param index integer
---@return integer
function gen.index(index) end

--- Which group of `size` an index falls into, from 1: `gen.group(101, 100)` is 2.
---@param index integer
---@param size integer
---@return integer
function gen.group(index, size) end

--- One column of rows: a generator; a list of a generator and what it takes behind the index; a function of the index
--- that does not wait; or a value that is the same in every row, `throng.null` for NULL.
---@alias throng.gen.Column function|table|string|number|boolean|userdata

---@class throng.gen.RowsOptions
---@field first? integer the index of the first row, 1 unless given

--- Rows that are made when they are asked for, each a pure function of its index. `copy_in` turns them into text without
--- a call of Lua for each value, which loads a million of them as fast as the server takes them. `#rows` is their number.
---
--- ```lua
--- local members = gen.rows(1000000, {
---   gen.index,
---   gen.full_name,
---   { gen.integer, 18, 99, "age" },
---   function(i)
---     return i % 10 == 0 and "retired" or "active"
---   end,
---   throng.null,
--- })
--- ctx.pg:copy_in("members (id, name, age, status, left_on)", members)
--- ```
---@param count integer
---@param columns throng.gen.Column[]
---@param options? throng.gen.RowsOptions
---@return throng.gen.Rows
function gen.rows(count, columns, options) end

--- Rows by their indices; `#rows` is how many.
---@class throng.gen.Rows
local Rows = {}

--- The row of an index, as a list.
---@param index integer
---@return any[]
function Rows:row(index) end

--- Numbers by a distribution, drawn from a user's own random stream.
---@class throng.gen.Distribution
local Distribution = {}

--- Draws one.
---@param random throng.Random `user.random`
---@return number # whole for `zipf`, `hot_set`, and `uniform` between whole numbers
function Distribution:sample(random) end

--- All alike: whole numbers with both ends included if both ends are whole (`1`, not `1.0`), else any numbers.
---@param low number
---@param high number
---@return throng.gen.Distribution
function gen.uniform(low, high) end

--- Bounds of a normal distribution; what is beyond them becomes the bound.
---@class throng.gen.Bounds
---@field min? number
---@field max? number

--- Bell-shaped around a mean.
---@param mean number
---@param deviation number
---@param bounds? throng.gen.Bounds
---@return throng.gen.Distribution
function gen.normal(mean, deviation, bounds) end

--- Times between events that do not know of each other.
---@param mean number
---@return throng.gen.Distribution
function gen.exponential(mean) end

--- Ranks from 1 to `count`, of which rank r is drawn in proportion to r ^ -exponent: the first few are popular.
--- `gen.permute` scatters them.
---@param count integer
---@param exponent number around 1 for what people look at
---@return throng.gen.Distribution
function gen.zipf(count, exponent) end

--- 1 to `count`, of which the first part is drawn with a probability of its own: `gen.hot_set(1000, 0.2, 0.8)` draws
--- 1 to 200 four times out of five.
---@param count integer
---@param share number how large the hot part is, from 0 to 1
---@param chance number how often one of it is drawn, from 0 to 1
---@return throng.gen.Distribution
function gen.hot_set(count, share, chance) end

--- Numbers that are given out once over all workers.
---@class throng.gen.Sequence
local Sequence = {}

--- The next number, from 1. Who gets which depends on who asks first.
---@return integer
function Sequence:next() end

--- The sequence of that name, the same for all users.
---@param name string
---@return throng.gen.Sequence
function gen.sequence(name) end

return gen
