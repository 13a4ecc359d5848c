//! `throng doctor` against real servers: sound ones, and one for each thing that may be wrong.

mod support;

use std::process::{Command, Output};

use serde_json::Value;
use support::pg::target;
use support::web::{Certificate, Web};
use throng::drivers::postgres::Connection;
use throng::plan::Limits;
use throng::plan::target::StatementMode;
use throng::servers::{PostgresOptions, RedisOptions, ThrowawayPostgres, ThrowawayRedis};

fn doctor(arguments: &[&str]) -> Output {
    let folder = tempfile::tempdir().unwrap();
    Command::new(env!("CARGO_BIN_EXE_throng"))
        .arg("doctor")
        .args(arguments)
        .env_remove("DATABASE_URL")
        .env_remove("REDIS_URL")
        .current_dir(folder.path())
        .output()
        .unwrap()
}

/// What was said about a target, and the exit status.
struct Examined {
    status: Option<i32>,
    report: Value,
}

impl Examined {
    fn of(arguments: &[&str]) -> Self {
        let output = doctor(&[arguments, &["--json"]].concat());
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        let report = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}\n{text}{said}"));
        Self { status: output.status.code(), report }
    }

    /// The item of a check, wherever it is.
    fn item(&self, check: &str) -> &Value {
        let lists = self.report["checklists"].as_array().unwrap();
        let mut items = lists.iter().flat_map(|list| list["items"].as_array().unwrap());
        items.find(|item| item["check"] == check).unwrap_or_else(|| panic!("no `{check}` in {:#}", self.report))
    }

    #[track_caller]
    fn assert(&self, check: &str, state: &str, said: &str) {
        let item = self.item(check);
        let text = format!("{} {}", item["found"], item["fix"]);
        assert!(item["state"] == state && text.contains(said), "{item:#}");
    }
}

async fn script(server: &ThrowawayPostgres, sql: &str) {
    let target = target(server.url().reveal(), StatementMode::Prepared);
    let connection = Connection::open(&target, &Limits::default()).await.unwrap();
    connection.script(sql).await.unwrap();
    connection.close().await;
}

#[test]
fn sound_servers_are_ready() {
    let (postgres, redis) = (support::postgres().url(), support::redis().url());
    let examined = Examined::of(&["--pg", postgres.reveal(), "--redis", redis.reveal()]);
    assert_eq!((examined.status, &examined.report["ready"]), (Some(0), &Value::Bool(true)));
    for check in ["version", "round trip", "room", "create tables", "pooler", "if throng is killed", "see the server"] {
        examined.assert(check, "ok", "");
    }
    let text = doctor(&["--pg", postgres.reveal()]).stdout;
    let text = String::from_utf8(text).unwrap();
    assert!(text.contains("ok    reachable") && text.contains("\nready: nothing stands in the way"), "{text}");
}

#[test]
fn without_a_target_there_is_nothing_to_look_at() {
    let output = doctor(&[]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("there is no target to look at"));
}

#[test]
fn servers_that_are_not_there_stand_in_the_way() {
    let dead = Examined::of(&["--pg", "postgres://me:secret@127.0.0.1:1/app"]);
    assert_eq!(dead.status, Some(4));
    dead.assert("reachable", "fail", "pg_isready");
    assert!(!dead.report.to_string().contains("secret"), "{}", dead.report);
    let dead = Examined::of(&["--redis", "redis://:secret@127.0.0.1:1"]);
    assert_eq!(dead.status, Some(4));
    dead.assert("reachable", "fail", "redis-cli");
    assert!(!dead.report.to_string().contains("secret"), "{}", dead.report);
}

#[test]
fn the_other_kind_of_server_is_known_when_it_answers() {
    let place =
        |url: &str| url.rsplit_once('@').map_or(url, |(_, place)| place).trim_start_matches("redis://").to_owned();
    let (postgres, redis) = (support::postgres().url(), support::redis().url());
    let examined =
        Examined::of(&["--pg", &format!("postgres://me@{}/app", place(redis.reveal()).trim_end_matches('/'))]);
    assert_eq!(examined.status, Some(4));
    examined.assert("reachable", "fail", "what answers there is a Redis");
    let port = place(postgres.reveal());
    let examined = Examined::of(&["--redis", &format!("redis://{}", port.split('/').next().unwrap())]);
    assert_eq!(examined.status, Some(4));
    examined.assert("reachable", "fail", "what answers there is a PostgreSQL");
}

#[tokio::test]
async fn a_role_without_rights_is_told_what_to_ask_for() {
    let server = ThrowawayPostgres::start(&PostgresOptions::default()).expect("PostgreSQL starts");
    script(&server, "CREATE ROLE nobody LOGIN; REVOKE CREATE ON SCHEMA public FROM public").await;
    let url = server.url().reveal().replace("postgres@", "nobody@");
    let examined = Examined::of(&["--pg", &url]);
    assert_eq!(examined.status, Some(0));
    examined.assert("create tables", "warn", "GRANT CREATE ON SCHEMA public TO nobody");
    examined.assert("see others", "warn", "GRANT pg_monitor TO nobody");
    let wrong = Examined::of(&["--pg", &server.url().reveal().replace("postgres@", "stranger@")]);
    assert_eq!(wrong.status, Some(4));
    wrong.assert("authentication", "fail", "pg_hba.conf");
    let wrong = Examined::of(&["--pg", &format!("{}nowhere", server.url().reveal().trim_end_matches("postgres"))]);
    wrong.assert("database", "fail", "createdb");
}

#[test]
fn a_wrong_password_is_told_from_a_server_that_is_away() {
    let options = PostgresOptions { password: Some("right".into()), ..PostgresOptions::default() };
    let server = ThrowawayPostgres::start(&options).expect("PostgreSQL starts");
    let examined = Examined::of(&["--pg", &server.url().reveal().replace("right", "wr0ng")]);
    assert_eq!(examined.status, Some(4));
    examined.assert("reachable", "ok", "");
    examined.assert("authentication", "fail", "password");
    assert!(!examined.report.to_string().contains("wr0ng"), "{}", examined.report);
    let options = RedisOptions { password: Some("right".into()), ..RedisOptions::default() };
    let server = ThrowawayRedis::start(&options).expect("Redis starts");
    let examined = Examined::of(&["--redis", &server.url().reveal().replace("right", "wr0ng")]);
    assert_eq!(examined.status, Some(4));
    examined.assert("authentication", "fail", "redis://USER:PASSWORD@HOST");
    assert!(!examined.report.to_string().contains("wr0ng"), "{}", examined.report);
}

#[tokio::test]
async fn settings_that_blind_a_report_are_named_with_what_changes_them() {
    let settings = [
        ("shared_preload_libraries", ""),
        ("track_io_timing", "off"),
        ("log_statement", "all"),
        ("superuser_reserved_connections", "0"),
    ];
    let settings = settings.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
    let server = ThrowawayPostgres::start(&PostgresOptions { settings, ..PostgresOptions::default() }).unwrap();
    let examined = Examined::of(&["--pg", server.url().reveal()]);
    assert_eq!(examined.status, Some(0));
    examined.assert("pg_stat_statements", "warn", "shared_preload_libraries");
    examined.assert("track_io_timing", "warn", "ALTER SYSTEM SET track_io_timing = on");
    examined.assert("statement log", "warn", "every statement is logged");
    examined.assert("superusers", "warn", "superuser_reserved_connections");
}

#[tokio::test]
async fn a_server_without_the_extension_is_told_how_to_get_it() {
    let server = ThrowawayPostgres::start(&PostgresOptions::default()).expect("PostgreSQL starts");
    script(&server, "DROP EXTENSION IF EXISTS pg_stat_statements").await;
    Examined::of(&["--pg", server.url().reveal()]).assert("pg_stat_statements", "warn", "CREATE EXTENSION");
}

#[tokio::test]
async fn a_full_server_stands_in_the_way() {
    let options = PostgresOptions { max_connections: 14, ..PostgresOptions::default() };
    let server = ThrowawayPostgres::start(&options).expect("PostgreSQL starts");
    let url = server.url();
    Examined::of(&["--pg", url.reveal()]).assert("room", "warn", "14 of 14 connections are free");
    let asked = Examined::of(&["--pg", url.reveal(), "--connections", "9", "--reserve", "5"]);
    assert_eq!(asked.status, Some(4));
    asked.assert("room", "fail", "6 for a pool, not 9");
    let target = target(url.reveal(), StatementMode::Prepared);
    let mut held = Vec::new();
    for _ in 0..14 {
        held.push(Connection::open(&target, &Limits::default()).await.unwrap());
    }
    let full = Examined::of(&["--pg", url.reveal()]);
    assert_eq!(full.status, Some(4));
    full.assert("room", "fail", "max_connections");
}

#[tokio::test]
async fn a_database_marked_as_production_is_refused_by_doctor_and_run_alike() {
    let server = ThrowawayPostgres::start(&PostgresOptions::default()).expect("PostgreSQL starts");
    script(&server, "ALTER DATABASE postgres SET throng.production = on").await;
    let examined = Examined::of(&["--pg", server.url().reveal()]);
    assert_eq!(examined.status, Some(4));
    examined.assert("production", "fail", "throng.production");
    let scenario = "return { needs = { 'postgres' }, load = { users = 1, iterations = 1 },
        personas = { p = { operations = { o = function(user) user.pg:query('SELECT 1') end } } } }";
    let play = |more: &[&str]| {
        support::playing::Playing::start(scenario, &[&["--pg", server.url().reveal()], more].concat()).end()
    };
    let refused = play(&[]).expect(4);
    assert!(refused.stderr.contains("is production") && refused.stderr.contains("--force"), "{}", refused.stderr);
    play(&["--force"]).expect(0);
}

#[test]
fn a_redis_that_is_full_or_keeps_its_state_to_itself_is_warned_of() {
    // An empty one takes more than this.
    let settings = [("maxmemory", "500kb"), ("user", "blind on nopass ~* +@all -slowlog -config")];
    let settings = settings.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
    let server = ThrowawayRedis::start(&RedisOptions { settings, ..RedisOptions::default() }).expect("Redis starts");
    let url = server.url().reveal().replace("redis://", "redis://blind:any@");
    let examined = Examined::of(&["--redis", &url]);
    assert_eq!(examined.status, Some(0), "{:#}", examined.report);
    examined.assert("see the server", "warn", "+slowlog +config|get");
    examined.assert("persistence", "note", "can't be seen");
    examined.assert("maxmemory", "warn", "writes are about to fail");
}

#[test]
fn an_application_is_looked_at_too() {
    let web = Web::start();
    let sound = Examined::of(&["--http", &web.url("/hello")]);
    assert_eq!(sound.status, Some(0), "{:#}", sound.report);
    sound.assert("reachable", "ok", "takes connections");
    sound.assert("answers", "ok", "status 200");
    sound.assert("keep-alive", "ok", "one connection for 5 requests");
    Examined::of(&["--http", &web.url("/close")]).assert("keep-alive", "warn", "5 connections for 5 requests");

    let encrypted = Web::start_with(&Certificate::new("localhost"));
    let refused = Examined::of(&["--http", &encrypted.url("")]);
    assert_eq!(refused.status, Some(4));
    refused.assert("tls", "fail", "#ca=FILE");
    Examined::of(&["--http", &encrypted.url("/#insecure")]).assert("tls", "ok", "in use");
    Examined::of(&["--http", "http://127.0.0.1:1"]).assert("reachable", "fail", "curl -I URL");
    Examined::of(&["--http", "http://localhost:1/live"]).assert("reachable", "fail", "refused");
}
