--- Fills pgbench_accounts as `pgbench -i -I g` does, with rows that a Lua function makes one by one.

local COPY = "COPY pgbench_accounts FROM STDIN WITH (FREEZE ON)"

---@type throng.Scenario
return {
  about = "a million generated rows through COPY",
  needs = { "postgres" },
  params = { accounts = { default = 1000000, doc = "rows to load" } },
  load = { users = 1, iterations = 1, statement_timeout = "5m", operation_timeout = "5m" },

  personas = {
    loader = {
      operations = {
        load = function(user)
          local accounts, account = user.params.accounts, 0
          user.pg:transaction(function(tx)
            tx:execute("TRUNCATE pgbench_accounts")
            local copied = tx:copy_in(COPY, function()
              account = account + 1
              if account <= accounts then
                return { account, (account - 1) // 100000 + 1, 0, "" }
              end
            end)
            user:check(copied == accounts, "every row was copied")
          end)
        end,
      },
    },
  },
}
