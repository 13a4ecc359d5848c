--- What `user.pg` can do, apart from transactions.

local expect = require("support.expect")
local file = require("throng.file")
local gen = require("throng.gen")
local pg = require("throng.pg")
local suite = require("support.suite")
local null = require("throng").null

local numbers = pg.statement("numbers", "SELECT n, n * n AS square FROM generate_series(1, $1::int) n", { fetch = 3 })
local add = pg.statement("add", "INSERT INTO items (name) VALUES ($1)")

return suite({
  needs = { "postgres", audit = "postgres" },
  -- A second connection for what is used inside a loop over a cursor.
  load = { users = 1, iterations = 1, connections = 4 },

  setup = function(ctx)
    ctx.pg:script("CREATE TABLE items (id bigserial PRIMARY KEY, name text UNIQUE, content bytea); CREATE INDEX ON items (name);")
    ctx.pg.audit:script("CREATE TABLE IF NOT EXISTS audited (what text)")
  end,

  tests = {
    ["a failure names its statement, and where in it"] = function(user)
      local function refused(method, ...)
        return expect.error("sql", "statement `select 1 + zzz`", user.pg[method], user.pg, ...)
      end
      for _, method in ipairs({ "query", "explain", "cursor" }) do
        local err = expect.error("sql", "zzz", user.pg[method], user.pg, "select 1 + zzz")
        expect.equal({ method, err.position }, { method, "12" })
      end
      expect.equal(refused("query", "select 1 + zzz").statement, "select 1 + zzz")
      refused("cursor", "select 1 + zzz")
      expect.error("sql", "script, line 2 (`select zzz`)", user.pg.script, user.pg, "select 1;\n  select zzz")
    end,

    ["a bare string for JSON is told what to do"] = function(user)
      local err = expect.error("sql", "json", user.pg.query, user.pg, "select $1::jsonb", "plain")
      expect.that(err.hint:find("pg.json", 1, true), err.hint)
      expect.equal(user.pg:value("select $1::jsonb #>> '{}'", pg.json("plain")), "plain")
    end,

    ["a plain error has its place once"] = function(user)
      local function plain()
        error("plain")
      end
      for _, call in ipairs({
        function()
          user.pg:transaction(plain)
        end,
        function()
          user.pg:copy_in("(values (1))", plain)
        end,
        function()
          user.pg:copy_out("(select 1)", plain)
        end,
      }) do
        local ok, err = pcall(call)
        expect.equal(ok, false)
        local _, places = tostring(err):gsub("statements%.lua:%d+: ", "")
        expect.that(places <= 1, tostring(err))
      end
    end,

    ["listening needs a channel"] = function(user)
      expect.misuse("a channel is needed", user.pg.listen, user.pg, {})
    end,

    ["rows come as tables by column name"] = function(user)
      local rows = user.pg:query(numbers, 3)
      expect.equal(rows, { { n = 1, square = 1 }, { n = 2, square = 4 }, { n = 3, square = 9 } })
      expect.equal(user.pg:query(numbers, 0), {})
      expect.equal(user.pg:one(numbers, 2), { n = 1, square = 1 })
      expect.equal(user.pg:one(numbers, 0), nil)
      expect.equal(user.pg:value("SELECT 'a' || $1", "b"), "ab")
      expect.equal(user.pg:value(numbers, 0), nil)
      expect.equal(user.pg:query("SELECT 1 AS a, 2 AS b WHERE false"), {})
    end,

    ["execute counts rows"] = function(user)
      expect.equal(user.pg:execute("INSERT INTO items (name) VALUES ('e1'), ('e2')"), 2)
      expect.equal(user.pg:execute("UPDATE items SET name = name WHERE name LIKE 'e_'"), 2)
      expect.equal(user.pg:execute("DELETE FROM items WHERE name LIKE 'e_' RETURNING id"), 2)
      expect.equal(user.pg:execute("DELETE FROM items WHERE name = 'nobody'"), 0)
    end,

    ["a refused statement raises a typed error"] = function(user)
      user.pg:execute(add, "twice")
      local err = expect.error("sql", "duplicate key", user.pg.execute, user.pg, add, "twice")
      expect.equal(err.sqlstate, "23505")
      expect.equal(err.condition, "unique_violation")
      expect.equal(err.constraint, "items_name_key")
      expect.equal(err.table, "items")
      -- The connection is as good as before.
      expect.equal(user.pg:value("SELECT 1"), 1)
    end,

    ["a batch runs one statement with many parameters"] = function(user)
      local sets = {}
      for i = 1, 600 do
        sets[i] = { "batch " .. i }
      end
      expect.equal(user.pg:batch(add, sets), 600)
      expect.equal(user.pg:value("SELECT count(*) FROM items WHERE name LIKE 'batch %'"), 600)
      expect.equal(user.pg:batch(add, {}), 0)
      expect.error("sql", "duplicate key", user.pg.batch, user.pg, add, { { "batch 1" } })
      expect.misuse("set of parameters 2 is the number `7`", user.pg.batch, user.pg, add, { { "x" }, 7 })
    end,

    ["a pipeline gives each entry's rows or count"] = function(user)
      local results = user.pg:pipeline({
        { "SELECT $1::int AS a", 1 },
        { add, "piped" },
        { numbers, 2 },
        { "SELECT 1 AS a WHERE false" },
      })
      expect.equal(results, { { { a = 1 } }, 1, { { n = 1, square = 1 }, { n = 2, square = 4 } }, {} })
      local entries = { { "SELECT 1/0" }, { add, "after" } }
      local err = expect.error("sql", "division by zero", user.pg.pipeline, user.pg, entries)
      expect.equal(err.condition, "division_by_zero")
      expect.equal(user.pg:value("SELECT count(*) FROM items WHERE name = 'after'"), 1)
    end,

    ["rows are copied in from a function, a list and a text"] = function(user)
      local i = 0
      local copied = user.pg:copy_in("items (name, content)", function()
        i = i + 1
        if i <= 5000 then
          return { ("copied %d\t\\ \n"):format(i), i % 2 == 0 and pg.bytes("\0\255") or null }
        end
      end)
      expect.equal(copied, 5000)
      expect.equal(user.pg:value("SELECT count(*) FROM items WHERE name LIKE E'copied %\t\\\\ \n' ESCAPE '~'"), 5000)
      expect.equal(user.pg:value("SELECT count(*) FROM items WHERE content = '\\x00ff'"), 2500)
      expect.equal(user.pg:copy_in("items (name)", { { "list 1" }, "list 2\n" }), 2)
      expect.equal(user.pg:copy_in("COPY items (name) FROM STDIN (FORMAT csv)", '"text, 1"\n"text, 2"\n'), 2)
      expect.equal(user.pg:value("SELECT count(*) FROM items WHERE name LIKE 'text, _'"), 2)
      expect.equal(user.pg:copy_in("items (name)", {}), 0)
    end,

    ["generated rows arrive as the generators make them"] = function(user)
      local rows = gen.rows(20000, {
        function(i)
          return "generated " .. i .. "\t\\"
        end,
        { gen.bytes, 8 },
      })
      expect.equal(user.pg:copy_in("items (name, content)", rows), 20000)
      expect.equal(user.pg:value("SELECT count(*) FROM items WHERE name LIKE 'generated %'"), 20000)
      for _, i in ipairs({ 1, 9999, 20000 }) do
        expect.equal(user.pg:value("SELECT content FROM items WHERE name = $1", rows:row(i)[1]), gen.bytes(i, 8))
      end
      local bad = gen.rows(1, { "x", gen.index, "\0" })
      expect.misuse("parameter 3 of statement", user.pg.copy_in, user.pg, "items", bad)
      expect.error("script_bug", "no row", user.pg.copy_in, user.pg, "items (name)", gen.rows(3, { function()
        error("no row")
      end }))
    end,

    ["a source may wait"] = function(user)
      local i = 0
      local copied = user.pg:copy_in("items (name)", function()
        i = i + 1
        user:sleep(0)
        return i <= 3 and { user.pg:value("SELECT 'waited ' || $1", i) } or nil
      end)
      expect.equal(copied, 3)
    end,

    ["a copy that fails on either side leaves nothing behind"] = function(user)
      local rows = 0
      expect.error("script_bug", "out of rows", user.pg.copy_in, user.pg, "items (name)", function()
        rows = rows + 1
        if rows > 3 then
          error("out of rows")
        end
        return { "broken " .. rows }
      end)
      expect.error("sql", "duplicate key", user.pg.copy_in, user.pg, "items (name)", { { "same" }, { "same" } })
      expect.misuse("a row is the number `7`", user.pg.copy_in, user.pg, "items (name)", { 7 })
      expect.equal(user.pg:value("SELECT count(*) FROM items WHERE name LIKE 'broken %' OR name = 'same'"), 0)
    end,

    ["rows are copied out as a text or one by one"] = function(user)
      expect.equal(user.pg:copy_out("(SELECT n, 'x' FROM generate_series(1, 2) n)"), "1\tx\n2\tx\n")
      local lines = {}
      local rows = user.pg:copy_out("(SELECT n FROM generate_series(1, 3) n)", function(line)
        lines[#lines + 1] = line
      end)
      expect.equal(rows, 3)
      expect.equal(lines, { "1\n", "2\n", "3\n" })
      local out = file.create("copied.gz", { gzip = true })
      expect.equal(user.pg:copy_out("(SELECT n FROM generate_series(1, 20000) n)", out), 20000)
      out:close()
      local sum = 0
      for line in file.lines("copied.gz", { gzip = true }) do
        sum = sum + tonumber(line)
      end
      expect.equal(sum, 20000 * 20001 // 2)
      expect.error("file", "it is closed", user.pg.copy_out, user.pg, "(SELECT 1)", out)
      expect.misuse("expected a function or a file", user.pg.copy_out, user.pg, "(SELECT 1)", "copied")
      expect.equal(user.pg:value("SELECT 7"), 7)
      expect.equal(user.pg:copy_out("COPY (SELECT 1, 'a,b') TO STDOUT (FORMAT csv)"), '1,"a,b"\n')
      expect.error("script_bug", "enough", user.pg.copy_out, user.pg, "(SELECT n FROM generate_series(1, 3) n)", function()
        error("enough")
      end)
    end,

    ["a cursor gives row after row, and ends when the loop does"] = function(user)
      local sum = 0
      for row in user.pg:cursor(numbers, 10) do
        sum = sum + row.square
      end
      expect.equal(sum, 385)
      for row in user.pg:cursor(numbers, 10) do
        if row.n == 5 then
          break
        end
        expect.equal(user.pg:value("SELECT $1::int", row.n), row.n)
      end
      expect.equal(user.pg:value("SELECT count(*) FROM pg_stat_activity WHERE state LIKE 'idle in transaction%'"), 0)
      expect.error("sql", "division by zero", function()
        for _ in user.pg:cursor("SELECT 1 / (n - 5) FROM generate_series(1, 10) n") do
        end
      end)
    end,

    ["what one sends another hears"] = function(user)
      local listener = user.pg:listen({ "jobs", 'odd "name' })
      user.pg:notify("jobs", "first")
      user.pg:notify('odd "name')
      local job = listener:next("5s")
      expect.equal({ job.channel, job.payload }, { "jobs", "first" })
      expect.equal(listener:next("5s").channel, 'odd "name')
      expect.equal(listener:next("10ms"), nil)
      listener:close()
      expect.misuse("this listener is closed", listener.next, listener)
    end,

    ["a plan can be seen, and the statement is not run"] = function(user)
      expect.that(user.pg:explain(numbers, 3):find("Function Scan"))
      user.pg:transaction(function(tx)
        tx:script("CREATE TEMP TABLE planned (n int PRIMARY KEY) ON COMMIT DROP; INSERT INTO planned SELECT generate_series(1, 9)")
        expect.that(tx:explain("SELECT n FROM planned WHERE n = $1", 3):find("planned_pkey"))
        expect.that(tx:explain("DELETE FROM planned WHERE n > $1", 3):find("^Delete on planned"))
        expect.equal(tx:value("SELECT count(*) FROM planned"), 9)
      end)
    end,

    ["another target has its own client"] = function(user)
      expect.equal(user.pg.audit:execute("INSERT INTO audited VALUES ('x')"), 1)
      expect.misuse("neither a method nor a target `quary`", function()
        return user.pg.quary
      end)
    end,

    ["a statement may be slow only so long"] = function(user)
      local slow = pg.statement("slow", "SELECT pg_sleep(60)", { timeout = "50ms" })
      expect.error("timeout", "statement `slow` took longer than 50ms", user.pg.execute, user.pg, slow)
      expect.equal(user.pg:value("SELECT 1"), 1)
    end,

    ["statements are told apart by their labels"] = function()
      expect.misuse("already the label", pg.statement, "numbers", "SELECT 2")
      expect.misuse("`fetch` is a number of rows", pg.statement, "none", "SELECT 2", { fetch = 0 })
      expect.misuse("has no field `numerics`", pg.statement, "none", "SELECT 2", { numerics = "number" })
    end,

    ["a wrong call is told so"] = function(user)
      expect.misuse("expected a statement or an SQL text, got nothing", user.pg.query, user.pg)
      expect.misuse("begins or ends a transaction", user.pg.execute, user.pg, "BEGIN")
      expect.misuse("begins or ends a transaction", user.pg.execute, user.pg, " commit;")
      local err = expect.misuse("was answered by something else", user.pg.query, user.pg, "COPY items TO STDOUT")
      expect.equal(err.hint, "use `copy_in` and `copy_out` for COPY")
      expect.equal(user.pg:value("SELECT 1"), 1)
    end,
  },
})
