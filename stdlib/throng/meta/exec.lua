---@meta throng.exec

--- Programs such as `pg_dump`: in `setup`, `verify` and `teardown` only, and only with `--allow-exec`.
---
--- ```lua
--- local exec = require("throng.exec")
---
--- verify = function(ctx)
---   local dump = exec.run({ "pg_dump", "--schema-only", "-f", "after.sql", pg = "postgres", timeout = "30s" })
---   ctx:check(dump.status == 0, dump.stderr)
--- end
--- ```
local exec = {}

--- A program with its arguments, and how it is run.
---@class throng.exec.Command
---@field [integer] string|number the program, found in `PATH`, and its arguments; no shell reads them
---@field timeout? throng.Duration after this it is killed; 60 s unless given
---@field env? table<string, string> variables besides those that throng has itself
---@field stdin? string what it reads
---@field pg? string name of a PostgreSQL target to which `PGHOST`, `PGPORT`, `PGUSER`, `PGPASSWORD` … lead the program

--- What became of it.
---@class throng.exec.Result
---@field status? integer the exit status; nil if a signal ended it
---@field stdout string
---@field stderr string

--- Runs a program in the run's folder, and waits for its end. A status other than 0 is no error.
---@param command throng.exec.Command
---@return throng.exec.Result
function exec.run(command) end

return exec
