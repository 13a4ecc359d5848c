local expect = require("support.expect")
local file = require("throng.file")
local suite = require("support.suite")

return suite({
  setup = function()
    file.write("from/setup.txt", "hello")
  end,

  tests = {
    ["users see what setup wrote"] = function()
      expect.equal(file.read("from/setup.txt"), "hello")
      expect.equal(file.list("from"), { "setup.txt" })
    end,

    ["a file is written, grown, read and removed"] = function()
      file.write("a.bin", "\0\xff")
      file.append("a.bin", "!\n")
      expect.equal(file.read("a.bin"), "\0\xff!\n")
      expect.equal(file.size("a.bin"), 4)
      expect.equal(file.exists("a.bin"), true)
      expect.equal(file.remove("a.bin"), true)
      expect.equal(file.remove("a.bin"), false)
      expect.equal(file.exists("a.bin"), false)
    end,

    ["lines come one by one without their ends"] = function()
      file.write("lines.txt", "one\r\ntwo\n\nlast")
      local lines = {}
      for line in file.lines("lines.txt") do
        lines[#lines + 1] = line
      end
      expect.equal(lines, { "one", "two", "", "last" })
    end,

    ["a file that is not there is an error of its kind"] = function()
      expect.error("file", "can't read `missing`", file.read, "missing")
      expect.error("file", "can't look at `missing`", file.size, "missing")
      expect.error("file", "can't list `missing`", file.list, "missing")
    end,

    ["no other place can be reached"] = function()
      for path, why in pairs({ ["/etc/passwd"] = "is absolute", ["../x"] = "climbs out", ["a/../../x"] = "climbs out" }) do
        for _, reach in ipairs({ file.read, file.lines, file.list, file.exists, file.size, file.remove }) do
          expect.misuse(why, reach, path)
        end
        expect.misuse(why, file.write, path, "")
        expect.misuse(why, file.append, path, "")
      end
    end,
  },
})
