local expect = require("support.expect")
local hash = require("throng.hash")
local suite = require("support.suite")

return suite({
  tests = {
    ["digests are those of the standards"] = function()
      expect.equal(hash.sha256("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
      expect.equal(hash.md5("abc"), "900150983cd24fb0d6963f7d28e17f72")
      expect.equal(hash.crc32("123456789"), 0xCBF43926)
      expect.equal(hash.fnv1a64("a"), 0xaf63dc4c8601ec8c)
    end,

    ["a digest of pieces is that of the whole"] = function()
      for _, algorithm in ipairs({ "sha256", "md5", "crc32" }) do
        local stream = hash.stream(algorithm)
        stream:update("a")
        stream:update("bc")
        expect.equal(stream:digest(), hash[algorithm]("abc"))
        expect.misuse("already made", stream.update, stream, "d")
      end
    end,

    ["bytes survive hex and base64"] = function()
      local bytes = "\0\1\xfe\xff text"
      expect.equal(hash.to_hex("\0\xab"), "00ab")
      expect.equal(hash.from_hex(hash.to_hex(bytes)), bytes)
      expect.equal(hash.from_base64(hash.to_base64(bytes)), bytes)
      expect.equal(hash.to_base64("any"), "YW55")
    end,

    ["what is no hex or base64 is refused"] = function()
      expect.misuse("`g` is not a hex digit", hash.from_hex, "0g")
      expect.misuse("the number of digits is odd", hash.from_hex, "abc")
      expect.misuse("`hash.from_base64`: argument `text`", hash.from_base64, "?")
    end,
  },
})
