--- What the staff of the membership office do: one function an operation.

local gen = require("throng.gen")
local hash = require("throng.hash")
local pg = require("throng.pg")
local tables = require("membership.tables")
local verify = require("throng.verify")

local TITLES = { "electrician", "welder", "carpenter", "crane operator", "clerk", "instructor" }
local ROLES = { "payroll", "safety", "human resources", "shop steward" }
local PAGE, DEEPEST_PAGE = 20, 25 -- rows to a page, and as far as people leaf

local M = {}

-- What users pick ------------------------------------------------------------------------------

local function any_member(user)
  return user.random:integer(1, user.params.members)
end

local function any_organization(user)
  return user.random:integer(1, tables.organizations(user.params))
end

local function any_offset(user)
  return PAGE * user.random:integer(0, DEEPEST_PAGE - 1)
end

--- The index of someone new; so wide that no two users meet.
local function somebody(user)
  return user.random:integer(1 << 32, 1 << 52)
end

-- Reads ----------------------------------------------------------------------------------------

local members_page = pg.statement("members_page", [[
  SELECT id, last_name, first_name, status, classification
  FROM members ORDER BY last_name, id LIMIT $1 OFFSET $2]])

function M.list_members(user)
  user.pg:query(members_page, PAGE, any_offset(user))
end

local find_member = pg.statement("find_member", "SELECT * FROM members WHERE id = $1")

local employments_of = pg.statement("employments_of", [[
  SELECT e.id, e.title, e.started_on, e.ended_on, e.is_current, o.name AS organization
  FROM member_employments e JOIN organizations o ON o.id = e.organization_id
  WHERE e.member_id = $1 ORDER BY e.started_on DESC]])

function M.member_detail(user)
  local id = any_member(user)
  local member = user.pg:one(find_member, id)
  user:check(member and tonumber(member.id) == id, "a seeded member is found by its id")
  user.pg:query(employments_of, id)
end

local by_status = pg.statement("by_status", [[
  SELECT id, last_name, first_name FROM members WHERE status = $1 ORDER BY id LIMIT $2 OFFSET $3]])

function M.search_by_status(user)
  user.pg:query(by_status, user.random:choice(tables.STATUSES), PAGE, any_offset(user))
end

local by_classification = pg.statement("by_classification", [[
  SELECT id, last_name, first_name FROM members WHERE classification = $1 ORDER BY id LIMIT $2 OFFSET $3]])

function M.search_by_classification(user)
  user.pg:query(by_classification, user.random:choice(tables.CLASSIFICATIONS), PAGE, any_offset(user))
end

local by_name = pg.statement("by_name", [[
  SELECT id, last_name, first_name, status FROM members WHERE last_name = $1 ORDER BY first_name, id LIMIT $2]])

function M.search_by_name(user)
  local found = user.pg:query(by_name, gen.last_name(any_member(user)), PAGE)
  user:check(#found > 0, "a seeded last name is found")
end

local organizations_page = pg.statement("organizations_page", [[
  SELECT o.id, o.name, o.city, count(c.id) AS contacts
  FROM (SELECT * FROM organizations ORDER BY id LIMIT $1 OFFSET $2) o
  LEFT JOIN organization_contacts c ON c.organization_id = o.id
  GROUP BY o.id, o.name, o.city ORDER BY o.id]])

function M.list_organizations(user)
  user.pg:query(organizations_page, PAGE, any_organization(user) - 1)
end

local students_page = pg.statement("students_page", [[
  SELECT id, last_name, first_name, enrolled_on FROM students ORDER BY last_name, id LIMIT $1 OFFSET $2]])

function M.list_students(user)
  user.pg:query(students_page, PAGE, any_offset(user))
end

-- Writes ---------------------------------------------------------------------------------------

local insert_member = pg.statement("insert_member", [[
  INSERT INTO members (first_name, last_name, email, phone, status, classification, entered_by)
  VALUES ($1, $2, $3, $4, 'active', $5, $6) RETURNING id]])

function M.create_member(user)
  local first, last, email, phone = tables.person(somebody(user))
  local classification = user.random:choice(tables.CLASSIFICATIONS)
  local id = verify.counted("members", function()
    return user.pg:value(insert_member, first, last, email, phone, classification, user.number)
  end)
  user:check(tonumber(id) > user.params.members, "a new member gets a new id")
end

local change_member = pg.statement("change_member", [[
  UPDATE members SET phone = $2, status = $3, revision = revision + 1, updated_at = now() WHERE id = $1]])

function M.update_member(user)
  local id, phone, status = any_member(user), gen.phone(somebody(user)), user.random:choice(tables.STATUSES)
  verify.counted("updates", function()
    user:check(user.pg:execute(change_member, id, phone, status) == 1, "the member to update exists")
  end)
end

-- Jobs of a member change under a lock on the member, so that no two become current.
local lock_member = pg.statement("lock_member", "SELECT id FROM members WHERE id = $1 FOR UPDATE")

local end_current_employment = pg.statement("end_current_employment", [[
  UPDATE member_employments SET is_current = false, ended_on = current_date
  WHERE member_id = $1 AND is_current]])

local resume_last_employment = pg.statement("resume_last_employment", [[
  UPDATE member_employments SET is_current = true, ended_on = NULL
  WHERE id = (SELECT max(id) FROM member_employments WHERE member_id = $1)]])

local insert_employment = pg.statement("insert_employment", [[
  INSERT INTO member_employments (member_id, organization_id, title, entered_by) VALUES ($1, $2, $3, $4)]])

function M.create_employment(user)
  local member, organization, title = any_member(user), any_organization(user), user.random:choice(TITLES)
  verify.counted("employments", function()
    user.pg:transaction(function(tx)
      tx:one(lock_member, member)
      tx:execute(end_current_employment, member)
      tx:execute(insert_employment, member, organization, title, user.number)
    end)
  end)
end

function M.update_employment_status(user)
  local member = any_member(user)
  user.pg:transaction(function(tx)
    tx:one(lock_member, member)
    if tx:execute(end_current_employment, member) == 0 then
      tx:execute(resume_last_employment, member)
    end
  end)
end

local insert_contact = pg.statement("insert_contact", [[
  INSERT INTO organization_contacts (organization_id, full_name, role, email, entered_by)
  VALUES ($1, $2, $3, $4, $5)]])

function M.create_organization_contact(user)
  local organization, i, role = any_organization(user), somebody(user), user.random:choice(ROLES)
  verify.counted("contacts", function()
    user.pg:execute(insert_contact, organization, gen.full_name(i), role, gen.email(i), user.number)
  end)
end

-- Files ----------------------------------------------------------------------------------------

local attachments_page = pg.statement("attachments_page", [[
  SELECT id, member_id, file_name, octet_length(content) AS size
  FROM file_attachments ORDER BY id LIMIT $1 OFFSET $2]])

function M.list_attachments(user)
  user.pg:query(attachments_page, PAGE, any_offset(user))
end

local insert_attachment = pg.statement("insert_attachment", [[
  INSERT INTO file_attachments (member_id, file_name, content, sha256, entered_by)
  VALUES ($1, $2, $3, $4, $5)]])

function M.create_attachment(user)
  local member, i = any_member(user), somebody(user)
  local content = gen.bytes(i, user.random:integer(512, 8192))
  verify.counted("attachments", function()
    user.pg:execute(insert_attachment, member, "scan-" .. i .. ".pdf", pg.bytes(content), hash.sha256(content), user.number)
  end)
end

local find_attachment = pg.statement("find_attachment", [[
  SELECT id, member_id, file_name, octet_length(content) AS size, sha256
  FROM file_attachments WHERE member_id = $1 ORDER BY id LIMIT 1]])

function M.read_attachment(user)
  local member = 4 * user.random:integer(1, user.params.members // 4)
  user:check(user.pg:one(find_attachment, member), "a seeded attachment is found by its member")
end

return M
