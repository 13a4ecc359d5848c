--- Transactions.

local expect = require("support.expect")
local pg = require("throng.pg")
local suite = require("support.suite")

local read = pg.statement("read", "SELECT value FROM counters WHERE id = $1")
local write = pg.statement("write", "UPDATE counters SET value = $2 WHERE id = $1")

--- Raises the SQLSTATE as an error of the server's.
local function fail(tx, sqlstate)
  tx:script(("DO $$ BEGIN RAISE EXCEPTION 'on purpose' USING ERRCODE = '%s'; END $$"):format(sqlstate))
end

return suite({
  needs = { "postgres", other = "postgres" },
  load = { users = 1, iterations = 1, connections = 4 },

  setup = function(ctx)
    ctx.pg:script("CREATE TABLE counters (id int PRIMARY KEY, value int NOT NULL); INSERT INTO counters SELECT n, 0 FROM generate_series(1, 9) n")
  end,

  tests = {
    ["what it returns comes out, and what it did stays"] = function(user)
      local a, b = user.pg:transaction(function(tx)
        tx:execute(write, 1, 10)
        return tx:value(read, 1), "b"
      end)
      expect.equal({ a, b }, { 10, "b" })
      expect.equal(user.pg:value(read, 1), 10)
    end,

    ["an error undoes it and goes on up"] = function(user)
      expect.error("script_bug", "never mind", user.pg.transaction, user.pg, function(tx)
        tx:execute(write, 2, 10)
        error("never mind")
      end)
      expect.equal(user.pg:value(read, 2), 0)
      local ok, err = pcall(user.pg.transaction, user.pg, function(tx)
        tx:execute(write, 2, 10)
        error({ kind = "refused", message = "no" })
      end)
      expect.equal({ ok, err.kind }, { false, "refused" })
      expect.equal(user.pg:value(read, 2), 0)
    end,

    ["a conflict is tried again as often as asked"] = function(user)
      local calls = 0
      local result = user.pg:transaction(function(tx)
        calls = calls + 1
        tx:execute(write, 3, calls)
        if calls < 3 then
          fail(tx, calls == 1 and "40001" or "40P01")
        end
        return calls
      end, { retry = 5 })
      expect.equal({ result, user.pg:value(read, 3) }, { 3, 3 })

      calls = 0
      local err = expect.error("sql", "on purpose", user.pg.transaction, user.pg, function(tx)
        calls = calls + 1
        fail(tx, "40001")
      end, { retry = 2 })
      expect.equal({ calls, err.condition }, { 3, "serialization_failure" })

      calls = 0
      expect.error("sql", "on purpose", user.pg.transaction, user.pg, function(tx)
        calls = calls + 1
        fail(tx, "23505")
      end, { retry = 2 })
      expect.equal(calls, 1)
    end,

    ["its options reach the server"] = function(user)
      local function settings(options)
        return user.pg:transaction(function(tx)
          return {
            tx:value("SHOW transaction_isolation"),
            tx:value("SHOW transaction_read_only"),
            tx:value("SHOW transaction_deferrable"),
          }
        end, options)
      end
      expect.equal(settings(), { "read committed", "off", "off" })
      expect.equal(settings({ isolation = "serializable", read_only = true, deferrable = true }), { "serializable", "on", "on" })
      expect.equal(settings({ isolation = "repeatable read" }), { "repeatable read", "off", "off" })
      expect.misuse("there is no isolation `snapshot`", settings, { isolation = "snapshot" })
      expect.misuse("has no field `retries`", settings, { retries = 3 })
    end,

    ["a caught error can't be committed over"] = function(user)
      local err = expect.error("sql", "current transaction is aborted", user.pg.transaction, user.pg, function(tx)
        tx:execute(write, 4, 1)
        pcall(tx.value, tx, "SELECT 1/0")
      end)
      expect.equal(err.condition, "in_failed_sql_transaction")
      expect.equal(user.pg:value(read, 4), 0)
      -- With a savepoint it can.
      user.pg:transaction(function(tx)
        tx:execute(write, 4, 2)
        tx:execute("SAVEPOINT before")
        pcall(tx.value, tx, "SELECT 1/0")
        tx:execute("ROLLBACK TO before")
      end)
      expect.equal(user.pg:value(read, 4), 2)
    end,

    ["inside, only the transaction's own client is to be used"] = function(user)
      user.pg:transaction(function(tx)
        expect.misuse("`user.pg` is used within a transaction", user.pg.value, user.pg, read, 1)
        expect.misuse("can't be done on the connection of a transaction", tx.transaction, tx, function() end)
        expect.equal(user.pg.other:value("SELECT 1"), 1)
      end)
      expect.equal(user.pg:value("SELECT 1"), 1)
      local kept
      user.pg:transaction(function(tx)
        kept = tx
      end)
      expect.misuse("this transaction is over", kept.value, kept, read, 1)
    end,

    ["only it begins and ends transactions"] = function(user)
      for _, sql in ipairs({ "BEGIN", "/* x */ BEGIN", "-- x\nCOMMIT", "; ROLLBACK", "SELECT 1; BEGIN" }) do
        expect.misuse("begins or ends a transaction", user.pg.execute, user.pg, sql)
      end
      expect.misuse("leaves a transaction open", user.pg.script, user.pg, "SELECT 1; BEGIN")
      user.pg:script("BEGIN; SELECT 1; COMMIT")
      user.pg:transaction(function(tx)
        expect.misuse("within another one", tx.script, tx, "SELECT 1; COMMIT")
      end)
    end,

    ["a cursor, a batch and a copy take part in it"] = function(user)
      expect.error("script_bug", "undo", user.pg.transaction, user.pg, function(tx)
        expect.equal(tx:batch(write, { { 5, 1 }, { 6, 1 } }), 2)
        expect.equal(tx:copy_in("counters (id, value)", { { 100, 1 }, { 101, 2 } }), 2)
        local seen = 0
        for row in tx:cursor("SELECT value FROM counters WHERE value > 0 AND id >= 5") do
          seen = seen + row.value
        end
        expect.equal(seen, 5)
        error("undo")
      end)
      expect.equal(user.pg:value("SELECT sum(value) FROM counters WHERE id >= 5"), 0)
    end,
  },
})
