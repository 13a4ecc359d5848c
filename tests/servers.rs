//! Throwaway servers: they come up, take what a test does to them, and leave nothing behind.

mod support;

use std::io::{BufRead, BufReader};
use std::net::TcpStream;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use support::eventually::eventually;
use sysinfo::{ProcessesToUpdate, System};
use throng::servers::{PostgresOptions, RedisOptions, ThrowawayPostgres, ThrowawayRedis};

async fn connect(url: &str) -> Result<tokio_postgres::Client, tokio_postgres::Error> {
    let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await?;
    tokio::spawn(connection);
    Ok(client)
}

async fn value(client: &tokio_postgres::Client, sql: &str) -> String {
    client.query_one(sql, &[]).await.unwrap().get(0)
}

fn ping(url: &str) -> redis::RedisResult<String> {
    let mut connection = redis::Client::open(url)?.get_connection()?;
    redis::cmd("PING").query(&mut connection)
}

fn is_alive(pid: u32) -> bool {
    let mut system = System::new().unwrap();
    let pid = sysinfo::Pid::from_u32(pid);
    system.refresh_processes(ProcessesToUpdate::Some(&[pid]), true);
    system.process(pid).is_some_and(|process| process.status() != sysinfo::ProcessStatus::Zombie)
}

#[tokio::test]
async fn postgres_answers_over_tcp_and_over_its_socket() {
    let server = support::postgres();
    for url in [server.url(), server.socket_url()] {
        let client = connect(url.reveal()).await.unwrap();
        assert_eq!(value(&client, "SELECT current_user || ' ' || current_database()").await, "postgres postgres");
        assert_eq!(value(&client, "SHOW max_connections").await, "200");
        assert_eq!(value(&client, "SHOW server_encoding").await, "UTF8");
    }
}

#[tokio::test]
async fn postgres_has_statement_statistics() {
    let client = connect(support::postgres().url().reveal()).await.unwrap();
    assert_eq!(value(&client, "SHOW shared_preload_libraries").await, "pg_stat_statements");
    client.execute("SELECT count(*) FROM pg_stat_statements", &[]).await.unwrap();
}

#[tokio::test]
async fn settings_of_the_caller_are_in_force() {
    let options = PostgresOptions {
        max_connections: 17,
        settings: vec![("application_name".into(), "it's ours".into()), ("work_mem".into(), "9MB".into())],
        ..PostgresOptions::default()
    };
    let server = ThrowawayPostgres::start(&options).unwrap();
    let client = connect(server.url().reveal()).await.unwrap();
    assert_eq!(value(&client, "SHOW max_connections").await, "17");
    assert_eq!(value(&client, "SHOW work_mem").await, "9MB");
    assert_eq!(
        value(&client, "SELECT boot_val || reset_val FROM pg_settings WHERE name = 'application_name'").await,
        "it's ours"
    );
}

#[tokio::test]
async fn a_setting_that_postgres_refuses_is_told_with_its_log() {
    let options = PostgresOptions { settings: vec![("no_such_thing".into(), "1".into())], ..Default::default() };
    let error = ThrowawayPostgres::start(&options).err().unwrap().to_string();
    assert!(error.starts_with("the throwaway PostgreSQL did not start: "), "{error}");
    assert!(error.contains("no_such_thing"), "{error}");
}

#[tokio::test]
async fn a_password_is_asked_for_and_never_shown() {
    let options = PostgresOptions { password: Some("s3cret @/".into()), ..PostgresOptions::default() };
    let server = ThrowawayPostgres::start(&options).unwrap();
    connect(server.url().reveal()).await.unwrap();
    connect(server.socket_url().reveal()).await.unwrap();
    let wrong = format!("postgres://postgres:wrong@127.0.0.1:{}/postgres", server.port());
    let error = connect(&wrong).await.err().unwrap();
    assert_eq!(error.code().unwrap().code(), "28P01");
    assert!(!format!("{} {}", server.url(), server.socket_url()).contains("s3cret"));

    let options = RedisOptions { password: Some("s3cret @/\"".into()), ..RedisOptions::default() };
    let server = ThrowawayRedis::start(&options).unwrap();
    assert_eq!(ping(server.url().reveal()).unwrap(), "PONG");
    assert_eq!(ping(server.socket_url().reveal()).unwrap(), "PONG");
    assert!(ping(&format!("redis://127.0.0.1:{}", server.port())).is_err());
}

#[tokio::test]
async fn redis_answers_over_tcp_and_over_its_socket() {
    let server = support::redis();
    assert_eq!(ping(server.url().reveal()).unwrap(), "PONG");
    assert_eq!(ping(server.socket_url().reveal()).unwrap(), "PONG");
}

#[test]
fn servers_run_under_an_unprivileged_account_in_a_private_folder() {
    for written_by_server in
        [support::postgres().folder().join("data/postmaster.pid"), support::redis().folder().join("redis.sock")]
    {
        let account = std::fs::symlink_metadata(&written_by_server).unwrap().uid();
        assert_ne!(account, 0);
        let folder = written_by_server.ancestors().find(|f| is_server_folder(f)).unwrap();
        let meta = std::fs::metadata(folder).unwrap();
        assert_eq!((meta.uid(), meta.mode() & 0o777), (account, 0o700));
    }
}

fn is_server_folder(folder: &Path) -> bool {
    folder.file_name().is_some_and(|name| name.to_string_lossy().starts_with("throng-"))
}

#[tokio::test]
async fn two_at_once_do_not_meet() {
    let start = || std::thread::spawn(|| ThrowawayPostgres::start(&PostgresOptions::default()).unwrap());
    let (one, two) = (start(), start());
    let (one, two) = (one.join().unwrap(), two.join().unwrap());
    assert_ne!(one.port(), two.port());
    assert_ne!(one.folder(), two.folder());
    connect(one.url().reveal()).await.unwrap();
    connect(two.url().reveal()).await.unwrap();
}

#[tokio::test]
async fn a_killed_postgres_comes_back_on_the_same_port_with_its_data() {
    let mut server = ThrowawayPostgres::start(&PostgresOptions::default()).unwrap();
    let client = connect(server.url().reveal()).await.unwrap();
    client.batch_execute("CREATE TABLE kept AS SELECT 'here' AS word").await.unwrap();
    server.kill();
    assert!(client.simple_query("SELECT 1").await.is_err());
    assert!(connect(server.url().reveal()).await.is_err());
    for _ in 0..2 {
        server.restart().unwrap();
        let client = connect(server.url().reveal()).await.unwrap();
        assert_eq!(value(&client, "SELECT word FROM kept").await, "here");
    }
}

#[tokio::test]
async fn a_killed_redis_comes_back_on_the_same_port() {
    let mut server = ThrowawayRedis::start(&RedisOptions::default()).unwrap();
    server.kill();
    assert!(ping(server.url().reveal()).is_err());
    server.restart().unwrap();
    assert_eq!(ping(server.url().reveal()).unwrap(), "PONG");
}

#[tokio::test]
async fn a_paused_server_answers_once_it_is_resumed() {
    let server = ThrowawayPostgres::start(&PostgresOptions::default()).unwrap();
    let client = connect(server.url().reveal()).await.unwrap();
    server.pause();
    let query = client.simple_query("SELECT 1");
    tokio::pin!(query);
    assert!(tokio::time::timeout(Duration::from_millis(100), &mut query).await.is_err());
    server.resume();
    query.await.unwrap();

    server.pause();
    let folder = server.folder().to_owned();
    drop(server);
    assert!(!folder.exists(), "a paused server is removed like any other");
}

#[test]
fn a_dropped_server_is_gone_after_a_panic_too() {
    let (sender, receiver) = std::sync::mpsc::channel();
    let panicked = std::thread::spawn(move || {
        let server = ThrowawayRedis::start(&RedisOptions::default()).unwrap();
        sender.send((server.folder().to_owned(), server.pid().unwrap())).unwrap();
        std::panic::resume_unwind(Box::new("on purpose"));
    });
    assert!(panicked.join().is_err());
    let (folder, pid) = receiver.recv().unwrap();
    assert!(!folder.exists());
    assert!(!is_alive(pid));
}

#[test]
fn a_kept_server_outlives_its_owner_until_its_command_removes_it() {
    let server = ThrowawayRedis::start(&RedisOptions::default()).unwrap();
    let (folder, pid, port) = (server.folder().to_owned(), server.pid().unwrap(), server.port());
    let kept = server.keep();
    throng::servers::sweep();
    assert!(is_alive(pid));
    assert_eq!(kept.connect[1], format!("redis-cli -p {port}"));
    assert!(Command::new("sh").args(["-c", &kept.remove]).status().unwrap().success());
    nix::sys::wait::waitpid(Pid::from_raw(pid as i32), None).unwrap();
    assert!(!folder.exists());
}

/// A process that owns servers and waits to be killed; run by the tests below, of no use on its own.
#[test]
#[ignore = "a part of other tests"]
fn owner_that_waits_to_be_killed() {
    let postgres = ThrowawayPostgres::start(&PostgresOptions::default()).unwrap();
    println!("\nowns {} {}", postgres.port(), postgres.folder().display());
    std::thread::sleep(Duration::from_secs(60));
}

struct Owner {
    process: Child,
    port: u16,
    folder: PathBuf,
}

impl Owner {
    fn start() -> Self {
        let mut process = Command::new(std::env::current_exe().unwrap())
            .args(["--ignored", "--exact", "--nocapture", "owner_that_waits_to_be_killed"])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let line = BufReader::new(process.stdout.as_mut().unwrap())
            .lines()
            .map_while(Result::ok)
            .find_map(|line| line.strip_prefix("owns ").map(str::to_owned))
            .unwrap();
        let (port, folder) = line.split_once(' ').unwrap();
        Self { port: port.parse().unwrap(), folder: folder.into(), process }
    }

    fn kill_watcher(&self) {
        let mut system = System::new().unwrap();
        system.refresh_processes(ProcessesToUpdate::All, true);
        let owner = sysinfo::Pid::from_u32(self.process.id());
        let watcher = system
            .processes()
            .values()
            .find(|process| process.parent() == Some(owner) && is_shell(process.exe()))
            .expect("an owner has a watcher");
        kill(Pid::from_raw(watcher.pid().as_u32() as i32), Signal::SIGKILL).unwrap();
    }

    fn kill(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    fn server_listens(&self) -> bool {
        TcpStream::connect(("127.0.0.1", self.port)).is_ok()
    }
}

fn is_shell(exe: Option<&Path>) -> bool {
    exe.and_then(Path::file_name)
        .is_some_and(|name| ["sh", "dash", "bash", "busybox"].iter().any(|shell| name == *shell))
}

#[test]
fn servers_of_a_killed_owner_are_ended_by_their_watchers() {
    let mut owner = Owner::start();
    assert!(owner.server_listens());
    owner.kill();
    eventually("the watcher removes the folder", || !owner.folder.exists());
    assert!(!owner.server_listens());
}

#[test]
fn the_next_start_sweeps_what_a_killed_watcher_missed() {
    let mut owner = Owner::start();
    owner.kill_watcher();
    owner.kill();
    assert!(owner.server_listens(), "nobody is left to end it");
    let _next = ThrowawayRedis::start(&RedisOptions::default()).unwrap();
    eventually("the server is swept", || !owner.server_listens() && !owner.folder.exists());
}
