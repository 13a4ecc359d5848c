return { load = { user = 5 }, personas = { p = { run = function() end } } }
