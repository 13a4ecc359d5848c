--- A members' office behind its application: clerks look members up and correct them over HTTP, and a screen on the wall
--- follows the corrections over a WebSocket. The database behind it is filled and checked directly.
---
--- It plays against an application with these paths, which is yours to start:
---
---     POST /login               gives a cookie; everything else wants it
---     GET  /api/members/{id}    { "id": 7, "name": "…", "version": 0 }
---     PUT  /api/members/{id}    { "name": "…" } is written, and `version` counts up
---     GET  /live                a WebSocket that tells of each correction
---
---     throng run examples/front/members.lua --pg postgres://localhost/office --http http://localhost:8080

local gen = require("throng.gen")
local shared = require("throng.shared")

local corrected = shared.counter("corrected")

--- What clerks ask for, logged in.
local function log_in(user)
  user.http:post("/login", { form = { name = "clerk" }, expect = 204 })
  user.state.api = user.http:with({ base = "/api", timeout = "5s", expect = 200 })
end

local function some_id(user)
  return user.random:integer(1, user.params.members)
end

---@type throng.Scenario
return {
  about = "clerks of an office and a screen on its wall, through the application in front",
  needs = { "http", "postgres" },
  tables = { "front_members" },
  params = { members = { default = 1000, doc = "members in the database" } },
  load = { duration = "30s", think = "50ms..150ms" },
  profiles = { quick = { duration = "2s", think = "10ms" } },
  thresholds = { "errors.rate < 1%", "response{operation=look_up}.p95 < 200ms", "http_first_byte_ms.p95 < 200" },

  setup = function(ctx)
    ctx.pg:execute("DROP TABLE IF EXISTS front_members")
    ctx.pg:execute("CREATE TABLE front_members (id int PRIMARY KEY, name text NOT NULL, version int NOT NULL)")
    ctx.pg:execute("INSERT INTO front_members SELECT id, 'nobody', 0 FROM generate_series(1, $1::int) id", ctx.params.members)
  end,

  verify = function(ctx)
    local versions = ctx.pg:value("SELECT sum(version)::bigint FROM front_members")
    local told = corrected:get()
    ctx:check(versions >= told, ("%d corrections were confirmed, %d are in the database"):format(told, versions))
    ctx:check(told > 0, "nobody corrected anything")
  end,

  personas = {
    clerk = {
      users = 8,
      start = log_in,
      operations = {
        look_up = {
          weight = 3,
          run = function(user)
            local id = some_id(user)
            local member = user.state.api:get("/members/{id}", { path = { id = id } }):json()
            user:check(member.id == id, "another member came")
          end,
        },
        correct = {
          run = function(user)
            local id, name = some_id(user), gen.full_name(user.random:integer(1, 1000000))
            local member = user.state.api:put("/members/{id}", { path = { id = id }, json = { name = name } }):json()
            user:check(member.name == name, "it was not written")
            corrected:add(1)
          end,
        },
      },
    },

    screen = {
      users = 1,
      think = "none",
      start = function(user)
        log_in(user)
        user.state.live = user.ws:connect("/live")
      end,
      run = function(user)
        user:operation("follow", function()
          local change = user.state.live:receive_json("5s")
          user:check(not change or change.version > 0, "a correction counts up")
        end)
      end,
    },
  },
}
