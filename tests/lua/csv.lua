local csv = require("throng.csv")
local expect = require("support.expect")
local suite = require("support.suite")
local throng = require("throng")

local TEXT = 'id,name\n1,Ann\n2,"Smith, ""Bob"""\n3,\n'

return suite({
  tests = {
    ["rows are tables by the names in the first line"] = function()
      local rows = csv.parse(TEXT)
      expect.equal(rows, { { id = "1", name = "Ann" }, { id = "2", name = 'Smith, "Bob"' }, { id = "3", name = "" } })
    end,

    ["rows are lists without a header"] = function()
      expect.equal(csv.parse("1;2\n3;4", { header = false, delimiter = ";" }), { { "1", "2" }, { "3", "4" } })
    end,

    ["rows come one by one"] = function()
      local names = {}
      for row in csv.rows(TEXT) do
        names[#names + 1] = row.name
      end
      expect.equal(names, { "Ann", 'Smith, "Bob"', "" })
    end,

    ["what is written reads back"] = function()
      local rows = { { id = "1", name = "a,b" }, { id = "2", name = 'say "hi"\nthere' } }
      expect.equal(csv.parse(csv.write(rows, { columns = { "id", "name" } })), rows)
    end,

    ["values of all kinds are written as text"] = function()
      expect.equal(csv.write({ { 1, 2.5, true, throng.null, "x" } }), "1,2.5,true,,x\n")
    end,

    ["an iterator is written to its end"] = function()
      local n = 0
      local text = csv.write(function()
        n = n + 1
        return n <= 3 and { n, n * n } or nil
      end)
      expect.equal(text, "1,1\n2,4\n3,9\n")
    end,

    ["a broken text is refused with the line"] = function()
      expect.misuse("line: 2", csv.parse, "a,b\n1\n")
      expect.misuse("a quote in the record of line 2 is not closed", csv.parse, 'a,b\n"1,2\n3,4\n')
      expect.misuse("expected a single ASCII character", csv.parse, "a", { delimiter = ";;" })
      expect.misuse("a field can't be a table", csv.write, { { {} } })
    end,
  },
})
