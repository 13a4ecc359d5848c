--- Who works in the office: the four kinds of staff, and the same people by region.

local day = require("membership.day")
local work = require("membership.work")

local M = {}

--- The kinds of staff, and the share of each.
local KINDS = {
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
}

--- Regions, each with its people and how long they pause between two steps.
local PLACES = {
  us_east = { users = 25, think = "100ms" },
  us_west = { users = 15, think = "150ms" },
  europe = { users = 10, think = "300ms" },
}

local function names(of)
  local list = {}
  for name in pairs(of) do
    list[#list + 1] = name
  end
  table.sort(list)
  return list
end

--- The personas of an everyday load.
M.EVERYDAY = names(KINDS)

--- The personas of a load by regions.
M.REGIONS = names(PLACES)

--- What all kinds of staff do together: each operation as often as they would.
local function all_work()
  local operations = {}
  for _, kind in ipairs(M.EVERYDAY) do
    local total = 0
    for _, operation in pairs(KINDS[kind].operations) do
      total = total + operation.weight
    end
    for name, operation in pairs(KINDS[kind].operations) do
      local known = operations[name] or { weight = 0, run = operation.run }
      known.weight = known.weight + KINDS[kind].share * operation.weight / total
      operations[name] = known
    end
  end
  return operations
end

--- All personas of the scenario.
---@return table<string, throng.Persona>
function M.personas()
  local personas = { [day.CLOCK] = day.clock }
  for name, kind in pairs(KINDS) do
    personas[name] = kind
  end
  for name, place in pairs(PLACES) do
    personas[name] = {
      load = { users = place.users, iterations = 50, ramp_up = "10s" },
      think = place.think,
      operations = all_work(),
    }
  end
  return personas
end

return M
