-- Replaces functions of the base library by ones that keep throng's typed errors whole, and one that takes no finalizers.
-- Called once per state with: the sandbox's library, `open` (error from Rust, failed function -> script's error object),
-- `raise` (script's error object or { kind, message } -> error in Rust).

local env, open, raise = ...
local pcall, xpcall, error, type, select = pcall, xpcall, error, type, select
local setmetatable, rawget = setmetatable, rawget

local function finish(f, ok, ...)
  if ok then
    return true, ...
  end
  return false, open((...), f)
end

function env.pcall(f, ...)
  return finish(f, pcall(f, ...))
end

function env.xpcall(f, handler, ...)
  return finish(f, xpcall(f, function(err)
    local ok, opened = pcall(open, err, f)
    if ok then
      return handler(opened)
    end
    -- What can't be opened is raised again by `finish`; raised in here it would be lost.
    return err
  end, ...))
end

function env.error(err, level)
  if type(err) == "string" then
    level = level or 1
    error(err, level > 0 and level + 1 or 0)
  end
  raise(err)
end

function env.assert(...)
  local ok, err = ...
  if ok then
    return ...
  end
  if select("#", ...) < 2 then
    error("assertion failed", 2)
  elseif type(err) == "string" then
    error(err, 2)
  end
  raise(err)
end

-- A finalizer would run in whichever user's turn the memory is swept, and on nobody's account.
function env.setmetatable(object, meta)
  if type(meta) == "table" and rawget(meta, "__gc") ~= nil then
    error("`__gc` is not available to scenarios: close what must be closed with `local x <close> = …`", 2)
  end
  return setmetatable(object, meta)
end
