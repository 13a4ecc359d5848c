--- Membership office: the staff of a member organisation who look up, enter and correct records.
---
--- Half of them mostly read, a fifth mostly write, a quarter do both, and a few handle files.
--- Needs one PostgreSQL. `setup` makes and fills six tables; `verify` then holds every row
--- against what the users did.
---
---     throng run membership
---     throng run membership --profile stress
---     throng run membership --persona read_heavy --users 100

local audit = require("membership.audit")
local tables = require("membership.tables")
local work = require("membership.work")

---@type throng.Scenario
return {
  about = "read-heavy, write-heavy, mixed and file users of a member database",
  needs = { "postgres" },
  tables = tables.NAMES,
  params = { members = { default = 10000, doc = "members seeded before the run" } },

  load = { users = 50, iterations = 50, ramp_up = "10s", think = "100ms" },
  scale_to = 4000,
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

  setup = tables.fill,
  verify = audit.run,

  personas = {
    read_heavy = { -- viewers, searchers, managers: 90 % reads
      share = 50,
      operations = {
        list_members = { weight = 25, run = work.list_members },
        member_detail = { weight = 25, run = work.member_detail },
        search_by_status = { weight = 10, run = work.search_by_status },
        search_by_classification = { weight = 10, run = work.search_by_classification },
        search_by_name = { weight = 10, run = work.search_by_name },
        list_organizations = { weight = 5, run = work.list_organizations },
        list_students = { weight = 5, run = work.list_students },
        update_member = { weight = 10, run = work.update_member },
      },
    },
    write_heavy = { -- data entry and human resources: 70 % writes
      share = 20,
      operations = {
        create_member = { weight = 20, run = work.create_member },
        update_member = { weight = 20, run = work.update_member },
        create_employment = { weight = 12, run = work.create_employment },
        update_employment_status = { weight = 10, run = work.update_employment_status },
        create_organization_contact = { weight = 8, run = work.create_organization_contact },
        member_detail = { weight = 15, run = work.member_detail },
        search_by_name = { weight = 15, run = work.search_by_name },
      },
    },
    mixed = { -- everyday users: 60 % reads
      share = 25,
      operations = {
        list_members = { weight = 15, run = work.list_members },
        member_detail = { weight = 20, run = work.member_detail },
        search_by_status = { weight = 5, run = work.search_by_status },
        search_by_classification = { weight = 5, run = work.search_by_classification },
        search_by_name = { weight = 10, run = work.search_by_name },
        list_organizations = { weight = 5, run = work.list_organizations },
        create_member = { weight = 12, run = work.create_member },
        update_member = { weight = 14, run = work.update_member },
        create_employment = { weight = 6, run = work.create_employment },
        update_employment_status = { weight = 4, run = work.update_employment_status },
        create_organization_contact = { weight = 4, run = work.create_organization_contact },
      },
    },
    file_operations = { -- document processors
      share = 5,
      operations = {
        list_attachments = { weight = 40, run = work.list_attachments },
        create_attachment = { weight = 30, run = work.create_attachment },
        read_attachment = { weight = 30, run = work.read_attachment },
      },
    },
  },
}
