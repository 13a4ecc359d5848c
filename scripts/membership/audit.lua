--- Are the data of the membership office what its staff made of them?

local verify = require("throng.verify")

local M = {}

-- Each counts what must not be there.
local VIOLATIONS = {
  { "employments without member or organization", [[
    SELECT count(*) FROM member_employments e
    LEFT JOIN members m ON m.id = e.member_id LEFT JOIN organizations o ON o.id = e.organization_id
    WHERE m.id IS NULL OR o.id IS NULL]] },
  { "contacts without organization", [[
    SELECT count(*) FROM organization_contacts c
    LEFT JOIN organizations o ON o.id = c.organization_id WHERE o.id IS NULL]] },
  { "attachments without member", [[
    SELECT count(*) FROM file_attachments f LEFT JOIN members m ON m.id = f.member_id WHERE m.id IS NULL]] },
  { "students without organization", [[
    SELECT count(*) FROM students s LEFT JOIN organizations o ON o.id = s.organization_id WHERE o.id IS NULL]] },
  { "members with more than one current employment", [[
    SELECT count(*) FROM (
      SELECT member_id FROM member_employments WHERE is_current GROUP BY member_id HAVING count(*) > 1) d]] },
  { "employments that are current and ended, or neither", [[
    SELECT count(*) FROM member_employments WHERE is_current = (ended_on IS NOT NULL)]] },
  { "attachments whose content was altered on the way", [[
    SELECT count(*) FROM file_attachments WHERE encode(sha256(content), 'hex') <> sha256]] },
}

-- Each counts what users did, under the name it was counted by.
local TRACES = {
  { "members", "SELECT count(*) FROM members WHERE entered_by IS NOT NULL" },
  { "updates", "SELECT sum(revision)::bigint FROM members" },
  { "employments", "SELECT count(*) FROM member_employments WHERE entered_by IS NOT NULL" },
  { "contacts", "SELECT count(*) FROM organization_contacts WHERE entered_by IS NOT NULL" },
  { "attachments", "SELECT count(*) FROM file_attachments WHERE entered_by IS NOT NULL" },
}

local SEEDED = "SELECT count(*) FROM members WHERE entered_by IS NULL"

--- Holds the tables against what the users did.
function M.run(ctx)
  local checks = verify.new()
  for _, violation in ipairs(VIOLATIONS) do
    checks:equal(violation[1], ctx.pg:value(violation[2]), 0)
  end
  checks:equal("seeded members", ctx.pg:value(SEEDED), ctx.params.members)
  for _, trace in ipairs(TRACES) do
    checks:counted(trace[1], ctx.pg:value(trace[2]))
  end
  checks:finish()
end

return M
