--- Membership office: the staff of a member organisation who look up, enter and correct records.
---
--- Half of them mostly read, a fifth mostly write, a quarter do both, and a few handle files.
--- Needs one PostgreSQL. `setup` makes and fills six tables; `verify` then holds every row
--- against what the users did.
---
---     throng run membership
---     throng run membership --profile stress
---     throng run membership --persona read_heavy --users 100

local gen = require("throng.gen")
local hash = require("throng.hash")
local pg = require("throng.pg")
local shared = require("throng.shared")
local verify = require("throng.verify")

local STATUSES = { "active", "retired", "suspended", "resigned" }
local CLASSIFICATIONS = { "apprentice", "journeyperson", "supervisor", "associate" }
local TITLES = { "electrician", "welder", "carpenter", "crane operator", "clerk", "instructor" }
local ROLES = { "payroll", "safety", "human resources", "shop steward" }
local PAGE, DEEPEST_PAGE = 20, 25 -- rows to a page, and as far as people leaf

-- Tables ---------------------------------------------------------------------------------------

-- `entered_by` is the number of the user who made a row, and null in seeded rows.
local SCHEMA = [[
  DROP TABLE IF EXISTS file_attachments, organization_contacts, member_employments,
    students, organizations, members;

  CREATE TABLE members (
    id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    first_name     text NOT NULL,
    last_name      text NOT NULL,
    email          text NOT NULL,
    phone          text NOT NULL,
    status         text NOT NULL,
    classification text NOT NULL,
    revision       integer NOT NULL DEFAULT 0,
    updated_at     timestamptz NOT NULL DEFAULT now(),
    entered_by     bigint
  );
  CREATE TABLE organizations (
    id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name           text NOT NULL UNIQUE,
    city           text NOT NULL
  );
  CREATE TABLE students (
    id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    organization_id bigint NOT NULL REFERENCES organizations,
    last_name       text NOT NULL,
    first_name      text NOT NULL,
    enrolled_on     date NOT NULL
  );
  CREATE TABLE member_employments (
    id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    member_id       bigint NOT NULL REFERENCES members,
    organization_id bigint NOT NULL REFERENCES organizations,
    title           text NOT NULL,
    started_on      date NOT NULL DEFAULT current_date,
    ended_on        date,
    is_current      boolean NOT NULL DEFAULT true,
    entered_by      bigint
  );
  CREATE TABLE organization_contacts (
    id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    organization_id bigint NOT NULL REFERENCES organizations,
    full_name       text NOT NULL,
    role            text NOT NULL,
    email           text NOT NULL,
    entered_by      bigint
  );
  CREATE TABLE file_attachments (
    id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    member_id       bigint NOT NULL REFERENCES members,
    file_name       text NOT NULL,
    content         bytea NOT NULL,
    sha256          text NOT NULL,
    entered_by      bigint
  );
]]

-- Made after the rows, which is faster than keeping them up to date on the way.
local INDEXES = [[
  CREATE INDEX idx_members_status ON members (status);
  CREATE INDEX idx_members_classification ON members (classification);
  CREATE INDEX idx_members_last_name ON members (last_name);
  CREATE INDEX idx_employments_member_current ON member_employments (member_id, is_current);
  CREATE INDEX idx_students_last_name ON students (last_name);
  CREATE INDEX idx_contacts_organization ON organization_contacts (organization_id);
  CREATE INDEX idx_attachments_member ON file_attachments (member_id);
  ANALYZE members, organizations, students, member_employments, organization_contacts, file_attachments;
]]

local MEMBER_COLUMNS = "members (first_name, last_name, email, phone, status, classification)"

local seed_organizations = pg.statement("seed_organizations", [[
  INSERT INTO organizations (name, city)
  SELECT 'Local ' || n, (ARRAY['Ashford', 'Brookfield', 'Carlton', 'Dunmore', 'Easton'])[1 + n % 5]
  FROM generate_series(1, $1::int) n]])

local seed_students = pg.statement("seed_students", [[
  INSERT INTO students (organization_id, last_name, first_name, enrolled_on)
  SELECT 1 + m.id % $1::bigint, m.last_name, 'Junior ' || m.first_name, date '2020-01-01' + (m.id % 1500)::int
  FROM members m WHERE m.id % 10 = 0]])

-- Everyone has had a job, four of five have one now.
local seed_employments = pg.statement("seed_employments", [[
  INSERT INTO member_employments (member_id, organization_id, title, started_on, ended_on, is_current)
  SELECT m.id, 1 + (m.id * 7 + job) % $1::bigint, 'electrician', date '2010-01-01' + job * 1000,
         CASE job WHEN 0 THEN date '2012-06-30' END, job = 1
  FROM members m CROSS JOIN generate_series(0, 1) job
  WHERE job = 0 OR m.id % 5 > 0]])

local seed_contacts = pg.statement("seed_contacts", [[
  INSERT INTO organization_contacts (organization_id, full_name, role, email)
  SELECT o.id, 'Contact ' || o.id || '-' || n, 'payroll', 'contact' || n || '@local' || o.id || '.example'
  FROM organizations o CROSS JOIN generate_series(1, 2) n]])

local seed_attachments = pg.statement("seed_attachments", [[
  INSERT INTO file_attachments (member_id, file_name, content, sha256)
  SELECT m.id, 'application-' || m.id || '.pdf', f.content, encode(sha256(f.content), 'hex')
  FROM members m CROSS JOIN LATERAL (SELECT decode(repeat(md5(m.id::text), 16), 'hex') AS content) f
  WHERE m.id % 4 = 0]])

local function organizations(params)
  return math.max(10, params.members // 50)
end

--- The fields of person `i`, the same whenever they are asked for.
local function person(i)
  return gen.first_name(i), gen.last_name(i), gen.email(i), gen.phone(i)
end

--- An iterator over the rows of the seeded members.
local function seeded_members(count)
  local i = 0
  return function()
    i = i + 1
    if i > count then
      return nil
    end
    local first, last, email, phone = person(i)
    local status = i % 10 < 7 and "active" or STATUSES[2 + i % 3]
    return { first, last, email, phone, status, CLASSIFICATIONS[1 + i % #CLASSIFICATIONS] }
  end
end

local function setup(ctx)
  ctx.pg:script(SCHEMA)
  ctx.pg:copy_in(MEMBER_COLUMNS, seeded_members(ctx.params.members))
  local count = organizations(ctx.params)
  ctx.pg:execute(seed_organizations, count)
  ctx.pg:execute(seed_students, count)
  ctx.pg:execute(seed_employments, count)
  ctx.pg:execute(seed_contacts)
  ctx.pg:execute(seed_attachments)
  ctx.pg:script(INDEXES)
end

-- What users pick ------------------------------------------------------------------------------

local function any_member(user)
  return user.random:integer(1, user.params.members)
end

local function any_organization(user)
  return user.random:integer(1, organizations(user.params))
end

local function any_offset(user)
  return PAGE * user.random:integer(0, DEEPEST_PAGE - 1)
end

--- The index of someone new; so wide that no two users meet.
local function somebody(user)
  return user.random:integer(1 << 32, 1 << 52)
end

--- Does `write` and keeps count, for `verify`. A write that was begun and not done, because it
--- failed or the run ended, may have reached the table or not.
local function counted(what, write)
  shared.counter(what .. "_begun"):add(1)
  local result = write()
  shared.counter(what .. "_done"):add(1)
  return result
end

-- Reads ----------------------------------------------------------------------------------------

local members_page = pg.statement("members_page", [[
  SELECT id, last_name, first_name, status, classification
  FROM members ORDER BY last_name, id LIMIT $1 OFFSET $2]])

local function list_members(user)
  user.pg:query(members_page, PAGE, any_offset(user))
end

local find_member = pg.statement("find_member", "SELECT * FROM members WHERE id = $1")

local employments_of = pg.statement("employments_of", [[
  SELECT e.id, e.title, e.started_on, e.ended_on, e.is_current, o.name AS organization
  FROM member_employments e JOIN organizations o ON o.id = e.organization_id
  WHERE e.member_id = $1 ORDER BY e.started_on DESC]])

local function member_detail(user)
  local id = any_member(user)
  local member = user.pg:one(find_member, id)
  user:check(member and member.id == id, "a seeded member is found by its id")
  user.pg:query(employments_of, id)
end

local by_status = pg.statement("by_status", [[
  SELECT id, last_name, first_name FROM members WHERE status = $1 ORDER BY id LIMIT $2 OFFSET $3]])

local function search_by_status(user)
  user.pg:query(by_status, user.random:choice(STATUSES), PAGE, any_offset(user))
end

local by_classification = pg.statement("by_classification", [[
  SELECT id, last_name, first_name FROM members WHERE classification = $1 ORDER BY id LIMIT $2 OFFSET $3]])

local function search_by_classification(user)
  user.pg:query(by_classification, user.random:choice(CLASSIFICATIONS), PAGE, any_offset(user))
end

local by_name = pg.statement("by_name", [[
  SELECT id, last_name, first_name, status FROM members WHERE last_name = $1 ORDER BY first_name, id LIMIT $2]])

local function search_by_name(user)
  local found = user.pg:query(by_name, gen.last_name(any_member(user)), PAGE)
  user:check(#found > 0, "a seeded last name is found")
end

local organizations_page = pg.statement("organizations_page", [[
  SELECT o.id, o.name, o.city, count(c.id) AS contacts
  FROM (SELECT * FROM organizations ORDER BY id LIMIT $1 OFFSET $2) o
  LEFT JOIN organization_contacts c ON c.organization_id = o.id
  GROUP BY o.id, o.name, o.city ORDER BY o.id]])

local function list_organizations(user)
  user.pg:query(organizations_page, PAGE, any_organization(user) - 1)
end

local students_page = pg.statement("students_page", [[
  SELECT id, last_name, first_name, enrolled_on FROM students ORDER BY last_name, id LIMIT $1 OFFSET $2]])

local function list_students(user)
  user.pg:query(students_page, PAGE, any_offset(user))
end

-- Writes ---------------------------------------------------------------------------------------

local insert_member = pg.statement("insert_member", [[
  INSERT INTO members (first_name, last_name, email, phone, status, classification, entered_by)
  VALUES ($1, $2, $3, $4, 'active', $5, $6) RETURNING id]])

local function create_member(user)
  local first, last, email, phone = person(somebody(user))
  local classification = user.random:choice(CLASSIFICATIONS)
  local id = counted("members", function()
    return user.pg:value(insert_member, first, last, email, phone, classification, user.number)
  end)
  user:check(id > user.params.members, "a new member gets a new id")
end

local change_member = pg.statement("change_member", [[
  UPDATE members SET phone = $2, status = $3, revision = revision + 1, updated_at = now() WHERE id = $1]])

local function update_member(user)
  local id, phone, status = any_member(user), gen.phone(somebody(user)), user.random:choice(STATUSES)
  counted("updates", function()
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

local function create_employment(user)
  local member, organization, title = any_member(user), any_organization(user), user.random:choice(TITLES)
  counted("employments", function()
    user.pg:transaction(function(tx)
      tx:one(lock_member, member)
      tx:execute(end_current_employment, member)
      tx:execute(insert_employment, member, organization, title, user.number)
    end)
  end)
end

local function update_employment_status(user)
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

local function create_organization_contact(user)
  local organization, i, role = any_organization(user), somebody(user), user.random:choice(ROLES)
  counted("contacts", function()
    user.pg:execute(insert_contact, organization, gen.full_name(i), role, gen.email(i), user.number)
  end)
end

-- Files ----------------------------------------------------------------------------------------

local attachments_page = pg.statement("attachments_page", [[
  SELECT id, member_id, file_name, octet_length(content) AS size
  FROM file_attachments ORDER BY id LIMIT $1 OFFSET $2]])

local function list_attachments(user)
  user.pg:query(attachments_page, PAGE, any_offset(user))
end

local insert_attachment = pg.statement("insert_attachment", [[
  INSERT INTO file_attachments (member_id, file_name, content, sha256, entered_by)
  VALUES ($1, $2, $3, $4, $5)]])

local function create_attachment(user)
  local member, i = any_member(user), somebody(user)
  local content = gen.bytes(i, user.random:integer(512, 8192))
  counted("attachments", function()
    user.pg:execute(insert_attachment, member, "scan-" .. i .. ".pdf", content, hash.sha256(content), user.number)
  end)
end

local find_attachment = pg.statement("find_attachment", [[
  SELECT id, member_id, file_name, octet_length(content) AS size, sha256
  FROM file_attachments WHERE member_id = $1 ORDER BY id LIMIT 1]])

local function read_attachment(user)
  local member = 4 * user.random:integer(1, user.params.members // 4)
  user:check(user.pg:one(find_attachment, member), "a seeded attachment is found by its member")
end

-- Verification ---------------------------------------------------------------------------------

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

-- Each counts what users did; the name is the one it was counted under.
local TRACES = {
  members = "SELECT count(*) FROM members WHERE entered_by IS NOT NULL",
  updates = "SELECT sum(revision)::bigint FROM members",
  employments = "SELECT count(*) FROM member_employments WHERE entered_by IS NOT NULL",
  contacts = "SELECT count(*) FROM organization_contacts WHERE entered_by IS NOT NULL",
  attachments = "SELECT count(*) FROM file_attachments WHERE entered_by IS NOT NULL",
}

local SEEDED = "SELECT count(*) FROM members WHERE entered_by IS NULL"

local function verify_data(ctx)
  local checks = verify.new()
  for _, violation in ipairs(VIOLATIONS) do
    checks:equal(violation[1], ctx.pg:value(violation[2]), 0)
  end
  checks:equal("seeded members", ctx.pg:value(SEEDED), ctx.params.members)
  for what, sql in pairs(TRACES) do
    local done, begun = shared.counter(what .. "_done"):get(), shared.counter(what .. "_begun"):get()
    checks:between(what .. " found in the tables", ctx.pg:value(sql), done, begun)
  end
  checks:finish()
end

-- The scenario ---------------------------------------------------------------------------------

---@type throng.Scenario
return {
  about = "read-heavy, write-heavy, mixed and file users of a member database",
  needs = { "postgres" },
  params = { members = { default = 10000, doc = "members seeded before the run" } },

  load = { users = 50, iterations = 50, ramp_up = "10s" },
  thresholds = { "response.mean < 500ms", "errors.rate < 1%" },
  profiles = {
    quick = { users = 10, iterations = 20, ramp_up = "1s" },
    normal = {
      users = 50, iterations = 50,
      thresholds = { "response.mean < 200ms", "throughput > 50/s", "errors.rate < 1%" },
    },
    peak = {
      users = 150, iterations = 75,
      thresholds = { "response.mean < 500ms", "throughput > 100/s", "errors.rate < 2%" },
    },
    stress = {
      users = 200, iterations = 100,
      thresholds = { "response.mean < 1s", "errors.rate < 5%" },
    },
    read_heavy = {
      users = 100, iterations = 50, persona = { "read_heavy" },
      thresholds = { "response.mean < 100ms", "throughput > 150/s", "errors.rate < 1%" },
    },
    write_heavy = {
      users = 30, iterations = 100, persona = { "write_heavy" },
      thresholds = { "response.mean < 300ms", "errors.rate < 1%" },
    },
    sustained = {
      users = 50, iterations = 500, think = "500ms",
      thresholds = { "response.mean < 200ms", "response.p99[30s] < 1s", "errors.rate < 1%" },
    },
  },

  setup = setup,
  verify = verify_data,

  personas = {
    read_heavy = { -- viewers, searchers, managers: 90 % reads
      share = 50,
      think = "100ms",
      operations = {
        list_members = { weight = 25, run = list_members },
        member_detail = { weight = 25, run = member_detail },
        search_by_status = { weight = 10, run = search_by_status },
        search_by_classification = { weight = 10, run = search_by_classification },
        search_by_name = { weight = 10, run = search_by_name },
        list_organizations = { weight = 5, run = list_organizations },
        list_students = { weight = 5, run = list_students },
        update_member = { weight = 10, run = update_member },
      },
    },
    write_heavy = { -- data entry and human resources: 70 % writes
      share = 20,
      think = "100ms",
      operations = {
        create_member = { weight = 20, run = create_member },
        update_member = { weight = 20, run = update_member },
        create_employment = { weight = 12, run = create_employment },
        update_employment_status = { weight = 10, run = update_employment_status },
        create_organization_contact = { weight = 8, run = create_organization_contact },
        member_detail = { weight = 15, run = member_detail },
        search_by_name = { weight = 15, run = search_by_name },
      },
    },
    mixed = { -- everyday users: 60 % reads
      share = 25,
      think = "100ms",
      operations = {
        list_members = { weight = 15, run = list_members },
        member_detail = { weight = 20, run = member_detail },
        search_by_status = { weight = 5, run = search_by_status },
        search_by_classification = { weight = 5, run = search_by_classification },
        search_by_name = { weight = 10, run = search_by_name },
        list_organizations = { weight = 5, run = list_organizations },
        create_member = { weight = 12, run = create_member },
        update_member = { weight = 14, run = update_member },
        create_employment = { weight = 6, run = create_employment },
        update_employment_status = { weight = 4, run = update_employment_status },
        create_organization_contact = { weight = 4, run = create_organization_contact },
      },
    },
    file_operations = { -- document processors
      share = 5,
      think = "100ms",
      operations = {
        list_attachments = { weight = 40, run = list_attachments },
        create_attachment = { weight = 30, run = create_attachment },
        read_attachment = { weight = 30, run = read_attachment },
      },
    },
  },
}
