---@meta throng.phase

--- The run's timeline. Every figure can be had for each phase: `"response{phase=cutover}.p99 < 1s"`.
---
--- ```lua
--- local phase = require("throng.phase")
---
--- conductor = {
---   users = 1,
---   run = function(user)
---     user:sleep("30s")
---     phase.begin("cutover")
---     user.pg:execute("ALTER TABLE members ADD COLUMN note text")
---     phase.begin("after")
---     user:sleep("30s")
---     phase.finish()
---   end,
--- }
--- ```
local phase = {}

--- The phase in force: `warm_up`, `main`, `drain`, `paused` (docs/live.md), or one that a conductor began.
---@return string
function phase.current() end

--- All phases so far, in the order in which they were first begun.
---@return string[]
function phase.names() end

--- The stages of the load, as they are played: the lengths in seconds, shortened where a suite shortens them, and the
--- levels that they lead to. For a conductor whose phases are those of the load. Empty if the load has none; of several
--- populations it is the first one that has.
---@return { duration: number, users: integer?, rate: number? }[]
function phase.stages() end

--- Begins a phase, for all workers, anew or again. For personas; the figures of what is already due stay where they
--- were.
---@param name string
function phase.begin(name) end

--- Ends the load for all workers, as its time being up does. For personas, under a load that is longer than it will
--- take.
function phase.finish() end

return phase
