--- A shop: customers and their orders, on the old PostgreSQL and on the new one.

local gen = require("throng.gen")
local migration = require("throng.migration")
local time = require("throng.time")
local verify = require("throng.verify")

local M = {}

M.TABLES = { "shop_customers", "shop_orders" }

--- The name of the new server among the scenario's targets.
M.NEW = "new"

-- Users number their orders from far above those of the past, so that no two meet.
local ORDERS_OF_A_USER = 1 << 24

M.migration = migration.new({
  name = "shop",
  sabotage = "sabotage",
  records = {
    customers = {
      fields = { name = "text", email = "text", orders = "integer", spent_cents = "integer", seen_at = "timestamp" },
      source = migration.pg_table({ table = "shop_customers", key = "id" }),
      target = migration.pg_table({
        table = "shop_customers", key = "id", target = M.NEW, columns = { email = "email_address" },
      }),
    },
    orders = {
      fields = { customer = "integer", items = "json", cents = "integer", paid = "boolean", placed_at = "timestamp" },
      source = migration.pg_table({ table = "shop_orders", key = "id" }),
      target = migration.pg_table({ table = "shop_orders", key = "id", target = M.NEW }),
    },
  },
})

--- The same tables on both, but for a column that has another name on the new one.
local function schema(email)
  return ([[
    DROP TABLE IF EXISTS shop_customers, shop_orders;

    CREATE TABLE shop_customers (
      id          bigint PRIMARY KEY,
      version     bigint NOT NULL DEFAULT 1,
      name        text NOT NULL,
      %s text NOT NULL,
      orders      bigint NOT NULL DEFAULT 0,
      spent_cents bigint NOT NULL DEFAULT 0,
      seen_at     timestamptz
    );
    CREATE TABLE shop_orders (
      id          bigint PRIMARY KEY,
      version     bigint NOT NULL DEFAULT 1,
      customer    bigint NOT NULL,
      items       jsonb NOT NULL,
      cents       bigint NOT NULL,
      paid        boolean NOT NULL,
      placed_at   timestamptz NOT NULL
    );
  ]]):format(email)
end

local PREPARE = [[
  CREATE INDEX shop_orders_customer ON shop_orders (customer);
  ANALYZE shop_customers, shop_orders;
]]

--- Fills the old server, and makes empty tables on the new one.
function M.setup(ctx)
  ctx.pg:script(schema("email"))
  ctx.pg[M.NEW]:script(schema("email_address"))
  local customers = gen.rows(ctx.params.customers, { gen.index, gen.full_name, gen.email })
  ctx.pg:copy_in("shop_customers (id, name, email)", customers)
  ctx.pg:copy_in("shop_orders (id, customer, items, cents, paid, placed_at)", gen.rows(ctx.params.orders, {
    gen.index,
    { gen.integer, 1, ctx.params.customers },
    function(i)
      return ('["%s"]'):format(gen.word(i))
    end,
    { gen.integer, 100, 9999 },
    true,
    { gen.timestamp, "2024-01-01", "2024-12-31" },
  }))
end

--- The conductor's preparation of the new server.
function M.prepare(user)
  user.pg[M.NEW]:script(PREPARE)
end

local function any_customer(user)
  return tostring(user.random:integer(1, user.params.customers))
end

--- Looks at a customer.
function M.look(user)
  user:check(M.migration.records.customers:read(user, any_customer(user)), "every customer is found")
end

--- Looks at an order of the past.
function M.look_back(user)
  local id = tostring(user.random:integer(1, user.params.orders))
  user:check(M.migration.records.orders:read(user, id), "every order is found")
end

--- Places an order, and adds it to what the customer has spent.
function M.order(user)
  local customer, cents = any_customer(user), user.random:integer(100, 9999)
  user.state.placed = (user.state.placed or 0) + 1
  local id = tostring((user.number + 1) * ORDERS_OF_A_USER + user.state.placed)
  verify.counted("orders", function()
    return M.migration.records.orders:write(user, id, {
      version = 1,
      customer = tonumber(customer),
      items = { gen.word(cents), gen.word(cents, "second") },
      cents = cents,
      paid = false,
      placed_at = math.floor(time.now() * 1e6),
    })
  end)
  verify.counted("bookings", function()
    return M.migration.records.customers:update(user, customer, function(record)
      user:check(record, "every customer is found")
      record.orders, record.spent_cents = record.orders + 1, record.spent_cents + cents
      record.seen_at = math.floor(time.now() * 1e6)
      return record
    end)
  end)
  user.state.unpaid = id
end

--- Pays the order placed last.
function M.pay(user)
  local id = user.state.unpaid
  if not id then
    return M.order(user)
  end
  user.state.unpaid = nil
  verify.counted("payments", function()
    return M.migration.records.orders:update(user, id, function(record)
      user:check(record, "an order that was placed is found")
      record.paid = true
      return record
    end)
  end)
end

--- Holds what is in force at the end against what the users counted.
function M.audit(ctx, checks)
  local count = { placed = 0, paid = 0, past = 0, booked = 0 }
  M.migration:each(ctx, "orders", function(key, order)
    if tonumber(key) < ORDERS_OF_A_USER then
      count.past = count.past + 1
    else
      count.placed = count.placed + 1
      count.paid = count.paid + (order.paid and 1 or 0)
    end
  end)
  M.migration:each(ctx, "customers", function(_, customer)
    count.booked = count.booked + customer.orders
  end)
  checks:equal("orders of the past", count.past, ctx.params.orders)
  checks:counted("orders", count.placed)
  checks:counted("payments", count.paid)
  checks:counted("bookings", count.booked)
end

return M
