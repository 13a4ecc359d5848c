return {
  about = "somebody who wants more of a server than users do",
  needs = { { "postgres", settings = { work_mem = "1MB", archive_command = "cp %p /tmp" } } },
  load = { users = 1, iterations = 1 },
  personas = { idle = { run = function() end } },
}
