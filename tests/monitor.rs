//! Watching real servers: what is seen of them, what is said where something can't be seen, and that the parts add up.

mod support;

use support::majors::{cached, servers};
use support::pg::query;
use support::play::record;
use throng::drivers::postgres::Connection;
use throng::plan::Limits;
use throng::plan::target::StatementMode;
use throng::record::{Record, SamplerData, SourceRecord};
use throng::servers::{PostgresOptions, ThrowawayPostgres};

/// Four clerks who all want the same account, and one who reads the whole of them.
const BANK: &str = r#"
    local pg = require("throng.pg")
    local take = pg.statement("take", "UPDATE bank SET balance = balance - $2 WHERE id = $1")
    local total = pg.statement("total", "SELECT sum(balance) FROM bank WHERE note <> 'x'")
    return {
      needs = { "postgres" },
      tables = { "bank" },
      load = { users = 5, duration = "2500ms" },
      setup = function(ctx)
        ctx.pg:script([[
          DROP TABLE IF EXISTS bank;
          CREATE TABLE bank (id int PRIMARY KEY, balance int, note text);
          INSERT INTO bank SELECT id, 1000, repeat('n', 100) FROM generate_series(1, 20000) id]])
      end,
      personas = {
        clerk = { users = 4, operations = {
          withdraw = { weight = 1, run = function(user)
            user.pg:transaction(function(tx)
              tx:execute(take, 1, 5)
              user:sleep("5ms")
            end)
          end },
        } },
        auditor = { users = 1, operations = {
          audit = { weight = 1, run = function(user) user.pg:value(total) end },
        } },
      },
    }"#;

/// A hundred look-ups.
const LOOK_UP: &str = r#"
    local pg = require("throng.pg")
    local find = pg.statement("find", "SELECT relname FROM pg_class WHERE oid = $1 AND relkind = 'r'")
    return {
      needs = { "postgres" },
      load = { users = 2, iterations = 50 },
      personas = { reader = { operations = {
        look_up = { weight = 1, run = function(user) user.pg:value(find, 1259) end },
      } } },
    }"#;

/// What was seen of the only target.
fn source(record: &Record) -> &SourceRecord {
    record.monitor.source("postgres", "postgres").unwrap_or_else(|| panic!("{:?}", record.monitor))
}

/// Runs statements on a server, as its superuser.
async fn on(url: &str, statements: &[&str]) {
    let target = support::pg::target(url, StatementMode::Simple);
    let connection = Connection::open(&target, &Limits::default()).await.expect("the server lets us in");
    for statement in statements {
        query(&connection, statement, &[]).await.unwrap_or_else(|failure| panic!("{statement}: {failure}"));
    }
    connection.close().await;
}

/// Asks until the answer is more than 0, which it must be within a minute.
fn until(server: &ThrowawayPostgres, question: &str) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(tokio::task::LocalSet::new().run_until(async {
        let target = support::pg::target(server.url().reveal(), StatementMode::Simple);
        let connection = Connection::open(&target, &Limits::default()).await.expect("the server lets us in");
        let asking = async {
            while support::pg::text(&support::pg::value(&connection, question, &[]).await) == "0" {
                tokio::time::sleep(std::time::Duration::from_millis(10)).await;
            }
        };
        tokio::time::timeout(std::time::Duration::from_secs(60), asking).await.expect("it comes true");
        connection.close().await;
    }));
}

#[test]
fn every_major_tells_what_it_did() {
    let mut played = std::collections::BTreeSet::new();
    for server in servers() {
        let url = server.url();
        let record = record(BANK, &[("postgres", url.reveal())], 1);
        let source = source(&record);
        let version = source.version.clone().expect("a version");
        let major: u32 = version.split(['.', ' ']).next().and_then(|major| major.parse().ok()).expect("a major");
        assert_eq!(source.missing, [], "{version}");
        for sampler in &source.samplers {
            assert_eq!(sampler.failed, 0, "{version}: {}", sampler.name);
        }
        // The last is the server's processes.
        let expected = 16 + usize::from(major >= 14) + usize::from(major >= 16);
        assert_eq!(source.samplers.len(), expected, "{version}");
        they_say_what_happened(source, &version, major);
        the_parts_add_up(&record, &version);
        what_the_server_takes_is_what_it_says(&record, &version);
        played.insert(major);
    }
    // Each folder is one major, that of the installed server perhaps among them.
    let at_hand = cached().len();
    assert!(
        played.len() >= at_hand.max(1) && (at_hand == 0 || played.len() >= 2),
        "{played:?} of {at_hand} and what is installed"
    );
}

/// The audits are one statement each, outside of transactions, and nothing is written: all of the server's time for them
/// is what it counted for the statement.
fn what_the_server_takes_is_what_it_says(record: &Record, version: &str) {
    let audit = record.measured_operations().find(|operation| operation.name == "audit").expect("audits");
    let parts = audit.breakdown_us.as_ref().expect("parts");
    let row = source(record).rows("statements").iter().find(|row| row.name("label") == "total").expect("the statement");
    let mean_us = row.counter("execution_time_us") / row.counter("calls");
    assert!((parts.server - mean_us).abs() < 0.1 * mean_us + 50.0, "{version}: {parts:?}, {mean_us} by the server");
    assert!(parts.unattributed < 0.1 * parts.server, "{version}: {parts:?}");
}

fn they_say_what_happened(source: &SourceRecord, version: &str, major: u32) {
    let statement = |label: &str| {
        let row = source.rows("statements").iter().find(|row| row.name("label") == label);
        row.unwrap_or_else(|| panic!("{version}: no `{label}` in {:?}", source.rows("statements")))
    };
    assert!(statement("take").counter("calls") > 0.0, "{version}");
    assert!(statement("total").counter("execution_time_us") > 0.0, "{version}");
    let own = source.rows("statements").iter().find(|row| row.name("query").contains("pg_stat_statements"));
    assert_eq!(own, None, "{version}");

    let profile = source.profile("activity").expect("activity");
    let waited = profile.totals.iter().find(|total| total.event == "Lock:transactionid").expect(version);
    assert_eq!(waited.subject.as_deref(), Some("take"), "{version}");
    assert_eq!(profile.sightings["Lock:transactionid"].len(), profile.looks_by_stretch.len(), "{version}");

    let met = source.sightings("locks");
    let named = |name: &str| met.iter().any(|sighting| sighting.names.get(name).map(String::as_str) == Some("take"));
    assert!(named("blocked_label") && named("blocker_label"), "{version}: {met:?}");

    let bank = source.rows("tables").iter().find(|row| row.name("table") == "public.bank").expect(version);
    assert!(bank.counter("rows_updated") > 0.0 && bank.counter("sequential_scans") > 0.0, "{version}: {bank:?}");
    assert!(source.rows("indexes").iter().any(|row| row.name("index") == "public.bank_pkey"), "{version}");
    assert!(source.rows("table_sizes").iter().any(|row| row.name("table") == "public.bank"), "{version}");
    assert!(source.series("database").expect("database").counter("commits") > 0.0, "{version}");
    assert!(source.series("wal").expect("wal").counter("bytes") > 0.0, "{version}");
    assert!(source.series("writer").expect("writer").counters.contains_key("checkpoints_requested"), "{version}");
    assert!(source.series("sizes").expect("sizes").gauges["database_bytes"].last > 0.0, "{version}");
    assert_eq!(source.sampler("io").is_some(), major >= 16, "{version}");
    // Five users, whoever sets up, and who looks after the reserve; the monitor leaves itself out.
    let connections = source.series("sessions").expect("sessions").gauges["connections"].max;
    assert!((5.0..=7.0).contains(&connections), "{version}: {connections}");
    assert_eq!(source.fact("settings", "track_io_timing"), Some("on"), "{version}");
    its_processes_are_seen(source, version);
}

fn its_processes_are_seen(source: &SourceRecord, version: &str) {
    let process = source.series("process").expect("the server is on this machine");
    let (all_us, monitor_us) = (process.counter("cpu_us"), process.counter("monitor_cpu_us"));
    assert!(monitor_us > 0.0 && monitor_us < all_us, "{version}: {monitor_us} of {all_us}");
    // Postmaster, five users, the monitor, and who looks after the reserve.
    assert!(process.gauges["processes"].max >= 8.0, "{version}: {process:?}");
    assert!(process.gauges["shared_bytes"].max > 0.0 && process.gauges["private_bytes"].max > 0.0, "{version}");
}

fn the_parts_add_up(record: &Record, version: &str) {
    for operation in record.measured_operations() {
        let parts = operation.breakdown_us.as_ref().unwrap_or_else(|| panic!("{version}: {}", operation.name));
        let sum: f64 = parts.parts().iter().map(|(_, us)| us).sum();
        assert!((sum - operation.response_us.mean).abs() < 1.0, "{version}: {parts:?}, {}", operation.response_us.mean);
    }
    let withdraw = record.measured_operations().find(|operation| operation.name == "withdraw").expect("withdrawals");
    let parts = withdraw.breakdown_us.as_ref().expect("parts");
    // Three of four wait for the one who sleeps 5 ms within the transaction.
    assert!(parts.server > parts.network && parts.client > 4_000.0, "{version}: {parts:?}");
    assert!(parts.events["Lock:transactionid"] > 0.5 * parts.server, "{version}: {parts:?}");
}

#[test]
fn the_server_counts_what_the_clients_count() {
    let record = record(LOOK_UP, &[("postgres", support::postgres().url().reveal())], 2);
    let rows = source(&record).rows("statements");
    let find = rows.iter().find(|row| row.name("label") == "find").expect("the statement");
    assert_eq!((find.counter("calls"), find.counter("rows")), (100.0, 100.0));
    let asked = &record.measured_operations().next().expect("look-ups").statements[0];
    assert_eq!((asked.label.as_str(), asked.count), ("find", 100));
}

#[tokio::test]
async fn a_role_without_rights_is_told_what_to_grant_and_the_rest_goes_on() {
    let url = support::postgres().url();
    on(url.reveal(), &["CREATE ROLE plain LOGIN"]).await;
    let plain = url.reveal().replacen("postgres@", "plain@", 1);
    let seen = tokio::task::spawn_blocking(move || record(LOOK_UP, &[("postgres", &plain)], 1)).await.expect("it ends");
    let source = source(&seen);
    let fixes: Vec<_> = source.missing.iter().filter_map(|missing| missing.fix.as_deref()).collect();
    assert_eq!(fixes, ["GRANT pg_monitor TO plain;"]);
    assert!(source.samplers.iter().all(|sampler| sampler.failed == 0), "{source:?}");
    let rows = source.rows("statements");
    assert!(rows.iter().any(|row| row.name("label") == "find"), "its own statements are seen");
    assert!(
        rows.iter().all(|row| !row.name("query").contains("pg_stat_statements")),
        "the monitor's are not: {rows:?}"
    );
}

#[tokio::test]
async fn a_database_without_the_extension_is_told_to_create_it() {
    let url = support::postgres().url();
    on(url.reveal(), &["CREATE DATABASE bare"]).await;
    let bare = format!("{}bare", url.reveal().strip_suffix("postgres").expect("the default database"));
    let seen = tokio::task::spawn_blocking(move || record(LOOK_UP, &[("postgres", &bare)], 1)).await.expect("it ends");
    let source = source(&seen);
    let fixes: Vec<_> = source.missing.iter().filter_map(|missing| missing.fix.as_deref()).collect();
    assert_eq!(fixes, ["CREATE EXTENSION pg_stat_statements;"]);
    assert!(source.sampler("statements").is_none() && source.sampler("database").is_some());
    assert!(seen.operations.iter().all(|operation| operation.breakdown_us.is_none()));
}

#[test]
fn a_server_without_the_library_is_told_to_load_it() {
    let settings = vec![("shared_preload_libraries".to_owned(), String::new())];
    let options = PostgresOptions { settings, ..PostgresOptions::default() };
    let server = ThrowawayPostgres::start(&options).expect("PostgreSQL starts");
    let record = record(LOOK_UP, &[("postgres", server.url().reveal())], 1);
    let fix = source(&record).missing.first().and_then(|missing| missing.fix.clone()).expect("a fix");
    assert!(fix.contains("shared_preload_libraries = 'pg_stat_statements'"), "{fix}");
}

#[test]
fn a_lost_connection_is_made_anew_and_the_run_goes_on() {
    let killer = r#"
        return {
          needs = { "postgres" },
          load = { users = 1, duration = "5s" },
          personas = { killer = { run = function(user)
            if not user.state.done then
              user.state.done = true
              user:operation("kill", function()
                local ended = user.pg:query(
                  "SELECT pg_terminate_backend(pid) AS done FROM pg_stat_activity WHERE application_name = 'throng-monitor'")
                user:check(#ended > 0 and ended[1].done, "there was a monitor to end")
              end)
            end
            user:sleep("20ms")
          end } },
        }"#;
    // No other monitor is to be killed.
    let server = ThrowawayPostgres::start(&PostgresOptions::default()).expect("PostgreSQL starts");
    let record = record(killer, &[("postgres", server.url().reveal())], 1);
    let sessions = source(&record).sampler("sessions").expect("sessions");
    assert_eq!((record.totals.operations_succeeded, record.totals.operations_failed), (1, 0), "{:?}", record.errors);
    let SamplerData::Series(series) = &sessions.data else { panic!("{sessions:?}") };
    assert!(series.at_s.iter().any(|at| (2.0..5.0).contains(at)), "{:?}", series.at_s);
}

#[test]
fn what_is_not_to_be_watched_is_not() {
    let url = support::postgres().url();
    for (unwatched, watched) in [("postgres", &["host"][..]), ("host", &["postgres"]), ("all", &[])] {
        let record = record(LOOK_UP, &[("postgres", url.reveal()), ("no_monitor", unwatched)], 1);
        let kinds: Vec<_> = record.monitor.sources.iter().map(|source| source.kind.as_str()).collect();
        assert_eq!(kinds, watched, "without {unwatched}");
    }
}

#[test]
fn totals_leave_the_warm_up_out_and_points_do_not() {
    let settings = [("postgres", support::postgres().url().reveal().to_owned())];
    let text = LOOK_UP.replace("iterations = 50", "duration = \"1s\", warm_up = \"1500ms\"");
    let settings: Vec<(&str, &str)> = settings.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let record = record(&text, &settings, 1);
    let source = source(&record);
    assert_eq!(source.from_s, 1.5);
    let sessions = source.series("sessions").expect("sessions");
    assert!(sessions.at_s.first().is_some_and(|at| *at < 0.0), "{:?}", sessions.at_s);
    let warm_up: u64 =
        record.operations.iter().filter(|operation| operation.phase == "warm_up").map(|o| o.succeeded).sum();
    let all: u64 = record.operations.iter().map(|operation| operation.succeeded).sum();
    let calls = source.rows("statements").iter().find(|row| row.name("label") == "find").expect("it").counter("calls");
    assert!(warm_up > 0 && calls > 0.0 && calls <= (all - warm_up) as f64 + 2.0, "{calls} of {all}, {warm_up} warm-up");
    assert!(matches!(source.sampler("activity").expect("activity").data, SamplerData::Profile(_)));
}

#[test]
fn no_time_reaches_over_a_reset_of_statistics() {
    let forgetful = LOOK_UP.replace(
        "personas = {",
        r#"personas = {
        forgetful = { users = 1, run = function(user)
          if not user.state.done then
            user.state.done = true
            user:sleep("300ms")
            user:operation("forget", function()
              user.pg:query("SELECT pg_stat_statements_reset()")
              user.pg:query("SELECT pg_stat_reset()")
            end)
          end
          user:sleep("100ms")
        end },"#,
    );
    let text = forgetful.replace("users = 2, iterations = 50", "users = 3, duration = \"3s\"");
    let server = ThrowawayPostgres::start(&PostgresOptions::default()).expect("PostgreSQL starts");
    let record = record(&text, &[("postgres", server.url().reveal())], 1);
    let source = source(&record);
    for sampler in ["statement_evictions", "database"] {
        assert!(source.sampler(sampler).expect(sampler).resets > 0, "{sampler}");
    }
    let database = source.series("database").expect("database");
    let points = database.points["commits"].iter().flatten();
    assert!(points.clone().all(|rise| *rise >= 0.0) && database.counter("commits") >= 0.0, "{database:?}");
    let look_up = record.measured_operations().find(|operation| operation.name == "look_up").expect("look-ups");
    assert_eq!(look_up.breakdown_us, None, "a part of the server's time is not known");
}

#[test]
fn what_setup_did_is_counted_before_the_load() {
    let text = r#"
        return {
          needs = { "postgres" },
          tables = { "filled" },
          load = { users = 1, duration = "2500ms" },
          setup = function(ctx)
            ctx.pg:script("DROP TABLE IF EXISTS filled; CREATE TABLE filled AS SELECT n FROM generate_series(1, 5000) n")
          end,
          personas = { p = { operations = { o = function(user) user.pg:query("SELECT 1") user:sleep("100ms") end } } },
        }"#;
    let server = ThrowawayPostgres::start(&PostgresOptions::default()).expect("PostgreSQL starts");
    let record = record(text, &[("postgres", server.url().reveal())], 1);
    let database = source(&record).series("database").expect("database");
    assert_eq!(database.counter("rows_inserted"), 0.0, "{database:?}");
    let filled = source(&record).rows("tables").iter().find(|row| row.name("table") == "public.filled");
    assert!(filled.is_none_or(|row| row.counter("rows_inserted") == 0.0), "{filled:?}");
}

#[test]
fn a_server_that_is_gone_at_the_end_leaves_what_was_seen_before() {
    let mut server = ThrowawayPostgres::start(&PostgresOptions::default()).expect("PostgreSQL starts");
    let url = server.url();
    let text = LOOK_UP.replace("iterations = 50", "duration = \"2s\"").replace("users = 2", "users = 1");
    let text = text.replace("user.pg:value(find, 1259)", "user.pg:value(find, 1259) user:sleep(\"20ms\")");
    let playing = std::thread::spawn(move || support::play::outcome(&text, &[("postgres", url.reveal())], 1));
    until(&server, "SELECT count(*) FROM pg_stat_statements WHERE calls > 20 AND query LIKE '%relkind%'");
    server.kill();
    let outcome = playing.join().expect("the run ends");
    assert!(outcome.error.is_some(), "its target is lost");
    let source = source(&outcome.record);
    assert!(source.partial.iter().any(|sampler| sampler == "statements"), "{:?}", source.partial);
    assert!(source.missing.iter().any(|missing| missing.what.contains("the last look failed")), "{:?}", source.missing);
    assert!(source.profile("activity").expect("what was seen before").looks > 0);
    assert!(outcome.record.operations.iter().all(|operation| operation.breakdown_us.is_none()));
}
