--- Celery's messages as they lie in Redis: message protocol 2 in the envelope of kombu's Redis transport.

local gen = require("throng.gen")
local hash = require("throng.hash")
local json = require("throng.json")
local time = require("throng.time")

local M = {}

-- The priorities that kombu tells apart, each with a list of its own; what lies between counts as the lower one.
local STEPS = { 0, 3, 6, 9 }
-- What stands between a queue's name and a step, in kombu's words `sep`.
local SEPARATOR = "\x06\x16"

local null = json.null

local function list_key(queue, step)
  return step == 0 and queue or queue .. SEPARATOR .. step
end

--- The list of a queue that a priority goes to.
function M.list_key(queue, priority)
  local step = 0
  for _, known in ipairs(STEPS) do
    step = priority >= known and known or step
  end
  return list_key(queue, step)
end

--- All lists of a queue, in the order in which a worker serves them.
function M.list_keys(queue)
  local keys = {}
  for place, step in ipairs(STEPS) do
    keys[place] = list_key(queue, step)
  end
  return keys
end

--- The channel on which a task's states are published, and the key of its last one.
function M.result_key(id)
  return "celery-task-meta-" .. id
end

--- An id that no other task has had, also not in another run: results are kept for a day.
function M.new_id(user)
  return gen.uuid(user.random:integer(1, math.maxinteger), tostring(time.now()))
end

--- When something falls due that is given as a time from now.
local function from_now(duration)
  return duration and time.format(time.now() + time.parse(duration)) or null
end

local function seconds(duration)
  return duration and time.parse(duration) or null
end

--- How long a message is of use, in the form of AMQP: milliseconds as text.
local function milliseconds(duration)
  return duration and ("%d"):format(math.floor(time.parse(duration) * 1000)) or nil
end

local function envelope(body, headers, properties)
  properties.delivery_mode = 2
  properties.body_encoding = "base64"
  return json.encode({
    body = hash.to_base64(json.encode(body)),
    ["content-encoding"] = "utf-8",
    ["content-type"] = "application/json",
    headers = headers,
    properties = properties,
  })
end

--- The message that asks for a task. `origin` names who sends it.
function M.task(id, name, queue, origin, options)
  local args, kwargs = json.array(options.args or {}), options.kwargs or {}
  local embedded = { callbacks = null, errbacks = null, chain = null, chord = null }
  local headers = {
    lang = "py", task = name, id = id, shadow = null,
    eta = from_now(options.countdown), expires = from_now(options.expires),
    group = null, group_index = null, retries = options.retries or 0,
    -- In this order, whatever the text of the protocol says.
    timelimit = { seconds(options.time_limit), seconds(options.soft_time_limit) },
    root_id = id, parent_id = null, argsrepr = json.encode(args), kwargsrepr = json.encode(kwargs),
    origin = origin, ignore_result = options.ignore_result or false,
    replaced_task_nesting = 0, stamped_headers = null, stamps = {},
  }
  for header, value in pairs(options.headers or {}) do
    headers[header] = value
  end
  return envelope(json.array({ args, kwargs, embedded }), headers, {
    correlation_id = id, reply_to = id, delivery_tag = id, priority = options.priority or 0,
    expiration = milliseconds(options.expires),
    delivery_info = { exchange = "", routing_key = queue },
  })
end

--- The message of a command to all workers, such as `revoke`.
function M.control(method, arguments, tag)
  local body = { method = method, arguments = arguments, destination = null, pattern = null, matcher = null }
  return envelope(body, { clock = 1, expires = 0 }, {
    delivery_tag = tag, priority = 0,
    delivery_info = { exchange = "celery.pidbox", routing_key = "" },
  })
end

--- The channel on which the workers of a database listen for commands.
function M.control_channel(db)
  return ("/%d.celery.pidbox"):format(db)
end

return M
