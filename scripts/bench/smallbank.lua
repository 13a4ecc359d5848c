--- Customers of a bank with a savings and a checking account each: SmallBank.
---
--- Its five transactions (Alomari, Cahill, Fekete, Röhm, "The Cost of Serializability on Platforms That Use Snapshot
--- Isolation", 2008) and `send_payment`, which H-Store added, in H-Store's shares. Every transaction looks its customers up
--- by name; nine of ten are from a small hot part of them, so that transactions meet. Short and full of conflicts, it shows
--- what an isolation level costs: those that fail to serialize run again. Amounts are whole cents. Needs one PostgreSQL.
---
--- `verify` asks that no money came or went but by the transactions, account for account: with `isolation=read committed`
--- some is lost, and it says where.
---
---     throng run bench/smallbank
---     throng run bench/smallbank --param "isolation=repeatable read" --param hot_customers=10

local gen = require("throng.gen")
local ledger = require("throng.ledger")
local metrics = require("throng.metrics")
local pg = require("throng.pg")
local verify = require("throng.verify")

local LEAST, MOST = 1000000, 5000000 -- cents that an account is opened with
local PENALTY = 100 -- cents, for a check that is not covered
local RETRIES = 50 -- under contention a transaction may lose many times

local SCHEMA = [[
  DROP TABLE IF EXISTS smallbank_accounts, smallbank_savings, smallbank_checking;
  CREATE TABLE smallbank_accounts (custid bigint PRIMARY KEY, name varchar(64) NOT NULL UNIQUE);
  CREATE TABLE smallbank_savings (custid bigint PRIMARY KEY, bal bigint NOT NULL);
  CREATE TABLE smallbank_checking (custid bigint PRIMARY KEY, bal bigint NOT NULL);
]]

local customer_of = pg.statement("customer_of", "SELECT custid FROM smallbank_accounts WHERE name = $1")
local savings_of = pg.statement("savings_of", "SELECT bal FROM smallbank_savings WHERE custid = $1")
local checking_of = pg.statement("checking_of", "SELECT bal FROM smallbank_checking WHERE custid = $1")
local set_savings = pg.statement("set_savings", "UPDATE smallbank_savings SET bal = $2 WHERE custid = $1")
local set_checking = pg.statement("set_checking", "UPDATE smallbank_checking SET bal = $2 WHERE custid = $1")

local balances = ledger.sums("balances")
local refused = metrics.rate("refused")

-- The accounts -----------------------------------------------------------------------------------

local function name_of(id)
  return ("customer %09d"):format(id)
end

local function opening(id, account)
  return gen.integer(id, LEAST, MOST, account)
end

local function setup(ctx)
  local customers = ctx.params.customers
  local hot = ctx.params.hot_customers
  ctx:check(hot >= 2 and hot <= customers - 2, "`hot_customers` must be from 2 to two less than `customers`")
  ctx.pg:script(SCHEMA)
  ctx.pg:copy_in("smallbank_accounts (custid, name)", gen.rows(customers, { gen.index, name_of }))
  for _, account in ipairs({ "savings", "checking" }) do
    local rows = gen.rows(customers, { gen.index, { gen.integer, LEAST, MOST, account } })
    ctx.pg:copy_in(("smallbank_%s (custid, bal)"):format(account), rows)
  end
  ctx.pg:script("ANALYZE smallbank_accounts; ANALYZE smallbank_savings; ANALYZE smallbank_checking")
end

-- A transaction ----------------------------------------------------------------------------------

--- A customer, or two different ones.
local function draw(user, count)
  local hot = user.random:bool(user.params.hot_share)
  local low, high = 1, user.params.hot_customers
  if not hot then
    low, high = high + 1, user.params.customers
  end
  local first = user.random:integer(low, high)
  local second = user.random:integer(low, high - 1)
  return count == 1 and { first } or { first, second < first and second or second + 1 }
end

--- What a transaction sees of one customer's accounts, and what it changes.
local Customer = {}
Customer.__index = Customer

local function customer(user, tx, id, changes)
  local found = tx:value(customer_of, name_of(id))
  user:check(found and tonumber(found) == id, "the customer is found by name")
  return setmetatable({ tx = tx, id = id, changes = changes }, Customer)
end

function Customer:savings()
  return tonumber(self.tx:value(savings_of, self.id))
end

function Customer:checking()
  return tonumber(self.tx:value(checking_of, self.id))
end

--- Writes a balance that was `before`, and notes by how much it changed.
local function change(self, account, statement, before, amount)
  self.tx:execute(statement, self.id, before + amount)
  local cell = account .. " " .. self.id
  self.changes[cell] = (self.changes[cell] or 0) + amount
end

function Customer:change_savings(before, amount)
  change(self, "savings", set_savings, before, amount)
end

function Customer:change_checking(before, amount)
  change(self, "checking", set_checking, before, amount)
end

--- An operation: `work`, with `count` customers and an amount between the two of `cents`, in one transaction. If it returns
--- false the bank refuses it, and nothing changes.
local function transaction(count, cents, work)
  return function(user)
    local ids, cells = draw(user, count), {}
    local amount = cents and user.random:integer(cents[1], cents[2])
    for _, id in ipairs(ids) do
      cells[#cells + 1] = "savings " .. id
      cells[#cells + 1] = "checking " .. id
    end
    local changes = balances:post(user, cells, function()
      return user.pg:transaction(function(tx)
        local noted, customers = {}, {}
        for place, id in ipairs(ids) do
          customers[place] = customer(user, tx, id, noted)
        end
        return work(customers, amount) ~= false and noted
      end, { isolation = user.params.isolation, retry = RETRIES })
    end)
    refused:add(not changes)
  end
end

-- The six transactions ---------------------------------------------------------------------------

--- What a customer owns.
local balance = transaction(1, nil, function(customers)
  customers[1]:savings()
  customers[1]:checking()
end)

--- Pays in.
local deposit_checking = transaction(1, { 1, 26000 }, function(customers, amount)
  local owner = customers[1]
  owner:change_checking(owner:checking(), amount)
end)

--- Pays into the savings or takes out of them, as long as there are any.
local transact_savings = transaction(1, { -50000, 50000 }, function(customers, amount)
  local owner = customers[1]
  local savings = owner:savings()
  if savings + amount < 0 then
    return false
  end
  owner:change_savings(savings, amount)
end)

--- Moves all that one customer owns to the other's checking account.
local amalgamate = transaction(2, nil, function(customers)
  local from, to = customers[1], customers[2]
  local savings, checking = from:savings(), from:checking()
  from:change_savings(savings, -savings)
  from:change_checking(checking, -checking)
  to:change_checking(to:checking(), savings + checking)
end)

--- Cashes a check. One that is not covered costs a penalty.
local write_check = transaction(1, { 1, 100000 }, function(customers, amount)
  local owner = customers[1]
  local checking = owner:checking()
  local covered = owner:savings() + checking >= amount
  owner:change_checking(checking, -(covered and amount or amount + PENALTY))
end)

--- Pays another customer, if the checking account covers it.
local send_payment = transaction(2, { 1, 100000 }, function(customers, amount)
  local from, to = customers[1], customers[2]
  local checking = from:checking()
  if checking < amount then
    return false
  end
  from:change_checking(checking, -amount)
  to:change_checking(to:checking(), amount)
end)

-- ------------------------------------------------------------------------------------------------

local function verify_money(ctx)
  local checks, book, customers = verify.new(), balances:read(), ctx.params.customers
  for _, account in ipairs({ "savings", "checking" }) do
    local count = 0
    for row in ctx.pg:cursor(("SELECT custid, bal FROM smallbank_%s"):format(account)) do
      count = count + 1
      local id = tonumber(row.custid)
      book:check(checks, account .. " " .. id, opening(id, account), row.bal)
    end
    checks:equal(account .. " accounts", count, customers)
  end
  local named = 0
  for row in ctx.pg:cursor("SELECT custid, name FROM smallbank_accounts") do
    named = named + 1
    checks:equal("the name of customer " .. row.custid, row.name, name_of(tonumber(row.custid)))
  end
  checks:equal("customers", named, customers)
  checks:finish()
end

---@type throng.Scenario
return {
  about = "SmallBank: six short bank transactions that conflict, at any isolation level",
  needs = { "postgres" },
  tables = { "smallbank_accounts", "smallbank_savings", "smallbank_checking" },
  params = {
    customers = { default = 18000, doc = "customers, each with two accounts" },
    hot_customers = { default = 1000, doc = "those that most transactions are about; 10 for high contention" },
    hot_share = { default = 0.9, doc = "share of transactions that are about them" },
    isolation = { default = "serializable", doc = "isolation level: serializable, repeatable read or read committed" },
  },

  load = { users = 16, duration = "30s" },
  thresholds = { "response.p99 < 2s", "errors.rate < 1%" },
  profiles = { quick = { users = 4, iterations = 50, params = { customers = 200, hot_customers = 20 } } },

  setup = setup,
  verify = verify_money,

  personas = {
    customer = {
      stop = ledger.close,
      operations = {
        amalgamate = { weight = 15, run = amalgamate },
        balance = { weight = 15, run = balance },
        deposit_checking = { weight = 15, run = deposit_checking },
        send_payment = { weight = 25, run = send_payment },
        transact_savings = { weight = 15, run = transact_savings },
        write_check = { weight = 15, run = write_check },
      },
    },
  },
}
