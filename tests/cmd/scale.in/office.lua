return {
  about = "people who read and people who write",
  params = {
    pages = { default = 200, doc = "pages to read" },
    nap = { default = "1m", doc = "how long each sleeps" },
    title = { default = "none", doc = "what it is called" },
  },
  load = { users = 50, iterations = 200, ramp_up = "10s" },
  profiles = { quick = { users = 4 } },
  personas = {
    reader = { share = 3, operations = { read = function() end } },
    writer = { share = 1, operations = { write = function() end } },
  },
}
