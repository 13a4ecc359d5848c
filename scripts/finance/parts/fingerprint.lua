--- Tables told by how many rows they have and a checksum of all that is in them, in whatever order.

local M = {}

--- A query of one row with `rows` and `checksum`, both as text. The hash of a row's text is PostgreSQL's own, with 64 bits.
function M.query(name)
  return ([[
    SELECT count(*)::text AS rows, coalesce(sum(hashtextextended(t::text, 0)::numeric), 0)::text AS checksum
    FROM %s t]]):format(name)
end

--- The fingerprints of tables, by name: `rows` and `checksum` in one text.
function M.of(ctx, names)
  local found = {}
  for _, name in ipairs(names) do
    local row = ctx.pg:one(M.query(name))
    found[name] = ("%s rows, checksum %s"):format(row.rows, row.checksum)
  end
  return found
end

return M
