local expect = require("support.expect")
local json = require("throng.json")
local suite = require("support.suite")
local throng = require("throng")

return suite({
  params = { nested = { default = { list = { 1, 2 }, name = "x" } } },
  tests = {
    ["what is encoded decodes as itself"] = function()
      local value = {
        text = 'quote " and \\ and \n and ü',
        whole = 42,
        float = 0.5,
        yes = true,
        list = { 1, 2, { deep = "er" } },
        largest = math.maxinteger,
        smallest = math.mininteger,
      }
      expect.equal(json.decode(json.encode(value)), value)
    end,

    ["keys are written in order"] = function()
      expect.equal(json.encode({ b = 1, a = 2, c = { z = 1, y = 2 } }), '{"a":2,"b":1,"c":{"y":2,"z":1}}')
    end,

    ["pretty text has a line for each field"] = function()
      expect.equal(json.encode({ a = 1, b = { 2 } }, { pretty = true }), '{\n  "a": 1,\n  "b": [\n    2\n  ]\n}')
    end,

    ["an empty table is an object unless it is marked"] = function()
      expect.equal(json.encode({}), "{}")
      expect.equal(json.encode(json.array()), "[]")
      expect.equal(json.encode(json.array({})), "[]")
      expect.equal(json.encode(json.decode('{"a":[],"b":{}}')), '{"a":[],"b":{}}')
    end,

    ["null keeps its place"] = function()
      local decoded = json.decode("[1,null,3]")
      expect.equal(#decoded, 3)
      expect.that(decoded[2] == json.null and json.null == throng.null)
      expect.equal(json.encode({ 1, throng.null, 3 }), "[1,null,3]")
      expect.equal(json.encode(nil), "null")
    end,

    ["numbers are exact as far as 64 bits reach"] = function()
      expect.equal(json.decode("9223372036854775807"), math.maxinteger)
      expect.equal(json.decode("9223372036854775808"), 2.0 ^ 63)
      expect.equal(json.decode("1.0"), 1.0)
      expect.equal(json.encode(1.0), "1.0")
      expect.misuse("is NaN, which JSON does not have", json.encode, { 0 / 0 })
    end,

    ["text that is not JSON is refused with the place"] = function()
      expect.misuse("expected `:` at line 2 column 5", json.decode, '{\n"a" 1}')
      expect.misuse("recursion limit", json.decode, ("["):rep(1000))
      expect.misuse("argument `text`: expected a string, got a table", json.decode, {})
    end,

    ["what JSON can't hold is refused by its path"] = function()
      expect.misuse("value.a[2] is a function", json.encode, { a = { 1, print } })
      expect.misuse("value.a mixes an array with named fields", json.encode, { a = { 1, x = 2 } })
      expect.misuse("not UTF-8", json.encode, "\xff")
      local endless = {}
      endless.self = endless
      expect.misuse("contains itself", json.encode, endless)
      expect.misuse("has no field `prety`", json.encode, 1, { prety = true })
    end,

    ["read-only tables are encoded like others"] = function(user)
      expect.equal(json.encode(user.params.nested), '{"list":[1,2],"name":"x"}')
    end,
  },
})
