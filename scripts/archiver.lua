--- Audit tables whose old rows move to compressed files, batch by batch, while people go on working.
---
--- Clerks write audit rows and read the latest. Archivers take a table each and move what is older than a limit into
--- files: written, seen on the disk, read back, and only then deleted in a transaction that also notes the batch, see
--- [`throng.archive`](lua-api/archive.md). A conductor says when, a watcher asks the database what an operator would.
--- Needs one PostgreSQL. Files lie in `audit/` of the run's folder: give one that stays with `--data DIR`.
---
--- A run that was killed goes on with `--param resume=true` and the same folder: no row is lost, and none is in two places.
--- `verify` reads every file and every row that is left: each row that anybody ever wrote must be there once, as its
--- checksum says, the manifests must agree with the files and with the database, and nothing old enough may be left.
---
--- The profiles are the tests of such an archiver. `sustained` archives for a day, fed anew after each round; `concurrency`
--- empties ten tables at once; `large_batch` moves 50,000 rows at a time; `pool_stability` opens and ends many runs on a
--- large pool; `database_impact` compares the time before, while and after, with pauses between small batches. Its limit on
--- the server's processor time needs a server on this machine; 5 % are of one core.
---
---     throng run archiver
---     throng run archiver --profile concurrency --data archive
---     throng run archiver --profile sustained --param length=1h --param pause=10s
---     throng run archiver --data archive --param resume=true

local archive = require("throng.archive")
local audit = require("archiver.audit")
local rounds = require("archiver.rounds")
local tables = require("archiver.tables")
local verify = require("throng.verify")
local watch = require("archiver.watch")

local store = archive.new({ name = "audit", tables = tables.LOGS, key = "id", time = "created_at" })

local names = { "audit_archive_tables", "audit_archive_batches", table.unpack(tables.NAMES) }

--- One of the tables of this run.
local function any_log(user)
  return tables.LOGS[user.random:integer(1, math.min(user.params.tables, tables.MOST))]
end

---@type throng.Scenario
return {
  about = "old audit rows that move to verified files while clerks work",
  needs = { "postgres" },
  tables = names,
  params = {
    tables = { default = 4, doc = "audit tables, at most 10" },
    rows = { default = 20000, doc = "rows of each table that are old enough before the run" },
    recent = { default = 2000, doc = "rows of each table that are not" },
    older_than = { default = "90 days", doc = "age from which a row is archived, as an interval of PostgreSQL" },
    batch = { default = 5000, doc = "rows of a batch" },
    gap = { default = "0s", doc = "pause after a batch, to spare the database" },
    rounds = { default = 1, doc = "times that all tables are archived, at least" },
    length = { default = "0s", doc = "how long rounds go on, at least" },
    feed = { default = 2000, doc = "old rows that each table gets before every further round" },
    pause = { default = "1s", doc = "pause before a further round" },
    quiet = { default = "0s", doc = "length of the phases `baseline` and `after`, in which nobody archives" },
    resume = { default = false, doc = "go on with the tables and files of a run that was ended or killed" },
  },

  -- The conductor ends the load; the duration is only a limit. Large batches take their time.
  load = {
    users = 20, duration = "1h", graceful_stop = "10s",
    connections = 20, statement_timeout = "10m", operation_timeout = "15m",
  },
  thresholds = { "errors.rate < 1%", "response{persona=clerk}.p95 < 500ms" },
  profiles = {
    quick = {
      users = 4, connections = 8, duration = "1m",
      params = { tables = 2, rows = 400, recent = 50, batch = 150, rounds = 2, feed = 100, pause = "50ms", quiet = "200ms" },
    },
    sustained = {
      users = 20, duration = "30h",
      params = { tables = 1, rows = 1000000, batch = 10000, length = "24h", feed = 10000, pause = "1m" },
      thresholds = {
        "memory.growth < 50%", "connections.errors == 0", "connections.held == 0", "errors.count == 0",
      },
    },
    concurrency = {
      users = 20,
      params = { tables = 10, rows = 100000, batch = 10000 },
      thresholds = {
        "archived_rows.rate > 5000/m", "errors.count == 0", "memory.max < 2GB", "connections.errors == 0",
        "connections_used.max < 90%",
      },
    },
    large_batch = {
      users = 20,
      params = { tables = 1, rows = 250000, batch = 50000 },
      thresholds = { "archived_rows.rate > 10000/m", "memory.max < 2GB", "errors.count == 0" },
    },
    pool_stability = {
      users = 20, connections = 30, duration = "2h",
      params = { tables = 4, rows = 20000, rounds = 60, pause = "0s" },
      thresholds = {
        "errors.count == 0", "connections.errors == 0", "connections.growth <= 0%", "connections.held == 0",
      },
    },
    database_impact = {
      users = 20,
      params = { tables = 1, rows = 60000, batch = 500, gap = "500ms", quiet = "1m" },
      thresholds = {
        "watched{source=postgres,sampler=process,figure=cpu_us,phase=archiving}.mean < 5% over {phase=baseline}",
        "watched{source=postgres,sampler=process,figure=cpu_us,phase=after}.mean < 5% over {phase=baseline} warn",
        "connections_used.max < 90%", "lock_waits{phase=archiving}.mean < 0.1", "errors.count == 0",
        "response{persona=clerk,phase=archiving}.p95 < 10ms over {phase=baseline}",
        "response{persona=clerk,phase=after}.p95 < 10ms over {phase=baseline}",
      },
    },
  },

  setup = function(ctx)
    store:prepare(ctx, { resume = tables.fill(ctx) })
  end,
  verify = function(ctx)
    local checks = verify.new()
    rounds.check(ctx, checks)
    audit.run(ctx, checks, store)
    checks:finish()
  end,

  personas = {
    clerk = {
      share = 100,
      think = "50ms..150ms",
      start = function(user)
        tables.join(user, user.number + 1)
      end,
      operations = {
        record = { weight = 60, run = function(user)
          tables.record(user, any_log(user), user.number + 1)
        end },
        latest = { weight = 40, run = function(user)
          user:check(#tables.latest(user, any_log(user)) > 0, "a table has recent rows")
        end },
      },
    },

    archiver = {
      load = { users = tables.MOST, duration = "30h" },
      think = "none",
      run = function(user)
        rounds.archive(user, store)
      end,
    },

    watcher = {
      load = { users = 1, duration = "30h" },
      think = "1s",
      operations = { look = watch.look },
    },

    conductor = {
      load = { users = 1, iterations = 1 },
      run = function(user)
        rounds.conduct(user, store)
      end,
    },
  },
}
