//! Plans of real statements on real servers: that they tell the truth, and that taking them does nothing else.

mod support;

use support::majors::servers;
use support::play::record;
use throng::analysis::wasteful_scans;
use throng::record::{PlanRecord, Record};

/// Clerks who look up by a key that has an index and by one that has none, and write down that they did.
const OFFICE: &str = r#"
    local pg = require("throng.pg")
    local verify = require("throng.verify")
    local by_id = pg.statement("by_id", "SELECT note FROM plan_members WHERE id = $1")
    local by_note = pg.statement("by_note", "SELECT id FROM plan_members WHERE note = $1 AND id < 90000")
    local write = pg.statement("write", "INSERT INTO plan_visits (member, note) VALUES ($1, $2)")
    local rename = pg.statement("rename", "UPDATE plan_members SET visits = visits + 1 WHERE id = $1")
    local hold = pg.statement("hold", "SELECT id FROM plan_members WHERE id = $1 FOR UPDATE")
    local pause = pg.statement("pause", "SELECT pg_sleep($1)")
    local call = pg.statement("call", "CALL plan_nothing()")
    return {
      needs = { "postgres" },
      load = { users = 2, iterations = 15 },
      setup = function(ctx)
        ctx.pg:script([[
          DROP TABLE IF EXISTS plan_members, plan_visits;
          CREATE TABLE plan_members (id bigint PRIMARY KEY, note text, visits bigint NOT NULL DEFAULT 0);
          INSERT INTO plan_members (id, note) SELECT n, 'secret ' || n FROM generate_series(1, 20000) n;
          CREATE TABLE plan_visits (member bigint, note text);
          CREATE OR REPLACE PROCEDURE plan_nothing() LANGUAGE sql AS '';
          ANALYZE plan_members]])
      end,
      personas = { clerk = { operations = { work = function(user)
        local id = user.random:integer(1, 20000)
        user.pg:one(by_id, id)
        user.pg:query(by_note, "secret " .. id)
        verify.counted("visits", function()
          user.pg:execute(write, id, "secret visit")
          user.pg:execute(rename, id)
        end)
        user.pg:transaction(function(tx) tx:one(hold, id) end)
        user.pg:query(pause, 0.02)
        user.pg:execute(call)
      end } } },
      verify = function(ctx)
        local checks = verify.new()
        checks:counted("visits", ctx.pg:value("SELECT count(*) FROM plan_visits"))
        checks:counted("visits", ctx.pg:value("SELECT sum(visits)::bigint FROM plan_members"))
        checks:finish()
      end,
    }"#;

fn plan<'a>(record: &'a Record, label: &str) -> &'a PlanRecord {
    let labels: Vec<_> = record.plans.iter().map(|plan| &plan.label).collect();
    record.plans.iter().find(|plan| plan.label == label).unwrap_or_else(|| panic!("no plan of `{label}` in {labels:?}"))
}

fn shape(plan: &PlanRecord) -> String {
    plan.plan.as_ref().unwrap_or_else(|| panic!("{plan:?}")).shape()
}

#[test]
fn every_major_tells_how_it_carries_out_statements_and_runs_only_those_that_read() {
    for server in servers() {
        for statements in ["prepared", "unnamed", "simple"] {
            let url = server.url();
            let settings = [("postgres", url.reveal()), ("explain", "all"), ("statements", statements)];
            let record = record(OFFICE, &settings, 2);
            assert!(record.checks.iter().all(|check| check.passed), "{statements}: {:?}", record.checks);
            they_tell_the_truth(&record, statements);
        }
    }
}

fn they_tell_the_truth(record: &Record, statements: &str) {
    let by_id = plan(record, "by_id");
    assert_eq!(shape(by_id), "Index Scan using plan_members_pkey on plan_members", "{statements}");
    assert!(by_id.execution_us.is_some() && wasteful_scans(by_id).is_empty(), "{by_id:?}");
    assert_eq!(by_id.parameters, ["an integer"]);

    let by_note = plan(record, "by_note");
    assert_eq!(shape(by_note), "Seq Scan on plan_members", "{statements}");
    let scan = wasteful_scans(by_note).pop().expect("it reads all to find one");
    assert_eq!((scan.removed, scan.found), (Some(19_999.0), 1.0));
    assert_eq!(scan.index().as_deref(), Some("CREATE INDEX ON plan_members (note, id);"));
    assert!(by_note.parameters[0].starts_with("a string of "), "{:?}", by_note.parameters);

    for (label, root) in
        [("write", "Insert on plan_visits"), ("rename", "Update on plan_members"), ("hold", "LockRows")]
    {
        let plan = plan(record, label);
        assert!(shape(plan).starts_with(root), "{statements}: {}", shape(plan));
        assert!(plan.execution_us.is_none(), "{plan:?}");
        assert!(plan.plan.iter().flat_map(|root| root.steps()).all(|(_, node)| node.actual.is_none()), "{plan:?}");
    }
    let pause = plan(record, "pause");
    assert!(pause.note.as_ref().is_some_and(|note| note.contains("`pg_sleep` may do more")), "{pause:?}");
    assert_eq!((&plan(record, "call").plan, plan(record, "call").note.is_some()), (&None, true));
    let kept = serde_json::to_string(&record.plans).expect("JSON");
    assert!(!kept.contains("secret") && !kept.contains("90000"), "{kept}");
    assert!(record.plans.iter().all(|plan| plan.change.is_none()), "{:?}", record.plans);
}

#[test]
fn only_slow_statements_are_explained_unless_told_otherwise_and_none_without_asking() {
    let url = support::postgres().url();
    let labels = |settings: &[(&str, &str)]| -> Vec<String> {
        let record = record(OFFICE, &[&[("postgres", url.reveal())], settings].concat(), 1);
        record.plans.into_iter().map(|plan| plan.label).collect()
    };
    assert_eq!(labels(&[]), [""; 0]);
    assert!(labels(&[("explain", "slow")]).contains(&"pause".to_owned()));
    assert_eq!(labels(&[("explain", "slow"), ("explain_over", "10m")]), [""; 0]);
}

#[test]
fn values_are_kept_if_asked_for() {
    let url = support::postgres().url();
    let settings = [("postgres", url.reveal()), ("explain", "all"), ("explain_params", "values")];
    let record = record(OFFICE, &settings, 1);
    let by_note = plan(&record, "by_note");
    assert!(by_note.parameters[0].starts_with("'secret "), "{:?}", by_note.parameters);
    let filter = &by_note.plan.as_ref().expect("a plan").conditions[0].text;
    assert!(filter.contains("'secret ") && filter.contains("90000"), "{filter}");
}

/// Readers, and a conductor who drops their index as soon as the first plan was taken.
const DROPPED: &str = r#"
    local pg = require("throng.pg")
    local phase = require("throng.phase")
    local find = pg.statement("find", "SELECT id FROM plan_orders WHERE customer = $1")
    local EXPLAINED = "SELECT count(*) FROM pg_stat_statements WHERE query LIKE 'EXPLAIN%SELECT id FROM plan_orders%'"
    return {
      needs = { "postgres" },
      load = { users = 3, duration = "60s" },
      setup = function(ctx)
        ctx.pg:script([[
          CREATE TABLE plan_orders (id bigint PRIMARY KEY, customer bigint);
          INSERT INTO plan_orders SELECT n, n / 4 FROM generate_series(1, 20000) n;
          CREATE INDEX by_customer ON plan_orders (customer);
          ANALYZE plan_orders]])
      end,
      personas = {
        reader = { share = 1, think = "2ms", operations = {
          find = function(user) user.pg:query(find, user.random:integer(1, 5000)) end,
        } },
        conductor = { users = 1, run = function(user)
          for _ = 1, 500 do
            if user.pg:value(EXPLAINED) > 0 then break end
            user:sleep("20ms")
          end
          user.pg:script("DROP INDEX by_customer; ANALYZE plan_orders")
          user:sleep("500ms")
          phase.finish()
        end },
      },
    }"#;

#[test]
fn a_plan_that_changes_while_the_run_goes_on_is_seen() {
    let server = throng::servers::ThrowawayPostgres::start(&Default::default()).expect("PostgreSQL starts");
    // A limit that nothing meets: it is the change that brings the plan into the record.
    let settings =
        [("postgres", server.url().reveal().to_owned()), ("explain", "slow".into()), ("explain_over", "10m".into())];
    let settings: Vec<(&str, &str)> = settings.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let record = record(DROPPED, &settings, 1);
    let plan = plan(&record, "find");
    let change = plan.change.as_ref().expect("its plan changed");
    assert!(change.from.shape().contains("by_customer"), "{}", change.from.shape());
    assert_eq!(change.to.shape(), "Seq Scan on plan_orders");
    assert!(change.from_s < change.to_s, "{change:?}");
    let finding = record.findings.iter().find(|finding| finding.id == "changed_plan").expect("it is a finding");
    assert!(finding.title.contains("`find`") && finding.action.contains("`by_customer`"), "{finding:?}");
    assert_eq!(finding.operations, ["find"]);
}
