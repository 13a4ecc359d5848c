--- Does throng.celery send what Celery's own client sent to the queue `probe`?

local celery = require("throng.celery")
local hash = require("throng.hash")
local json = require("throng.json")

local KEY = "probe\x06\x163" -- priority 4 counts as 3

--- What must be the same kind of value, and what the same value.
local ANY = { id = true, root_id = true, correlation_id = true, reply_to = true, delivery_tag = true, origin = true }
ANY.argsrepr, ANY.kwargsrepr, ANY.expires, ANY.expiration = true, true, true, true

local function compare(user, ours, theirs, path)
  for key, their in pairs(theirs) do
    local our, place = ours[key], path .. "." .. key
    user:check(our ~= nil, place .. " is missing")
    user:check(type(our) == type(their), ("%s is %s, and should be %s"):format(place, json.encode(our), json.encode(their)))
    if type(their) == "table" then
      compare(user, our, their, place)
    elseif not ANY[key] then
      user:check(our == their, ("%s is %s, and should be %s"):format(place, json.encode(our), json.encode(their)))
    end
  end
  for key in pairs(ours) do
    user:check(theirs[key] ~= nil, ("%s.%s is none of Celery's"):format(path, key))
  end
end

local function read(user)
  local text = user.redis:rpop(KEY)
  user:check(text, "a message is in the list of its priority")
  local message = json.decode(text)
  message.body = json.decode(hash.from_base64(message.body))
  return message
end

return {
  needs = { "redis" },
  load = { users = 1, iterations = 1 },
  personas = {
    sender = {
      stop = celery.close,
      operations = {
        compare = function(user)
          local theirs = read(user)
          local options = {
            args = { 1, "two" }, kwargs = { three = { 3 } }, priority = 4, expires = "1m", time_limit = "9s",
            soft_time_limit = "8s",
          }
          celery.app({ queue = "probe" }):submit(user, "throng.sleep", options):close()
          compare(user, read(user), theirs, "message")
        end,
      },
    },
  },
}
