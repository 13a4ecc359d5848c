--- What a test expects; a failure is blamed on the line that expected it.

local M = {}

local function show(value)
  if type(value) == "string" then
    return ("%q"):format(value)
  elseif type(value) ~= "table" then
    return tostring(value)
  end
  local parts = {}
  for key, item in pairs(value) do
    parts[#parts + 1] = ("[%s] = %s"):format(show(key), show(item))
  end
  table.sort(parts)
  return "{ " .. table.concat(parts, ", ") .. " }"
end

local function same(a, b)
  if type(a) ~= "table" or type(b) ~= "table" then
    return a == b and math.type(a) == math.type(b)
  end
  for key, value in pairs(a) do
    if not same(value, b[key]) then
      return false
    end
  end
  for key in pairs(b) do
    if a[key] == nil then
      return false
    end
  end
  return true
end

--- Both are the same, tables by what they hold.
function M.equal(found, expected)
  if not same(found, expected) then
    error(("expected %s, found %s"):format(show(expected), show(found)), 2)
  end
end

--- `value` is neither nil nor false.
function M.that(value, what)
  if not value then
    error(what or "expected something true", 2)
  end
end

--- `work` raises an error of this kind whose message contains `text`; returns the error.
function M.error(kind, text, work, ...)
  local ok, err = pcall(work, ...)
  if ok then
    error(("expected an error of kind `%s`: %s"):format(kind, text), 2)
  end
  if type(err) == "string" or err.kind ~= kind then
    error(("expected an error of kind `%s`, got: %s"):format(kind, tostring(err)), 2)
  end
  if not err.message:find(text, 1, true) then
    error(("expected a message with `%s`, got: %s"):format(text, err.message), 2)
  end
  return err
end

--- `work` misuses the API, and is told so with `text`; returns the error.
function M.misuse(text, work, ...)
  return M.error("script_bug", text, work, ...)
end

return M
