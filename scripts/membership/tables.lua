--- The six tables of the membership office, and the rows they start with.

local gen = require("throng.gen")
local pg = require("throng.pg")

local M = {}

M.NAMES = {
  "members", "organizations", "students", "member_employments", "organization_contacts", "file_attachments",
}
M.STATUSES = { "active", "retired", "suspended", "resigned" }
M.CLASSIFICATIONS = { "apprentice", "journeyperson", "supervisor", "associate" }

-- `entered_by` is the number of the user who made a row, and null in seeded rows.
local SCHEMA = [[
  DROP TABLE IF EXISTS file_attachments, organization_contacts, member_employments,
    students, organizations, members;

  CREATE TABLE members (
    id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    first_name     text NOT NULL,
    last_name      text NOT NULL,
    email          text NOT NULL UNIQUE,
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

--- How many organizations there are.
function M.organizations(params)
  return math.max(10, params.members // 50)
end

--- The fields of person `i`, the same whenever they are asked for.
function M.person(i)
  return gen.first_name(i), gen.last_name(i), gen.email(i), gen.phone(i)
end

--- The rows of the seeded members: the fields of each person, and what they are in the office.
local function seeded_members(count)
  return gen.rows(count, {
    gen.first_name,
    gen.last_name,
    gen.email,
    gen.phone,
    function(i)
      return i % 10 < 7 and "active" or M.STATUSES[2 + i % 3]
    end,
    function(i)
      return M.CLASSIFICATIONS[1 + i % #M.CLASSIFICATIONS]
    end,
  })
end

--- Makes the tables anew and fills them.
function M.fill(ctx)
  ctx.pg:script(SCHEMA)
  ctx.pg:copy_in(MEMBER_COLUMNS, seeded_members(ctx.params.members))
  local count = M.organizations(ctx.params)
  ctx.pg:execute(seed_organizations, count)
  ctx.pg:execute(seed_students, count)
  ctx.pg:execute(seed_employments, count)
  ctx.pg:execute(seed_contacts)
  ctx.pg:execute(seed_attachments)
  ctx.pg:script(INDEXES)
end

return M
