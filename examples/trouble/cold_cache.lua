--- Trouble: a cold cache. What is measured first is how long the server takes to read its tables.
---
--- Readers look up documents at random in a table that was just rewritten, so that none of it is in PostgreSQL's cache. The
--- first seconds are slow and say nothing of the ones that follow. throng says so, and what to do: a warm-up.
---
---     throng run examples/trouble/cold_cache.lua
---     throng run examples/trouble/cold_cache.lua --warm-up 10s

local pg = require("throng.pg")

local read_document = pg.statement("read_document", "SELECT body FROM documents WHERE id = $1")

---@type throng.Scenario
return {
  about = "look-ups in a table that is not in the cache yet",
  needs = { "postgres" },
  tables = { "documents" },
  params = { documents = { default = 20000, doc = "documents, four to a block" } },
  load = { users = 2, duration = "20s" },
  profiles = { quick = { duration = "9s" } },

  setup = function(ctx)
    ctx.pg:script([[
      DROP TABLE IF EXISTS documents;
      CREATE TABLE documents (id bigint PRIMARY KEY, body text NOT NULL)]])
    ctx.pg:execute([[
      INSERT INTO documents SELECT n, repeat(md5(n::text), 55) FROM generate_series(1, $1::bigint) n]],
      ctx.params.documents)
    -- What it writes passes the cache by.
    ctx.pg:execute("VACUUM (FULL, ANALYZE) documents")
  end,

  personas = {
    reader = {
      think = "1ms",
      operations = {
        read = function(user)
          user.pg:value(read_document, user.random:integer(1, user.params.documents))
        end,
      },
    },
  },
}
