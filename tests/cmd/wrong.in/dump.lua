return {
  about = "somebody who dumps",
  needs = { "postgres" },
  programs = { "pg_dump", "psql" },
  load = { users = 1, iterations = 1 },
  personas = { idle = { run = function() end } },
}
