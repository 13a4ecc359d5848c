-- For sysbench: the statement of scenarios/point_select.lua, prepared once a connection.

sysbench.cmdline.options = { accounts = { "Rows of pgbench_accounts", 1000000 } }

function thread_init()
  connection = sysbench.sql.driver():connect()
  statement = connection:prepare("SELECT abalance FROM pgbench_accounts WHERE aid = ?")
  account = statement:bind_create(sysbench.sql.type.INT)
  statement:bind_param(account)
end

function event()
  account:set(sysbench.rand.uniform(1, sysbench.opt.accounts))
  statement:execute()
end

function thread_done()
  statement:close()
  connection:disconnect()
end
