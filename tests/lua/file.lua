local expect = require("support.expect")
local file = require("throng.file")
local hash = require("throng.hash")
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

    ["a file is written and read piece by piece, compressed or not"] = function()
      for _, gzip in ipairs({ true, false }) do
        local out = file.create("pieces/a", { gzip = gzip })
        local long = ("x"):rep(1000) .. "\n"
        for _ = 1, 300 do
          out:write(long)
        end
        out:write("last")
        local size = out:close({ sync = true })
        expect.equal(file.size("pieces/a"), size)
        expect.equal(size < 10000, gzip)
        local lines, bytes = 0, 0
        for line in file.lines("pieces/a", { gzip = gzip }) do
          lines = lines + 1
          expect.equal(#line, lines <= 300 and 1000 or 4)
        end
        for chunk in file.chunks("pieces/a", { gzip = gzip, size = 7000 }) do
          expect.equal(#chunk <= 7000, true)
          bytes = bytes + #chunk
        end
        expect.equal({ lines, bytes }, { 301, 300 * 1001 + 4 })
        expect.error("file", "it is closed", out.write, out, "more")
        expect.error("file", "it is closed", out.close, out)
      end
    end,

    ["a compressed file that was cut off or changed is found"] = function()
      local out = file.create("whole.gz", { gzip = true })
      for i = 1, 10000 do
        out:write(i .. "\n")
      end
      out:close()
      local content = file.read("whole.gz")
      local function read_all()
        for _ in file.lines("cut.gz", { gzip = true }) do
        end
      end
      file.write("cut.gz", content:sub(1, -10))
      expect.error("file", "can't read `cut.gz`", read_all)
      file.write("cut.gz", content:sub(1, 2000) .. "!" .. content:sub(2002))
      expect.error("file", "can't read `cut.gz`", read_all)
    end,

    ["a digest is made of a file without holding it"] = function()
      file.write("abc", "abc", { sync = true })
      expect.equal(file.digest("abc", "sha256"), hash.sha256("abc"))
      expect.equal(file.digest("abc", "md5"), hash.md5("abc"))
      expect.equal(file.digest("abc", "crc32"), hash.crc32("abc"))
      expect.misuse("expected `sha256`, `md5` or `crc32`, got `sha1`", file.digest, "abc", "sha1")
    end,

    ["a file gets another name in place of what had it"] = function()
      file.write("new.part", "new")
      file.write("folder/old", "old")
      file.rename("new.part", "folder/old")
      file.sync("folder")
      file.sync("folder/old")
      file.sync()
      expect.equal(file.read("folder/old"), "new")
      expect.equal(file.exists("new.part"), false)
      expect.error("file", "can't rename `new.part`", file.rename, "new.part", "folder/old")
      expect.error("file", "can't sync `new.part`", file.sync, "new.part")
    end,

    ["a file that is not there is an error of its kind"] = function()
      expect.error("file", "can't read `missing`", file.read, "missing")
      expect.error("file", "can't look at `missing`", file.size, "missing")
      expect.error("file", "can't list `missing`", file.list, "missing")
    end,

    ["no other place can be reached"] = function()
      local reaches = { file.read, file.lines, file.list, file.exists, file.size, file.remove }
      table.move({ file.create, file.chunks, file.sync }, 1, 3, #reaches + 1, reaches)
      for path, why in pairs({ ["/etc/passwd"] = "is absolute", ["../x"] = "climbs out", ["a/../../x"] = "climbs out" }) do
        for _, reach in ipairs(reaches) do
          expect.misuse(why, reach, path)
        end
        expect.misuse(why, file.write, path, "")
        expect.misuse(why, file.append, path, "")
        expect.misuse(why, file.rename, path, "a")
        expect.misuse(why, file.rename, "a", path)
        expect.misuse(why, file.digest, path, "md5")
      end
    end,
  },
})
