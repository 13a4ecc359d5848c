//! What PostgreSQL can suffer from.

use super::{finding, first, found, on, play, play_in};

#[test]
fn a_healthy_run_has_no_findings_and_every_rule_looked() {
    let record = play(
        r#"
        local pg = require("throng.pg")
        local find = pg.statement("find", "SELECT name FROM healthy WHERE id = $1")
        local rename = pg.statement("rename", "UPDATE healthy SET name = $2 WHERE id = $1")
        return {
          needs = { "postgres" },
          tables = { "healthy" },
          load = { users = 3, duration = "2s" },
          setup = function(ctx)
            ctx.pg:script([[
              DROP TABLE IF EXISTS healthy;
              CREATE TABLE healthy (id int PRIMARY KEY, name text);
              INSERT INTO healthy SELECT id, 'name ' || id FROM generate_series(1, 200000) id;
              ANALYZE healthy]])
          end,
          personas = { clerk = { think = "10ms", operations = {
            look_up = { weight = 9, run = function(user) user.pg:value(find, user.random:integer(1, 200000)) end },
            rename = { weight = 1, run = function(user)
              user.pg:execute(rename, user.random:integer(1, 200000), "another")
            end },
          } } },
        }"#,
    );
    assert_eq!(found(&record), [] as [&_; 0]);
    assert!(record.rules.len() >= 6 && record.rules.iter().all(|rule| rule.lacks.is_none()), "{:?}", record.rules);
}

#[test]
fn a_missing_index_comes_first_and_is_written_out() {
    let record = play(
        r#"
        local pg = require("throng.pg")
        local orders = pg.statement("orders_of", "SELECT id, total FROM orders o WHERE o.customer_id = $1")
        return {
          needs = { "postgres" },
          tables = { "orders" },
          load = { users = 4, iterations = 20 },
          setup = function(ctx)
            ctx.pg:script([[
              DROP TABLE IF EXISTS orders;
              CREATE TABLE orders (id int PRIMARY KEY, customer_id int, total int, note text);
              INSERT INTO orders SELECT id, id % 5000, 10, repeat('x', 60) FROM generate_series(1, 150000) id;
              ANALYZE orders]])
          end,
          personas = { buyer = { operations = {
            list_orders = { weight = 1, run = function(user) user.pg:query(orders, user.random:integer(1, 4999)) end },
          } } },
        }"#,
    );
    let finding = first(&record, "missing_index");
    assert_eq!(finding.action, "CREATE INDEX CONCURRENTLY ON public.orders (customer_id);");
    assert_eq!(finding.operations, ["list_orders"]);
}

#[test]
fn the_index_to_try_can_be_made_whatever_the_names_are() {
    let (record, url) = play_in(
        r#"
        local pg = require("throng.pg")
        local lines = pg.statement("lines", [[SELECT id FROM "Sales Dept"."Order.Lines" l WHERE l."group" = $1 AND l."Customer No" = $2]])
        return {
          needs = { "postgres" },
          tables = { "lines_made" },
          load = { users = 2, iterations = 20 },
          setup = function(ctx)
            ctx.pg:script([[
              CREATE SCHEMA "Sales Dept";
              CREATE TABLE "Sales Dept"."Order.Lines" (id int PRIMARY KEY, "group" int, "Customer No" int, note text);
              INSERT INTO "Sales Dept"."Order.Lines" SELECT id, id % 7, id % 5000, repeat('x', 60) FROM generate_series(1, 150000) id;
              ANALYZE "Sales Dept"."Order.Lines"]])
          end,
          personas = { buyer = { operations = {
            list = { weight = 1, run = function(user) user.pg:query(lines, 3, user.random:integer(1, 4999)) end },
          } } },
        }"#,
        &[],
    );
    let action = &first(&record, "missing_index").action;
    let expected = r#"CREATE INDEX CONCURRENTLY ON "Sales Dept"."Order.Lines" ("group", "Customer No");"#;
    assert_eq!(action, expected);
    on(&url, action);
}

#[test]
fn a_lock_convoy_names_who_waits_for_whom() {
    let record = play(
        r#"
        local pg = require("throng.pg")
        local take = pg.statement("take", "UPDATE till SET cash = cash - $2 WHERE id = $1")
        return {
          needs = { "postgres" },
          tables = { "till" },
          load = { users = 6, duration = "3s" },
          setup = function(ctx)
            ctx.pg:script([[
              DROP TABLE IF EXISTS till;
              CREATE TABLE till (id int PRIMARY KEY, cash int);
              INSERT INTO till VALUES (1, 1000)]])
          end,
          personas = { clerk = { operations = {
            withdraw = { weight = 1, run = function(user)
              user.pg:transaction(function(tx)
                tx:execute(take, 1, 5)
                user:sleep("5ms")
              end)
            end },
          } } },
        }"#,
    );
    let finding = first(&record, "lock_contention");
    assert_eq!(finding.operations, ["withdraw"]);
    let slow = record.findings.iter().filter(|finding| finding.id == "slow_statement");
    slow.for_each(|slow| assert!(slow.action.contains("see `lock_contention`"), "its plan is not to blame: {slow:?}"));
    assert!(finding.title.contains("`take`"), "{finding:?}");
}

#[test]
fn a_deadlock_pair_comes_before_the_waits_that_it_makes() {
    let record = play(
        r#"
        local pg = require("throng.pg")
        local debit = pg.statement("debit", "UPDATE account SET balance = balance - 1 WHERE id = $1")
        local credit = pg.statement("credit", "UPDATE account SET balance = balance + 1 WHERE id = $1")
        return {
          needs = { "postgres" },
          tables = { "account" },
          load = { users = 6, duration = "5s" },
          setup = function(ctx)
            ctx.pg:script([[
              DROP TABLE IF EXISTS account;
              CREATE TABLE account (id int PRIMARY KEY, balance int);
              INSERT INTO account SELECT id, 100 FROM generate_series(1, 2) id]])
          end,
          personas = { banker = { operations = {
            transfer = { weight = 1, run = function(user)
              local from = user.random:integer(1, 2)
              user.pg:transaction(function(tx)
                tx:execute(debit, from)
                user:sleep("20ms")
                tx:execute(credit, 3 - from)
              end)
            end },
          } } },
        }"#,
    );
    let finding = first(&record, "deadlocks");
    assert_eq!(finding.operations, ["transfer"]);
    let transfer = record.measured_operations().find(|operation| operation.name == "transfer").expect("transfers");
    let failed_us: u64 = transfer.statements.iter().map(|statement| statement.failed_us).sum();
    let failed_us = failed_us as f64 / transfer.finished() as f64;
    let parts = transfer.breakdown_us.as_ref().expect("parts");
    assert!(parts.unattributed > 0.9 * failed_us, "waiting for what was then undone is no way: {failed_us} {parts:?}");
    assert!(finding.title.contains("`credit`"), "{finding:?}");
}

#[test]
fn a_pool_too_small_is_told_how_many_would_do() {
    let record = play(
        r#"
        local pg = require("throng.pg")
        local work = pg.statement("work", "SELECT pg_sleep(0.005)")
        return {
          needs = { "postgres" },
          load = { users = 12, duration = "2s", connections = 2 },
          personas = { clerk = { operations = {
            work = { weight = 1, run = function(user) user.pg:query(work) end },
          } } },
        }"#,
    );
    let finding = first(&record, "pool_too_small");
    assert!(finding.action.contains("--connections 12"), "{finding:?}");
    assert_eq!(finding.operations, ["work"]);
}

#[test]
fn a_spill_comes_before_the_slow_statement_that_it_makes() {
    let record = play(
        r#"
        local pg = require("throng.pg")
        local sort = pg.statement("sort", "SELECT count(*) FROM (SELECT n FROM generate_series(1, $1::int) n ORDER BY n % 1000 OFFSET 0) s")
        return {
          needs = { "postgres" },
          load = { users = 2, iterations = 60 },
          personas = { analyst = { operations = {
            report = { weight = 1, run = function(user) user.pg:value(sort, 150000) end },
          } } },
        }"#,
    );
    let spill = first(&record, "temp_spill");
    assert!(spill.action.starts_with("SET work_mem = '"), "{spill:?}");
    assert_eq!(finding(&record, "slow_statement").operations, ["report"]);
}
