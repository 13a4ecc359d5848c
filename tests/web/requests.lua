--- `user.http` against the tests' own server.

local expect = require("support.expect")
local suite = require("support.suite")

local function echo(user, method, options)
  return user.http:request(method, "/echo", options):json()
end

return suite({
  needs = { "http" },
  tests = {
    ["a request gives status, headers and body"] = function(user)
      local response = user.http:get("/hello", { expect = 200 })
      expect.equal(response.status, 200)
      expect.equal(response.ok, true)
      expect.equal(response.body, "hello")
      expect.equal(response.size, 5)
      expect.equal(response.headers["content-length"], "5")
      expect.equal(response:header("Content-Length"), "5")
      expect.equal(response:header("x-none"), nil)
    end,

    ["every method goes out as such"] = function(user)
      for _, method in ipairs({ "get", "post", "put", "patch", "delete", "options" }) do
        expect.equal(user.http[method](user.http, "/echo"):json().method, method:upper())
      end
      expect.equal(user.http:head("/hello").body, "")
      expect.equal(echo(user, "report").method, "REPORT")
    end,

    ["whole numbers in JSON are exact, both ways"] = function(user)
      expect.equal(user.http:get("/json"):json().id, 9007199254740993)
      local told = echo(user, "POST", { json = { id = 9007199254740993, list = { 1, 2 } } })
      expect.equal(told.body, '{"id":9007199254740993,"list":[1,2]}')
      expect.equal(told.headers["content-type"], "application/json")
    end,

    ["what is not JSON is an error of its own kind"] = function(user)
      expect.error("bad_json", "not JSON", function()
        user.http:get("/hello"):json()
      end)
    end,

    ["a path is filled, and a query encoded"] = function(user)
      local response = user.http:get("/echo/{id}", {
        path = { id = "a/b c" },
        query = { q = "x&y", n = 7, list = { 2, 1 } },
      })
      expect.equal(response.status, 200)
      local told = response:json()
      expect.equal(told.path, "/echo/a%2Fb%20c")
      expect.equal(told.query, "list=2&list=1&n=7&q=x%26y")
    end,

    ["a form is encoded"] = function(user)
      local told = echo(user, "POST", { form = { name = "Ünal & Söhne", age = 7 } })
      expect.equal(told.body, "age=7&name=%C3%9Cnal+%26+S%C3%B6hne")
      expect.equal(told.headers["content-type"], "application/x-www-form-urlencoded")
    end,

    ["parts of a form come with their names and files"] = function(user)
      local told = echo(user, "POST", {
        multipart = {
          note = "hi",
          { name = "file", filename = "a.txt", type = "text/plain", body = "content" },
        },
      })
      local boundary = told.headers["content-type"]:match("^multipart/form%-data; boundary=(.+)$")
      expect.that(boundary, "a boundary")
      expect.that(told.body:find('name="note"\r\n\r\nhi\r\n--' .. boundary, 1, true), told.body)
      expect.that(told.body:find('filename="a.txt"\r\nContent-Type: text/plain\r\n\r\ncontent', 1, true), told.body)
      expect.that(told.body:find("--" .. boundary .. "--\r\n", 1, true), told.body)
    end,

    ["a body can be made up on the way, as a whole or in a part"] = function(user)
      expect.equal(user.http:post("/sink", { body = { size = "50MB" } }).body, tostring(50 * 1000 * 1000))
      local response = user.http:post("/sink", { multipart = { { name = "f", filename = "f", size = "1MB" } } })
      expect.that(tonumber(response.body) > 1000 * 1000, response.body)
    end,

    ["a function gives a body piece by piece, and may wait"] = function(user)
      local left = 3
      local told = echo(user, "POST", {
        body = function()
          user:sleep("1ms")
          left = left - 1
          return left >= 0 and ("piece %d;"):format(left) or nil
        end,
      })
      expect.equal(told.body, "piece 2;piece 1;piece 0;")
      expect.equal(told.headers["transfer-encoding"], "chunked")
    end,

    ["a function that fails breaks its request off"] = function(user)
      expect.error("my_own", "no more", function()
        user.http:post("/sink", {
          body = function()
            error({ kind = "my_own", message = "no more" })
          end,
        })
      end)
      expect.misuse("neither a string nor nil", function()
        user.http:post("/sink", {
          body = function()
            return 7
          end,
        })
      end)
      expect.equal(user.http:get("/hello").body, "hello")
    end,

    ["a large answer goes to a function, or is only counted"] = function(user)
      local sum = 0
      local response = user.http:get("/stream", {
        query = { size = 50 * 1000 * 1000 },
        into = function(piece)
          sum = sum + #piece
        end,
      })
      expect.equal(sum, 50 * 1000 * 1000)
      expect.equal(response.size, sum)
      expect.equal(response.body, nil)
      response = user.http:get("/stream", { query = { size = 50 * 1000 * 1000 }, discard = true })
      expect.equal(response.size, 50 * 1000 * 1000)
      expect.misuse("was not kept", function()
        response:json()
      end)
    end,

    ["an answer that is too large to keep is an error"] = function(user)
      local err = expect.error("too_large", "`max_size`", function()
        user.http:get("/stream", { query = { size = 2000 }, max_size = "1KB" })
      end)
      expect.equal(err.status, nil)
      expect.equal(user.http:get("/stream", { query = { size = 1000 }, max_size = "1KB" }).size, 1000)
    end,

    ["compression is asked for and undone"] = function(user)
      local response = user.http:get("/gzip", { gzip = true })
      expect.equal(response.body, ("the same again and again "):rep(1000))
      expect.equal(response.headers["content-encoding"], "gzip")
      expect.equal(echo(user, "GET", { gzip = true }).headers["accept-encoding"], "gzip")
      expect.equal(echo(user, "GET").headers["accept-encoding"], nil)
    end,

    ["cookies are kept and brought back, each user's own"] = function(user)
      user.http:get("/set/session=abc")
      expect.equal(echo(user, "GET").headers.cookie, "session=abc")
      expect.equal(user.http:cookies(), { session = "abc" })
      expect.equal(echo(user, "GET", { cookies = false }).headers.cookie, nil)
      user.http:clear_cookies()
      expect.equal(echo(user, "GET").headers.cookie, nil)
    end,

    ["redirects are followed, so many and no more"] = function(user)
      local response = user.http:get("/again/3")
      expect.equal(response.body, "there")
      expect.equal(response.path, "/again/0")
      expect.equal(user.http:get("/again/3", { redirects = 0 }).status, 302)
      expect.error("redirect", "more than 2 times", function()
        user.http:get("/again/3", { redirects = 2 })
      end)
      expect.error("redirect", "elsewhere.example", function()
        user.http:get("/elsewhere")
      end)
    end,

    ["a redirect drops the body or brings it, as its status says"] = function(user)
      local told = user.http:post("/post_and_look", { json = { a = 1 } }):json()
      expect.equal(told.method, "GET")
      expect.equal(told.body, "")
      expect.equal(told.headers["content-type"], nil)
      told = user.http:post("/moved", { json = { a = 1 } }):json()
      expect.equal(told.method, "POST")
      expect.equal(told.body, '{"a":1}')
    end,

    ["a status is an error where another was expected"] = function(user)
      expect.equal(user.http:get("/status/503").ok, false)
      local err = expect.error("status", "`GET /status/{id}` answered 503 Service Unavailable", function()
        user.http:get("/status/503", { expect = "2xx" })
      end)
      expect.equal(err.status, 503)
      user.http:get("/status/404", { expect = { "2xx", 404 } })
    end,

    ["a limit on time is kept"] = function(user)
      expect.error("timeout", "request `GET /slow` took longer than", function()
        user.http:get("/slow", { query = { ms = 20000 }, timeout = "50ms" })
      end)
      expect.equal(user.http:get("/hello").body, "hello")
    end,

    ["headers and logins go along"] = function(user)
      local told = echo(user, "GET", { headers = { ["X-Trace"] = 7, accept = "text/plain" } })
      expect.equal(told.headers["x-trace"], "7")
      expect.equal(told.headers.accept, "text/plain")
      expect.that(told.headers["user-agent"]:find("^throng/"), told.headers["user-agent"])
      local auth = echo(user, "GET", { auth = { user = "me", password = "pass" } }).headers.authorization
      expect.equal(auth, "Basic bWU6cGFzcw==")
      expect.equal(echo(user, "GET", { auth = { bearer = "t" } }).headers.authorization, "Bearer t")
    end,

    ["a client with something in common keeps it, and the first does not"] = function(user)
      local api = user.http:with({ base = "/echo", headers = { ["x-version"] = "2" }, expect = "2xx" })
      local told = api:get("/members"):json()
      expect.equal(told.path, "/echo/members")
      expect.equal(told.headers["x-version"], "2")
      local deeper = api:with({ base = "/deep/", headers = { ["x-version"] = false } })
      told = deeper:get("/x"):json()
      expect.equal(told.path, "/echo/deep/x")
      expect.equal(told.headers["x-version"], nil)
      expect.equal(echo(user, "GET").headers["x-version"], nil)
    end,

    ["misuse is told with what was meant"] = function(user)
      expect.misuse("no method or target `gett`", function()
        user.http:gett("/")
      end)
      expect.misuse("options of http:get` has no field `header`", function()
        user.http:get("/", { header = {} })
      end)
      expect.misuse("it begins with `/`", function()
        user.http:get("hello")
      end)
      expect.misuse("does not lead to the target `http`", function()
        user.http:get("http://elsewhere.example/")
      end)
      expect.misuse("one of `json`, `form`, `multipart` and `body`", function()
        user.http:post("/", { json = {}, body = "x" })
      end)
      expect.misuse("expected a string, a function", function()
        user.http:post("/", { body = 7 })
      end)
    end,
  },
})
