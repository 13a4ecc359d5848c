--- Values between Lua and PostgreSQL.

local expect = require("support.expect")
local pg = require("throng.pg")
local suite = require("support.suite")
local json = require("throng.json")
local null = require("throng").null

local echo_numeric = pg.statement("echo_numeric", "SELECT $1::numeric AS n, ARRAY[$1::numeric, NULL] AS list", { numeric = "number" })

return suite({
  needs = { "postgres" },

  tests = {
    ["integers are 64 bits wide"] = function(user)
      for _, number in ipairs({ 0, -1, math.maxinteger, math.mininteger }) do
        expect.equal(user.pg:value("SELECT $1::bigint", number), number)
      end
    end,

    ["floats come with their extremes"] = function(user)
      for _, number in ipairs({ 0.1, -1.5e300, math.huge, -math.huge, 5e-324 }) do
        expect.equal(user.pg:value("SELECT $1::float8", number), number)
      end
      local nan = user.pg:value("SELECT 'NaN'::float8")
      expect.that(nan ~= nan)
    end,

    ["a numeric is an exact string unless a number is asked for"] = function(user)
      expect.equal(user.pg:value("SELECT 12345678901234567890.10::numeric"), "12345678901234567890.10")
      local row = user.pg:one(echo_numeric, "2.50")
      expect.equal(row.n, 2.5)
      expect.equal(row.list, { 2.5, null })
      expect.equal(user.pg:one(echo_numeric, 7).n, 7)
    end,

    ["NULL is nil in a row and null in a list"] = function(user)
      local row = user.pg:one("SELECT NULL AS gone, ARRAY[1, NULL, 3] AS list, ARRAY[[1, 2], [3, 4]] AS square")
      expect.equal(row.gone, nil)
      expect.equal(row.list, { 1, null, 3 })
      expect.equal(row.square, { { 1, 2 }, { 3, 4 } })
      expect.equal(user.pg:value("SELECT $1::int IS NULL AND $2::int IS NULL AND $3::int = 3", nil, null, 3), true)
    end,

    ["lists become arrays"] = function(user)
      expect.equal(user.pg:value("SELECT $1::int[]", { 1, null, 3 }), { 1, null, 3 })
      expect.equal(user.pg:value("SELECT $1::text[]", { "", "a b", 'q"\\', "NULL" }), { "", "a b", 'q"\\', "NULL" })
      expect.equal(user.pg:value("SELECT cardinality($1::int[])", {}), 0)
      expect.equal(user.pg:value("SELECT $1::int8 = ANY($2)", 2, { 1, 2 }), true)
    end,

    ["tables become JSON and come back"] = function(user)
      local value = { name = "Ann", tags = { "a", "b" }, deep = { { x = 1.5 } }, yes = true }
      expect.equal(user.pg:value("SELECT $1::jsonb", value), value)
      expect.equal(user.pg:value("SELECT $1::json", value), value)
      expect.equal(user.pg:value("SELECT $1::jsonb::text", {}), "{}")
      expect.equal(user.pg:value("SELECT $1::jsonb::text", json.array()), "[]")
      expect.equal(user.pg:value("SELECT $1::jsonb", { 1, null, "x" }), { 1, null, "x" })
      -- A string is JSON already written; `pg.json` writes one.
      expect.equal(user.pg:value("SELECT $1::jsonb->'a'", '{"a": [1]}'), { 1 })
      expect.equal(user.pg:value("SELECT jsonb_typeof($1)", pg.json("text")), "string")
      expect.equal(user.pg:value("SELECT 'null'::jsonb"), null)
    end,

    ["byte strings come back unchanged"] = function(user)
      local all = {}
      for byte = 0, 255 do
        all[#all + 1] = string.char(byte)
      end
      for _, bytes in ipairs({ table.concat(all), "", ("\0"):rep(1000000) }) do
        expect.that(user.pg:value("SELECT $1::bytea", bytes) == bytes)
        expect.that(user.pg:value("SELECT $1::bytea", pg.bytes(bytes)) == bytes)
      end
    end,

    ["all other types are strings as psql shows them"] = function(user)
      local row = user.pg:one([[
        SELECT date '2024-02-29' AS day, timestamptz '2024-01-01 12:00:00.5+02' AS moment, interval '1 day 2 hours' AS span,
               int4range(1, 5) AS range, inet '10.0.0.1/8' AS net, ROW(1, 'a b')::text AS record,
               'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::uuid AS id]])
      expect.equal(row, {
        day = "2024-02-29",
        moment = "2024-01-01 10:00:00.5+00",
        span = "1 day 02:00:00",
        range = "[1,5)",
        net = "10.0.0.1/8",
        record = '(1,"a b")',
        id = "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11",
      })
    end,

    ["a value that can't be sent names parameter, statement and type"] = function(user)
      local statement = pg.statement("probe", "SELECT $1::text, $2::int4")
      local function refused(text, value)
        expect.misuse("parameter 2 of statement `probe` " .. text, user.pg.query, user.pg, statement, "x", value)
      end
      refused("is `int4`, which cannot take 3000000000: it is out of range", 3000000000)
      refused("is `int4`, which cannot take 1.5", 1.5)
      refused("is `int4`, which cannot take a table with keys", { a = 1 })
      refused("is `int4`, which cannot take a boolean", true)
      refused("can't be a function", print)
      refused("mixes a list with named fields", { 1, a = 2 })
      expect.misuse("statement `probe` takes 2 parameters, got 1", user.pg.query, user.pg, statement, "x")
    end,
  },
})
