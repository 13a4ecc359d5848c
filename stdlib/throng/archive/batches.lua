--- What the database notes: who may archive from a table, and what was archived.
---
--- Each who takes a table over draws the next epoch, and every batch is noted under a lock on it by the one who has it. A
--- killed program may leave a transaction on the server that is still to commit: the next one waits for it here, and it
--- is either there before anybody looks at the files, or never.

local pg = require("throng.pg")

local M = {}

---@class throng.archive.Batches
---@field private name string
---@field private statements table<string, throng.pg.Statement>
local Batches = {}
Batches.__index = Batches

-- The comment is that by which throng knows its own tables, here already lest a kill within `setup` leave foreign ones.
local SCHEMA = [[
  CREATE TABLE IF NOT EXISTS NAME_archive_tables (
    table_name text PRIMARY KEY,
    epoch      bigint NOT NULL
  );
  CREATE TABLE IF NOT EXISTS NAME_archive_batches (
    table_name  text NOT NULL,
    batch       bigint NOT NULL,
    first_key   bigint NOT NULL,
    last_key    bigint NOT NULL,
    before      text NOT NULL,
    rows        bigint NOT NULL,
    digest      bigint NOT NULL,
    bytes       bigint NOT NULL,
    sha256      text NOT NULL,
    archived_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (table_name, batch)
  );
  COMMENT ON TABLE NAME_archive_tables IS 'made by throng';
  COMMENT ON TABLE NAME_archive_batches IS 'made by throng';
]]

local STATEMENTS = {
  take_over = [[
    INSERT INTO NAME_archive_tables AS t (table_name, epoch) VALUES ($1::text, 1)
    ON CONFLICT (table_name) DO UPDATE SET epoch = t.epoch + 1 RETURNING epoch]],
  claim = "SELECT epoch FROM NAME_archive_tables WHERE table_name = $1::text FOR UPDATE",
  note = [[
    INSERT INTO NAME_archive_batches (table_name, batch, first_key, last_key, before, rows, digest, bytes, sha256)
    VALUES ($1::text, $2::bigint, $3::bigint, $4::bigint, $5::text, $6::bigint, $7::bigint, $8::bigint, $9::text)]],
  noted = [[
    SELECT table_name, batch, first_key, last_key, before, rows, digest, bytes, sha256
    FROM NAME_archive_batches WHERE table_name = $1::text ORDER BY batch]],
}

--- What is noted under a name. To be called while the file is loaded.
---@param name string
---@return throng.archive.Batches
function M.new(name)
  local statements = {}
  for label, sql in pairs(STATEMENTS) do
    statements[label] = pg.statement(("%s archive: %s"):format(name, label), (sql:gsub("NAME", name)))
  end
  return setmetatable({ name = name, statements = statements }, Batches)
end

--- Makes the tables unless they are there.
---@param ctx throng.Context
function Batches:make(ctx)
  ctx.pg:script((SCHEMA:gsub("NAME", self.name)))
end

--- Forgets all that was archived.
---@param ctx throng.Context
function Batches:forget(ctx)
  ctx.pg:script((("DROP TABLE IF EXISTS NAME_archive_tables, NAME_archive_batches"):gsub("NAME", self.name)))
end

--- Takes a table over. What was under way there has committed by then, or never will.
---@param user throng.User
---@param name string
---@return integer epoch
function Batches:take_over(user, name)
  return tonumber(user.pg:value(self.statements.take_over, name))
end

--- Makes sure that nobody else has taken the table over, and that nobody does before the transaction ends.
---@param tx throng.pg.Client
---@param name string
---@param epoch integer
function Batches:claim(tx, name, epoch)
  if tonumber(tx:value(self.statements.claim, name)) ~= epoch then
    error({ kind = "archive_taken_over", message = ("`%s` is archived by somebody else by now"):format(name) })
  end
end

--- Notes a batch.
---@param tx throng.pg.Client
---@param batch throng.archive.Batch
function Batches:note(tx, batch)
  tx:execute(self.statements.note, batch.table, batch.batch, batch.first, batch.last, batch.before, batch.rows,
    batch.digest, batch.bytes, batch.sha256)
end

--- All batches of a table, in their order.
---@param user throng.User
---@param name string
---@return throng.archive.Batch[]
function Batches:of(user, name)
  local noted = {}
  for row in user.pg:cursor(self.statements.noted, name) do
    noted[#noted + 1] = {
      table = name,
      batch = tonumber(row.batch),
      first = tonumber(row.first_key),
      last = tonumber(row.last_key),
      before = row.before,
      rows = tonumber(row.rows),
      digest = tonumber(row.digest),
      bytes = tonumber(row.bytes),
      sha256 = row.sha256,
    }
  end
  return noted
end

return M
