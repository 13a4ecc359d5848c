//! Bad luck with servers and terminals while the program plays: killed, restarted, held, interrupted.

mod support;

use std::path::PathBuf;
use std::process::Command;

use nix::sys::signal::Signal;
use support::eventually::eventually;
use support::playing::Playing;
use throng::servers::{RedisOptions, ThrowawayRedis};

/// Increments for three seconds with a pause that leaves room for bad luck.
const COUNTING: &str = r#"
return {
  needs = { "redis" },
  load = { users = 4, duration = "3s", think = "5ms" },
  personas = { counter = { operations = { count = { run = function(user) user.redis:incr("count") end } } } },
}
"#;

/// Process ids of children of `parent` that are servers.
fn servers_of(parent: u32) -> Vec<u32> {
    let mut system = sysinfo::System::new().unwrap();
    system.refresh_processes(sysinfo::ProcessesToUpdate::All, true);
    let parent = sysinfo::Pid::from_u32(parent);
    let is_server = |process: &sysinfo::Process| {
        process.parent() == Some(parent)
            && process.thread_kind().is_none()
            && process.name().to_string_lossy().contains("-server")
    };
    system.processes().values().filter(|process| is_server(process)).map(|process| process.pid().as_u32()).collect()
}

fn is_alive(pid: u32) -> bool {
    let mut system = sysinfo::System::new().unwrap();
    let pid = sysinfo::Pid::from_u32(pid);
    system.refresh_processes(sysinfo::ProcessesToUpdate::Some(&[pid]), true);
    system.process(pid).is_some_and(|process| process.status() != sysinfo::ProcessStatus::Zombie)
}

#[test]
fn users_reconnect_when_redis_is_killed_and_restarted_in_mid_run() {
    let mut server = ThrowawayRedis::start(&RedisOptions::default()).unwrap();
    let mut playing = Playing::start(COUNTING, &["--redis", server.url().reveal()]);
    playing.until_it_plays();
    server.kill();
    playing.next_line();
    server.restart().unwrap();
    let ended = playing.end().expect(0);
    assert!(ended.errors("connection lost") > 0);
    let record = ended.record();
    assert_eq!(record["verdict"], "passed");
    assert!(record["pools"][0]["reconnects"].as_u64().unwrap() > 0, "{}", record["pools"]);
    // Without persistence it comes back empty, so what it holds now was written after the restart.
    let mut count = Command::new("redis-cli");
    let count = count.args(["-p", &server.port().to_string(), "GET", "count"]).output().unwrap();
    assert!(String::from_utf8_lossy(&count.stdout).trim().parse::<u64>().unwrap() > 0);
}

#[test]
fn a_redis_that_is_not_there_is_one_error_before_any_load() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let ended = Playing::start(COUNTING, &["--redis", &format!("redis://user:secret@{address}")]).end().expect(1);
    assert_eq!(ended.stderr.matches("error:").count(), 1, "{}", ended.stderr);
    assert!(ended.stderr.contains(&address.to_string()), "{}", ended.stderr);
    assert!(!ended.stderr.contains("secret"), "{}", ended.stderr);
}

#[test]
fn a_missing_password_is_said_in_plain_words() {
    let options = RedisOptions { password: Some("right".to_owned()), ..RedisOptions::default() };
    let server = ThrowawayRedis::start(&options).expect("Redis starts");
    let url = server.url().reveal().replace(":right@", "");
    for protocol in ["", "?protocol=resp2"] {
        let ended = Playing::start(COUNTING, &["--redis", &format!("{url}{protocol}")]).end().expect(1);
        assert!(ended.stderr.contains("NOAUTH the password is missing: give it in the URL"), "{}", ended.stderr);
    }
}

#[test]
fn a_wrong_password_is_one_error_before_any_load() {
    let options = RedisOptions { password: Some("right".into()), ..RedisOptions::default() };
    let server = ThrowawayRedis::start(&options).unwrap();
    let url = format!("redis://:hunter2@127.0.0.1:{}", server.port());
    let ended = Playing::start(COUNTING, &["--redis", &url]).end().expect(1);
    assert!(ended.stderr.contains("WRONGPASS"), "{}", ended.stderr);
    assert!(!ended.stderr.contains("hunter2"), "{}", ended.stderr);
}

#[test]
fn users_that_get_no_connection_fail_with_a_pool_timeout() {
    let scenario = r#"
      return {
        needs = { "redis" },
        load = { users = 3, iterations = 1, connections = 1, acquire_timeout = "100ms", workers = 1 },
        personas = { holder = { operations = { hold = { run = function(user) user.redis:blpop("nothing", 1) end } } } },
      }
    "#;
    let ended = Playing::start(scenario, &["--redis", support::redis().url().reveal()]).end().expect(0);
    assert_eq!(ended.errors("pool timeout"), 2, "{}", ended.record()["errors"]);
    assert_eq!(ended.record()["totals"]["succeeded"], 1);
}

#[test]
fn an_interrupted_run_reports_what_it_measured_and_leaves_no_server() {
    let mut playing = Playing::start(COUNTING, &["--duration", "60s"]);
    playing.until_it_plays();
    let servers = servers_of(playing.process.id());
    assert_eq!(servers.len(), 1);
    playing.signal(Signal::SIGINT);
    let ended = playing.end().expect(130);
    let record = ended.record();
    assert_eq!((&record["verdict"], &record["exit_code"]), (&"interrupted".into(), &130.into()));
    assert!(record["totals"]["succeeded"].as_u64().unwrap() > 0);
    assert!(!ended.stdout.is_empty(), "the report is shown");
    assert!(!is_alive(servers[0]));
}

#[test]
fn a_second_interrupt_ends_the_run_at_once_and_leaves_no_server_either() {
    let scenario = r#"
      return {
        needs = { "redis" },
        load = { users = 1, duration = "60s", graceful_stop = "60s" },
        personas = { holder = { operations = { hold = { run = function(user) user.redis:blpop("nothing", 0) end } } } },
      }
    "#;
    let mut playing = Playing::start(scenario, &[]);
    playing.until_it_plays();
    let servers = servers_of(playing.process.id());
    playing.signal(Signal::SIGINT);
    playing.next_line();
    playing.signal(Signal::SIGINT);
    playing.end().expect(130);
    eventually("the server is gone", || !is_alive(servers[0]));
}

#[test]
fn a_killed_program_leaves_no_server() {
    let mut playing = Playing::start(COUNTING, &["--duration", "60s"]);
    playing.until_it_plays();
    let servers = servers_of(playing.process.id());
    playing.signal(Signal::SIGKILL);
    playing.process.wait().unwrap();
    eventually("the server is gone", || !is_alive(servers[0]));
}

#[test]
fn a_kept_target_goes_on_and_says_how_to_reach_and_remove_it() {
    let ended = Playing::start(COUNTING, &["--duration", "100ms", "--keep-target"]).end().expect(0);
    let said = format!("{}\n{}", ended.stdout, ended.stderr);
    let line = |start: &str| {
        let found = said.lines().find_map(|line| line.trim().find(start).map(|at| line.trim()[at..].to_owned()));
        found.unwrap_or_else(|| panic!("no `{start}` in:\n{said}"))
    };
    let answer = Command::new("sh").arg("-c").arg(format!("{} GET count", line("redis-cli -s"))).output().unwrap();
    assert!(String::from_utf8_lossy(&answer.stdout).trim().parse::<u64>().unwrap() > 0);
    let remove = line("kill -INT");
    let folder = PathBuf::from(remove.rsplit('\'').nth(1).unwrap());
    assert!(folder.is_dir());
    assert!(Command::new("sh").arg("-c").arg(&remove).status().unwrap().success());
    assert!(!folder.exists());
}
