--- A product catalogue in PostgreSQL behind a cache in Redis, kept by the cache-aside pattern.
---
--- Shoppers look in the cache first and fill it on a miss; editors change the database and then
--- drop the cached copy. A few products are looked at far more than the rest. Needs both servers.
---
---     throng run examples/cache_aside.lua

local gen = require("throng.gen")
local json = require("throng.json")
local metrics = require("throng.metrics")
local pg = require("throng.pg")
local verify = require("throng.verify")

local TTL_S = 60
local PREFIX = "throng:product:"

local hits = metrics.rate("cache_hits")

local SCHEMA = [[
  DROP TABLE IF EXISTS products;
  CREATE TABLE products (
    id          bigint PRIMARY KEY,
    name        text NOT NULL,
    price_cents bigint NOT NULL,
    version     bigint NOT NULL DEFAULT 0
  );
]]

local fill = pg.statement("fill", [[
  INSERT INTO products (id, name, price_cents)
  SELECT n, 'Product ' || n, 100 + n * 7 % 9900 FROM generate_series(1, $1::bigint) n]])

local find = pg.statement("find", "SELECT id, name, price_cents, version FROM products WHERE id = $1")

local reprice = pg.statement("reprice", [[
  UPDATE products SET price_cents = $2, version = version + 1 WHERE id = $1]])

local function setup(ctx)
  ctx.pg:script(SCHEMA)
  ctx.pg:execute(fill, ctx.params.products)
  for id = 1, ctx.params.products do
    ctx.redis:del(PREFIX .. id)
  end
end

local function start(user)
  user.state.popular = gen.zipf(user.params.products, 1.0)
end

local function view_product(user)
  local id = user.state.popular:sample(user.random)
  local cached = user.redis:get(PREFIX .. id)
  hits:add(cached ~= nil)
  local product = cached and json.decode(cached)
  if not product then
    product = user.pg:one(find, id)
    user.redis:setex(PREFIX .. id, TTL_S, json.encode(product))
  end
  user:check(tonumber(product.id) == id, "the cached product is the one asked for")
end

local function change_price(user)
  local id, price = user.state.popular:sample(user.random), user.random:integer(100, 9999)
  verify.counted("price changes", function()
    user.pg:execute(reprice, id, price)
  end)
  user.redis:del(PREFIX .. id)
end

--- A cached copy may be behind the database for a moment, which is the pattern's known price;
--- it can never be ahead of it, and no change may be lost.
local function verify_catalogue(ctx)
  local checks = verify.new()
  checks:counted("price changes", ctx.pg:value("SELECT sum(version)::bigint FROM products"))
  for _, row in ipairs(ctx.pg:query("SELECT id, version FROM products")) do
    local cached = ctx.redis:get(PREFIX .. row.id)
    checks:that(not cached or tonumber(json.decode(cached).version) <= tonumber(row.version), "a cached copy is ahead of product " .. row.id)
  end
  checks:finish()
end

---@type throng.Scenario
return {
  about = "a product catalogue behind a cache, read by shoppers and changed by editors",
  needs = { "postgres", "redis" },
  tables = { "products" },
  params = { products = { default = 500, doc = "products in the catalogue" } },
  load = { users = 20, iterations = 200, ramp_up = "1s" },
  profiles = { quick = { users = 4, iterations = 100, ramp_up = "0s", params = { products = 20 } } },
  thresholds = {
    "cache_hits > 60%",
    "response{operation=view_product}.p95 < 100ms",
    "errors.rate < 1%",
  },

  setup = setup,
  verify = verify_catalogue,

  personas = {
    shopper = {
      share = 95,
      think = "5ms..15ms",
      start = start,
      operations = { view_product = view_product },
    },
    editor = {
      share = 5,
      think = "20ms..60ms",
      start = start,
      operations = { change_price = change_price },
    },
  },
}
