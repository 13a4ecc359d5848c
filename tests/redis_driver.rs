//! The Redis driver against a real server, in good times and bad.

mod support;

use std::process::Command as Process;
use std::time::Duration;

use throng::drivers::Failure;
use throng::drivers::redis::{Command, Executed, Pool, Script, Value};
use throng::plan::Limits;
use throng::plan::target::{PoolPlan, RedisTarget, SecretUrl};
use throng::servers::{RedisOptions, ThrowawayRedis};

/// Long enough for any machine; only what never comes takes as long.
const LIMIT: Duration = Duration::from_secs(20);

/// Short enough to wait for where it must pass.
const SHORT: Duration = Duration::from_millis(100);

fn pool_at(url: &SecretUrl, size: usize) -> Pool {
    pool_with(url, size, PoolPlan::default())
}

fn pool_with(url: &SecretUrl, size: usize, pool: PoolPlan) -> Pool {
    let target = RedisTarget { url: Some(url.clone()), pool, server: Default::default() };
    Pool::new("cache", &target, size, &Limits { connect: LIMIT, ..Limits::default() }).unwrap()
}

/// A pool on the shared server.
fn pool(size: usize) -> Pool {
    pool_at(&support::redis().url(), size)
}

fn command(line: &str) -> Command {
    let mut words = line.split(' ');
    let mut command = Command::new(words.next().unwrap().as_bytes());
    command.args(words);
    command
}

async fn call(pool: &Pool, line: &str) -> Result<Value, Failure> {
    pool.acquire().await?.call(&command(line), LIMIT).await
}

fn bulk(text: &str) -> Value {
    Value::BulkString(text.into())
}

fn word(failure: Failure) -> String {
    match failure {
        Failure::Redis { word, .. } => word,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn replies_keep_their_types_in_resp3() {
    let pool = pool(1);
    for (line, reply) in [
        ("SET driver:text héllo", Value::Okay),
        ("GET driver:text", bulk("héllo")),
        ("GET driver:none", Value::Nil),
        ("SET driver:int 9223372036854775806", Value::Okay),
        ("INCR driver:int", Value::Int(i64::MAX)),
        ("HSET driver:hash a 1", Value::Int(1)),
        ("HGETALL driver:hash", Value::Map(vec![(bulk("a"), bulk("1"))])),
        ("ZADD driver:zset 1.5 m", Value::Int(1)),
        ("ZSCORE driver:zset m", Value::Double(1.5)),
        ("SADD driver:set a", Value::Int(1)),
        ("SMEMBERS driver:set", Value::Set(vec![bulk("a")])),
        ("MGET driver:none driver:text", Value::Array(vec![Value::Nil, bulk("héllo")])),
    ] {
        assert_eq!(call(&pool, line).await.unwrap(), reply, "{line}");
    }
}

#[tokio::test]
async fn resp2_is_spoken_when_the_url_says_so() {
    let url = format!("{}?protocol=resp2", support::redis().url().reveal());
    let pool = pool_at(&SecretUrl::new(url), 1);
    call(&pool, "HSET driver:resp2 a 1").await.unwrap();
    assert_eq!(call(&pool, "HGETALL driver:resp2").await.unwrap(), Value::Array(vec![bulk("a"), bulk("1")]));
}

#[tokio::test]
async fn bytes_go_both_ways_unchanged() {
    let pool = pool_at(&support::redis().socket_url(), 1);
    let all: Vec<u8> = (0..=255).cycle().take(1 << 20).collect();
    let mut connection = pool.acquire().await.unwrap();
    for value in [&all[..], b"", b"\r\n$-1\r\n"] {
        let mut set = Command::new(b"SET");
        set.arg(b"driver:\x00bytes").arg(value);
        connection.call(&set, LIMIT).await.unwrap();
        let mut get = Command::new(b"GET");
        get.arg(b"driver:\x00bytes");
        assert_eq!(connection.call(&get, LIMIT).await.unwrap(), Value::BulkString(value.to_vec()));
    }
}

#[tokio::test]
async fn a_refusal_carries_the_first_word_and_leaves_the_connection_usable() {
    let pool = pool(1);
    call(&pool, "SET driver:string x").await.unwrap();
    let failure = call(&pool, "LPUSH driver:string y").await.unwrap_err();
    assert!(failure.to_string().starts_with("WRONGTYPE Operation against a key"), "{failure}");
    assert_eq!(word(failure), "WRONGTYPE");
    assert_eq!(word(call(&pool, "NOSUCHCOMMAND").await.unwrap_err()), "ERR");
    assert_eq!(pool.status().connects, 1);
}

#[tokio::test]
async fn bytes_are_counted_as_they_are_on_the_wire() {
    let pool = pool(1);
    let mut connection = pool.acquire().await.unwrap();
    connection.take_bytes();
    connection.call(&command("SET driver:counted hello"), LIMIT).await.unwrap();
    assert_eq!(
        connection.take_bytes(),
        ("*3\r\n$3\r\nSET\r\n$14\r\ndriver:counted\r\n$5\r\nhello\r\n".len() + "+OK\r\n".len()) as u64
    );
    assert_eq!(connection.take_bytes(), 0);
}

#[tokio::test]
async fn a_pipeline_gives_every_reply_and_every_error_in_its_place() {
    let pool = pool(1);
    let mut connection = pool.acquire().await.unwrap();
    let commands = ["SET driver:pipe 1", "LPUSH driver:pipe x", "INCR driver:pipe"].map(command);
    let replies = connection.pipeline(&commands, LIMIT).await.unwrap();
    assert_eq!((&replies[0], &replies[2]), (&Value::Okay, &Value::Int(2)));
    assert_eq!(word(throng::drivers::redis::refusal(&replies[1]).unwrap()), "WRONGTYPE");
    assert_eq!(connection.pipeline(&[], LIMIT).await.unwrap(), []);
}

#[tokio::test]
async fn a_transaction_runs_whole_or_not_at_all() {
    let pool = pool(2);
    let mut connection = pool.acquire().await.unwrap();
    let commands = ["SET driver:tx 1", "INCR driver:tx"].map(command);
    let done = connection.execute(&commands, LIMIT).await.unwrap();
    assert_eq!(done, Executed::Done(vec![Value::Okay, Value::Int(2)]));

    let wrong = ["SET driver:tx 7", "GET"].map(command);
    assert_eq!(word(connection.execute(&wrong, LIMIT).await.unwrap_err()), "ERR");
    assert_eq!(connection.call(&command("GET driver:tx"), LIMIT).await.unwrap(), bulk("2"));

    connection.watch(&["driver:tx"], LIMIT).await.unwrap();
    call(&pool, "SET driver:tx 8").await.unwrap();
    assert_eq!(connection.execute(&commands, LIMIT).await.unwrap(), Executed::Conflict);
    assert_eq!(connection.execute(&commands, LIMIT).await.unwrap(), done);

    connection.watch(&["driver:tx"], LIMIT).await.unwrap();
    call(&pool, "SET driver:tx 8").await.unwrap();
    connection.unwatch(LIMIT).await.unwrap();
    assert_eq!(connection.execute(&commands, LIMIT).await.unwrap(), done);
}

#[tokio::test]
async fn a_connection_that_still_watches_is_not_lent_again() {
    let pool = pool(1);
    pool.acquire().await.unwrap().watch(&["driver:watched"], LIMIT).await.unwrap();
    call(&pool, "PING").await.unwrap();
    assert_eq!(pool.status().connects, 2);
}

#[tokio::test]
async fn a_script_is_sent_whole_only_when_redis_does_not_know_it() {
    let pool = pool(1);
    let mut connection = pool.acquire().await.unwrap();
    let script = Script::new("return { KEYS[1], ARGV[1], redis.call('INCR', KEYS[1]) }");
    call(&pool_at(&support::redis().url(), 1), "SCRIPT FLUSH").await.unwrap();
    for count in 1..=2 {
        let reply = connection.run(&script, &["driver:script"], &["arg"], LIMIT).await.unwrap();
        assert_eq!(reply, Value::Array(vec![bulk("driver:script"), bulk("arg"), Value::Int(count)]));
    }
    let wrong = Script::new("return redis.call('LPUSH', KEYS[1], 'x')");
    assert_eq!(word(connection.run(&wrong, &["driver:script"], &[], LIMIT).await.unwrap_err()), "WRONGTYPE");
}

#[tokio::test]
async fn published_messages_arrive_by_channel_and_by_pattern() {
    let pool = pool(1);
    let mut subscription = pool.subscribe(&["driver:news"], &["driver:w*"]).await.unwrap();
    call(&pool, "PUBLISH driver:news one").await.unwrap();
    call(&pool, "PUBLISH driver:weather two").await.unwrap();
    let first = subscription.next(Some(LIMIT)).await.unwrap().unwrap();
    assert_eq!((first.channel, first.pattern, first.payload), (b"driver:news".into(), None, b"one".into()));
    let second = subscription.next(Some(LIMIT)).await.unwrap().unwrap();
    assert_eq!(second.pattern.as_deref(), Some(&b"driver:w*"[..]));
    assert_eq!(subscription.next(Some(SHORT)).await.unwrap(), None);
    subscription.unsubscribe(&["driver:news"]).await.unwrap();
    assert_eq!(call(&pool, "PUBLISH driver:news three").await.unwrap(), Value::Int(0));
}

#[tokio::test]
async fn a_command_that_waits_is_given_its_time_on_top_of_the_limit() {
    let pool = pool(2);
    let mut connection = pool.acquire().await.unwrap();
    // Each waits for longer than the limit, and has all of the limit to answer after that.
    let limit = Duration::from_secs(1);
    assert_eq!(connection.call(&command("BLPOP driver:empty 1.2"), limit).await.unwrap(), Value::Nil);
    assert_eq!(connection.call(&command("XREAD BLOCK 1200 STREAMS driver:empty $"), limit).await.unwrap(), Value::Nil);
    let blpop = command("BLPOP driver:queue 0");
    let (popped, ()) = tokio::join!(connection.call(&blpop, SHORT), async {
        while call(&pool, "CLIENT LIST").await.is_ok_and(|list| !format!("{list:?}").contains("flags=b")) {}
        call(&pool, "RPUSH driver:queue job").await.unwrap();
    });
    assert_eq!(popped.unwrap(), Value::Array(vec![bulk("driver:queue"), bulk("job")]));
}

#[tokio::test]
async fn a_full_pool_makes_users_wait_until_their_limit() {
    let plan = PoolPlan { acquire_timeout: SHORT, ..PoolPlan::default() };
    let pool = pool_with(&support::redis().url(), 1, plan);
    let held = pool.acquire().await.unwrap();
    let failure = pool.acquire().await.err().unwrap();
    assert_eq!(failure.to_string(), "no connection of pool `cache` came free within 100ms");
    let status = pool.status();
    assert_eq!((status.max_size, status.size, status.in_use), (1, 1, 1));
    drop(held);
    assert_eq!(pool.status().in_use, 0);
    pool.acquire().await.unwrap();
}

#[tokio::test]
async fn a_cancelled_command_leaves_no_reply_for_the_next_user() {
    let pool = pool(1);
    call(&pool, "SET driver:next mine").await.unwrap();
    {
        let mut connection = pool.acquire().await.unwrap();
        let wait = command("BLPOP driver:never 0");
        assert!(tokio::time::timeout(SHORT, connection.call(&wait, LIMIT)).await.is_err());
        let failure = connection.call(&command("PING"), LIMIT).await.unwrap_err();
        assert!(matches!(failure, Failure::ConnectionLost { .. }), "{failure:?}");
    }
    assert_eq!(call(&pool, "GET driver:next").await.unwrap(), bulk("mine"));
    let status = pool.status();
    assert_eq!((status.size, status.connects, status.reconnects), (1, 2, 1));
}

#[tokio::test]
async fn connections_past_their_lifetime_are_replaced() {
    let plan = PoolPlan { lifetime: Some(Duration::ZERO), ..PoolPlan::default() };
    let pool = pool_with(&support::redis().url(), 1, plan);
    for _ in 0..3 {
        call(&pool, "PING").await.unwrap();
    }
    let status = pool.status();
    assert_eq!((status.size, status.connects, status.reconnects), (1, 3, 0));
}

#[tokio::test]
async fn filling_a_pool_opens_all_its_connections() {
    let pool = pool(4);
    pool.fill().await.unwrap();
    let status = pool.status();
    assert_eq!((status.size, status.in_use, status.connects), (4, 0, 4));
}

#[tokio::test]
async fn a_closed_pool_leaves_no_connection_behind() {
    let server = ThrowawayRedis::start(&RedisOptions::default()).unwrap();
    let (watcher, closed) = (pool_at(&server.url(), 1), pool_at(&server.url(), 3));
    closed.fill().await.unwrap();
    let held = closed.acquire().await.unwrap();
    closed.close().await;
    assert!(matches!(closed.acquire().await, Err(Failure::ConnectionLost { .. })));
    drop(held);
    // Redis notices in its own time.
    while let Value::VerbatimString { text, .. } = call(&watcher, "CLIENT LIST").await.unwrap() {
        if text.lines().count() == 1 {
            return;
        }
    }
    panic!("`CLIENT LIST` is a text");
}

#[tokio::test]
async fn a_redis_that_is_killed_and_restarted_costs_one_error_and_a_reconnect() {
    let mut server = ThrowawayRedis::start(&RedisOptions::default()).unwrap();
    let pool = pool_at(&server.url(), 3);
    pool.fill().await.unwrap();
    let mut subscription = pool.subscribe(&["news"], &[]).await.unwrap();
    server.kill();
    let failure = call(&pool, "PING").await.unwrap_err();
    assert!(matches!(failure, Failure::ConnectionLost { .. }), "{failure:?}");
    for _ in 0..2 {
        let failure = call(&pool, "PING").await.unwrap_err();
        assert!(failure.to_string().starts_with("no connection to `127.0.0.1:"), "{failure}");
    }
    assert!(matches!(subscription.next(Some(LIMIT)).await, Err(Failure::ConnectionLost { .. })));
    server.restart().unwrap();
    for _ in 0..5 {
        call(&pool, "PING").await.unwrap();
    }
    let status = pool.status();
    assert_eq!((status.connects, status.reconnects, status.connect_failures), (4, 1, 2));
}

#[tokio::test]
async fn a_redis_that_does_not_answer_is_a_timeout() {
    let server = ThrowawayRedis::start(&RedisOptions::default()).unwrap();
    let pool = pool_at(&server.url(), 1);
    pool.fill().await.unwrap();
    server.pause();
    let failure = pool.acquire().await.unwrap().call(&command("get a"), SHORT).await.unwrap_err();
    assert_eq!(failure.to_string(), "command `GET` took longer than 100ms");
    server.resume();
    assert_eq!(call(&pool, "GET a").await.unwrap(), Value::Nil);
}

#[tokio::test]
async fn a_subscription_that_is_not_confirmed_is_a_timeout_and_can_be_used_on() {
    let server = ThrowawayRedis::start(&RedisOptions::default()).unwrap();
    let target = RedisTarget { url: Some(server.url()), pool: PoolPlan::default(), server: Default::default() };
    let limits = Limits { connect: LIMIT, statement: SHORT, ..Limits::default() };
    let pool = Pool::new("cache", &target, 1, &limits).unwrap();
    let mut subscription = pool.subscribe(&["news"], &[]).await.unwrap();
    server.pause();
    let changed = tokio::time::timeout(LIMIT, subscription.subscribe(&["late"])).await.expect("it has a limit");
    assert_eq!(changed.unwrap_err().to_string(), "command `SUBSCRIBE` took longer than 100ms");
    server.resume();
    // The server takes it up when it goes on.
    let publisher = pool_at(&server.url(), 1);
    while call(&publisher, "PUBLISH late one").await.unwrap() == Value::Int(0) {}
    let message = subscription.next(Some(LIMIT)).await.unwrap().unwrap();
    assert_eq!((message.channel, message.payload), (b"late".into(), b"one".into()));
}

#[tokio::test]
async fn a_wrong_password_is_refused_by_name() {
    let options = RedisOptions { password: Some("right".into()), ..RedisOptions::default() };
    let server = ThrowawayRedis::start(&options).unwrap();
    for (url, expected) in [
        (format!("redis://:wrong@127.0.0.1:{}", server.port()), "WRONGPASS"),
        (format!("redis://:wrong@127.0.0.1:{}?protocol=2", server.port()), "WRONGPASS"),
    ] {
        let failure = pool_at(&SecretUrl::new(url), 1).acquire().await.err().unwrap();
        assert!(!failure.to_string().contains(":wrong@"), "{failure}");
        assert_eq!(word(failure), expected);
    }
    let none = pool_at(&SecretUrl::new(format!("redis://127.0.0.1:{}", server.port())), 1);
    assert_eq!(word(call(&none, "PING").await.unwrap_err()), "NOAUTH");
    call(&pool_at(&server.url(), 1), "PING").await.unwrap();
}

#[tokio::test]
async fn a_redis_without_resp3_is_told_with_the_way_to_reach_it() {
    let settings = vec![("rename-command".to_owned(), "HELLO \"\"".to_owned())];
    let server = ThrowawayRedis::start(&RedisOptions { settings, ..RedisOptions::default() }).unwrap();
    let failure = call(&pool_at(&server.url(), 1), "PING").await.unwrap_err();
    assert!(matches!(&failure, Failure::Misuse { hint: Some(hint), .. } if hint.contains("resp2")), "{failure:?}");
    let resp2 = SecretUrl::new(format!("{}?protocol=resp2", server.url().reveal()));
    call(&pool_at(&resp2, 1), "PING").await.unwrap();
}

#[tokio::test]
async fn nobody_at_the_address_is_an_error_at_once() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let failure = call(&pool_at(&SecretUrl::new(format!("redis://{address}")), 1), "PING").await.unwrap_err();
    assert!(failure.to_string().starts_with(&format!("no connection to `{address}`: ")), "{failure}");
}

#[tokio::test]
async fn tls_is_spoken_to_a_rediss_url() {
    let folder = tempfile::tempdir().unwrap();
    let (key, certificate) = (folder.path().join("key.pem"), folder.path().join("cert.pem"));
    let made = Process::new("openssl")
        .args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"])
        .args(["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"])
        .arg("-keyout")
        .arg(&key)
        .arg("-out")
        .arg(&certificate)
        .output()
        .unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    open_to_all(folder.path(), 0o755);
    open_to_all(&key, 0o644);
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let setting = |name: &str, value: String| (name.to_owned(), value);
    let options = RedisOptions {
        settings: vec![
            setting("tls-port", port.to_string()),
            setting("tls-cert-file", certificate.display().to_string()),
            setting("tls-key-file", key.display().to_string()),
            setting("tls-auth-clients", "no".into()),
        ],
        ..RedisOptions::default()
    };
    let _server = ThrowawayRedis::start(&options).unwrap();
    let unverified = pool_at(&SecretUrl::new(format!("rediss://127.0.0.1:{port}/#insecure")), 1);
    assert_eq!(call(&unverified, "PING").await.unwrap(), Value::SimpleString("PONG".into()));
    let verified = pool_at(&SecretUrl::new(format!("rediss://127.0.0.1:{port}")), 1);
    assert!(matches!(call(&verified, "PING").await, Err(Failure::ConnectionLost { .. })), "nobody vouches for it");
}

/// The server runs under another account than the test when the test is run by root.
fn open_to_all(path: &std::path::Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
}
