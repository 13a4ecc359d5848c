---@meta throng.metrics

--- Figures that a scenario defines for itself. The report shows them, and thresholds may speak of them:
--- `"cache_hits > 60%"`.
---
--- A name has one kind. Tags split a metric; one metric may have 1,000 sets of them.
---
--- ```lua
--- local metrics = require("throng.metrics")
--- local hits = metrics.rate("cache_hits")
--- local sizes = metrics.trend("basket_size", { shop = "north" })
---
--- hits:add(cached ~= nil)
--- sizes:add(#basket, { kind = "guest" })
--- ```
local metrics = {}

---@alias throng.metrics.Tags table<string, string|number|boolean>

--- One metric.
---@class throng.metrics.Metric
local Metric = {}

--- Adds one observation.
---@param value? number|boolean a counter adds it (1 unless given), a gauge becomes it, a rate counts whether it is true, a trend keeps its distribution
---@param tags? throng.metrics.Tags besides those of the metric
function Metric:add(value, tags) end

--- A sum.
---@param name string
---@param tags? throng.metrics.Tags
---@return throng.metrics.Metric
function metrics.counter(name, tags) end

--- The last value, with the smallest and the largest.
---@param name string
---@param tags? throng.metrics.Tags
---@return throng.metrics.Metric
function metrics.gauge(name, tags) end

--- The share of observations that were true.
---@param name string
---@param tags? throng.metrics.Tags
---@return throng.metrics.Metric
function metrics.rate(name, tags) end

--- A distribution: mean, percentiles, extremes. Values are from 0 to 9e12, kept to a thousandth.
---@param name string
---@param tags? throng.metrics.Tags
---@return throng.metrics.Metric
function metrics.trend(name, tags) end

return metrics
