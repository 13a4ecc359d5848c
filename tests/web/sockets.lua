--- `user.ws` against the tests' own server.

local expect = require("support.expect")
local suite = require("support.suite")

return suite({
  needs = { "http" },
  tests = {
    ["texts, bytes and JSON go both ways"] = function(user)
      local socket = user.ws:connect("/ws")
      socket:send("hello")
      local message, kind = socket:receive("5s")
      expect.equal({ message, kind }, { "hello", "text" })
      socket:send_binary("\0\255")
      message, kind = socket:receive("5s")
      expect.equal({ message, kind }, { "\0\255", "binary" })
      socket:send_json({ id = 9007199254740993 })
      expect.equal(socket:receive_json("5s"), { id = 9007199254740993 })
      expect.equal(socket.is_open, true)
      expect.equal(socket:close(), 1000)
      expect.equal(socket.is_open, false)
      expect.equal(socket:close(), nil)
      expect.misuse("closed", socket.send, socket, "x")
    end,

    ["a message that does not come in time is none"] = function(user)
      local socket = user.ws:connect("/ws")
      socket:send("silence")
      expect.equal(socket:receive("20ms"), nil)
      expect.equal(socket:receive_json("1ms"), nil)
      socket:send("now")
      expect.equal(socket:receive("5s"), "now")
    end,

    ["a loop goes over messages until there are no more"] = function(user)
      local socket = user.ws:connect("/ws")
      socket:send("burst 100")
      local sum = 0
      for text in socket:messages("100ms") do
        sum = sum + tonumber(text)
        user:sleep("0ms")
      end
      expect.equal(sum, 5050)
      socket:send("close 1000")
      for _ in socket:messages() do
        error("nothing is to come")
      end
      expect.equal(socket.is_open, false)
    end,

    ["a loop ends with an error where the other side has a grievance"] = function(user)
      local socket = user.ws:connect("/ws")
      socket:send("close 4001")
      local err = expect.error("closed", "4001: as you wish", function()
        for _ in socket:messages("5s") do
        end
      end)
      expect.equal(err.code, 4001)
    end,

    ["a ping is answered, and messages before it are kept"] = function(user)
      local socket = user.ws:connect("/ws")
      socket:send("burst 3")
      expect.that(socket:ping("5s") > 0)
      for number = 1, 3 do
        expect.equal(socket:receive("5s"), tostring(number))
      end
      socket:send("ping are you there")
      socket:send("yes")
      expect.equal(socket:receive("5s"), "yes")
    end,

    ["a server that hangs up is a lost connection"] = function(user)
      local socket = user.ws:connect("/ws")
      socket:send("die")
      expect.error("connection_lost", "without a farewell", socket.receive, socket, "5s")
      expect.equal(socket.is_open, false)
    end,

    ["a protocol is chosen, and cookies go along"] = function(user)
      user.http:get("/set/room=7")
      local socket = user.ws:connect("/ws/{id}", { path = { id = 7 }, protocols = { "chat", "other" } })
      expect.equal(socket.protocol, "chat")
    end,

    ["where there is no WebSocket, the status tells"] = function(user)
      local err = expect.error("status", "404", function()
        user.ws:connect("/nothing")
      end)
      expect.equal(err.status, 404)
    end,

    ["a message that is too large is not taken"] = function(user)
      local socket = user.ws:connect("/ws", { max_size = "1KB" })
      socket:send(("x"):rep(2000))
      expect.error("too_large", "too large", socket.receive, socket, "5s")
    end,

    ["misuse is told with what was meant"] = function(user)
      expect.misuse("no method or target `conect`", function()
        user.ws:conect("/ws")
      end)
      expect.misuse("`options of ws:connect` has no field `header`", function()
        user.ws:connect("/ws", { header = {} })
      end)
      local socket = user.ws:connect("/ws")
      expect.misuse("codes are from 1000", socket.close, socket, 7)
    end,
  },
})
