--- Programs that are led to a PostgreSQL.

local exec = require("throng.exec")
local expect = require("support.expect")
local suite = require("support.suite")

return suite({
  needs = { "postgres" },

  setup = function(ctx)
    local where = "SELECT current_setting('port') || ' ' || current_user || ' ' || current_database()"
    local said = exec.run({ "sh", "-c", "echo $PGPORT $PGUSER $PGDATABASE", pg = "postgres" })
    expect.equal(said.stdout, ctx.pg:value(where) .. "\n")
    local other = exec.run({ "sh", "-c", "echo $PGDATABASE", pg = "postgres", env = { PGDATABASE = "scratch" } })
    expect.equal(other.stdout, "scratch\n")
    expect.equal(exec.run({ "sh", "-c", "echo $PGPASSWORD$PGHOST" }).stdout, "\n")
    local err = expect.misuse("needs no PostgreSQL called `other`", exec.run, { "true", pg = "other" })
    expect.equal(err.hint, "it needs: postgres")
  end,

  tests = {
    ["programs know the way in `verify` as well"] = function() end,
  },

  verify = function(ctx)
    local said = exec.run({ "sh", "-c", "echo $PGPORT", pg = "postgres" })
    expect.equal(said.stdout, ctx.pg:value("SHOW port") .. "\n")
  end,
})
