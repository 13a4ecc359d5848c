--- Many Redis keys at once: writing them, finding them again, removing them; for `setup` and `verify`.
---
---     local keys = require("throng.keys")
---
---     setup = function(ctx)
---       keys.clear(ctx, "shop:")
---       keys.pipeline(ctx, ctx.params.products, function(pipeline, id)
---         pipeline:set("shop:product:" .. id, gen.full_name(id))
---       end)
---     end

local M = {}

-- Commands to a pipeline: enough for the round trip not to matter, few enough to hold in memory.
local BATCH = 1000

--- Sends Redis commands for each of 1 to `count`; `add(pipeline, i)` adds those of one. With `each(i, reply)`, hands over
--- the reply to each; `add` then adds one command only.
---@param ctx throng.Context
---@param count integer
---@param add fun(pipeline: throng.redis.Queue, i: integer)
---@param each? fun(i: integer, reply: any)
function M.pipeline(ctx, count, add, each)
  for first = 1, count, BATCH do
    local replies = ctx.redis:pipeline(function(pipeline)
      for i = first, math.min(first + BATCH - 1, count) do
        add(pipeline, i)
      end
    end)
    if each then
      for place, reply in ipairs(replies) do
        each(first + place - 1, reply)
      end
    end
  end
end

--- An iterator over the Redis keys that begin with `prefix`, a list of some at a time. A key may come twice.
---@param ctx throng.Context
---@param prefix string
---@return fun(): string[]?
function M.scan(ctx, prefix)
  local cursor = "0"
  local done = false
  return function()
    if done then
      return nil
    end
    local reply = ctx.redis:call("SCAN", cursor, "MATCH", prefix .. "*", "COUNT", BATCH)
    cursor = reply[1]
    done = tostring(cursor) == "0"
    return reply[2]
  end
end

--- Removes the Redis keys that begin with `prefix`.
---@param ctx throng.Context
---@param prefix string
function M.clear(ctx, prefix)
  for keys in M.scan(ctx, prefix) do
    if #keys > 0 then
      ctx.redis:call("UNLINK", keys)
    end
  end
end

return M
