//! `user.http` against real servers, in good times and bad.

mod support;

use std::path::Path;
use std::sync::atomic::Ordering::SeqCst;
use std::sync::{Arc, Mutex};

use nix::sys::resource::{UsageWho, getrusage};
use support::play::{outcome, record};
use support::playing::Playing;
use support::web::{Canned, Certificate, Web, canned};
use throng::engine::{Step, rehearse};
use throng::plan::settings::Input;
use throng::plan::{Layer, Limits, Machine, Origin, Settings, resolve};
use throng::record::{MetricValue, Record};
use throng::script::{Folder, Source, load};

/// Plays the tests in a file of `tests/web/`, and fails with what failed there.
fn play_file(file: &str, settings: &[(&str, &str)]) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let text = std::fs::read_to_string(root.join("web").join(file)).expect("the file is part of the project");
    let folder = Folder::Disk(root.join("lua"));
    let source = Source { name: file.to_owned(), path: file.to_owned(), text, folder };
    let loaded = load(&source, Limits::default().memory_bytes).unwrap_or_else(|error| panic!("{error}"));
    let mut given = Settings::default();
    for (name, value) in settings {
        given.set(name, Input::Text(value), "").unwrap_or_else(|error| panic!("{error}"));
    }
    let layers = [Layer { origin: Origin::CommandLine, settings: given }];
    let plan = resolve(&loaded.scenario, None, &layers, Machine { cores: 1, seed: 1 });
    let failed = Arc::new(Mutex::new(Vec::new()));
    let told = failed.clone();
    let tell = move |step: Step<'_>| {
        if let Step::Ended { name, error: Some(error), .. } = step {
            told.lock().expect("no teller panics").push(format!("{name}: {error}"));
        }
    };
    rehearse(plan.unwrap_or_else(|error| panic!("{error}")), &source, tell).unwrap_or_else(|error| panic!("{error}"));
    let failed = failed.lock().expect("no teller panics");
    assert!(failed.is_empty(), "{} tests failed:\n{}", failed.len(), failed.join("\n"));
}

/// A scenario whose users do `work`, told in Lua, as the operation `ask`.
fn asking(work: &str) -> String {
    format!(
        "return {{ needs = {{ 'http' }}, load = {{ users = 2, iterations = 10 }},
          personas = {{ p = {{ operations = {{ ask = function(user) {work} end }} }} }} }}"
    )
}

/// Plays two users ten times each on one worker.
fn play(work: &str, url: &str) -> Record {
    record(&asking(work), &[("http", url)], 1)
}

/// The one class of errors of a run in which each of `count` operations failed.
fn only_error(record: &Record) -> (String, u64) {
    assert_eq!(record.errors.len(), 1, "{:?}", record.errors);
    (record.errors[0].class.to_string(), record.errors[0].count)
}

#[test]
fn requests_do_what_they_say() {
    let web = Web::start();
    play_file("requests.lua", &[("http", &web.url(""))]);
}

#[test]
fn sockets_do_what_they_say() {
    let web = Web::start();
    play_file("sockets.lua", &[("http", &web.url(""))]);
}

#[test]
fn connections_are_kept_and_counted() {
    let web = Web::start();
    let record = play("user.http:get('/hello', { expect = 200 })", &web.url(""));
    let pool = &record.pools[0];
    assert_eq!((pool.kind.as_str(), pool.connects, pool.reconnects), ("http", 2, 0));
    // One more before the load and one after it, to see whether it is there; the last may not have been heard of yet.
    assert!((3..=4).contains(&web.seen().connections.load(SeqCst)));
    assert_eq!(web.seen().requests.load(SeqCst), 20);
    assert_eq!(record.operations[0].succeeded, 20);
    let statement = &record.statements[0];
    assert_eq!((statement.target.as_str(), statement.label.as_str(), statement.succeeded), ("http", "GET /hello", 20));
    let responses = record.metrics.iter().find(|metric| metric.name == "http_responses").expect("they are counted");
    let tags: Vec<_> = responses.tags.iter().map(|(name, value)| format!("{name}={value}")).collect();
    assert_eq!(tags, [r#"request="GET /hello""#, r#"status="200""#]);
}

#[test]
fn users_wait_for_a_connection_as_their_operations_tell() {
    let web = Web::start();
    let work = "user.http:get('/slow', { query = { ms = 5 } })";
    let record = record(&asking(work), &[("http", &web.url("")), ("connections", "1")], 1);
    let (pool, operation) = (&record.pools[0], &record.operations[0]);
    assert_eq!((pool.connects, pool.in_use_peak), (1, 1));
    assert!(operation.pool_us.mean > 0.0 && pool.wait_us.max > 0 && pool.waiters_peak > 0);
    assert!(operation.service_us.min >= 5000, "the server takes 5 ms: {:?}", operation.service_us);
}

#[test]
fn a_connection_of_ones_own_shows_the_steps_to_it() {
    let certificate = Certificate::new("localhost");
    let web = Web::start_with(&certificate);
    let url = web.url(&format!("/#ca={}", certificate.authority()));
    let record = record(&asking("user.http:get('/hello', { name = 'greet' })"), &[("http", &url), ("pool", "user")], 1);
    assert_eq!((record.pools[0].connects, record.operations[0].succeeded), (2, 20));
    for (name, count) in [("http_dns_ms", 2), ("http_connect_ms", 2), ("http_tls_ms", 2), ("http_first_byte_ms", 20)] {
        let metric = record.metrics.iter().find(|metric| metric.name == name).unwrap_or_else(|| panic!("{name}"));
        assert_eq!(metric.tags["request"], "greet");
        let MetricValue::Trend(summary) = &metric.value else { panic!("{metric:?}") };
        assert_eq!(summary.count, count, "{name}");
    }
}

#[test]
fn a_certificate_that_nobody_vouches_for_is_refused_before_any_load() {
    let web = Web::start_with(&Certificate::new("localhost"));
    let refused = outcome(&asking(""), &[("http", &web.url(""))], 1);
    let message = refused.error.expect("it must not be trusted").to_string();
    assert!(message.contains("target `http`") && message.contains("invalid peer certificate"), "{message}");
    assert_eq!(play("user.http:get('/hello')", &web.url("/#insecure")).operations[0].succeeded, 20);

    let other = Certificate::new("elsewhere.example");
    let web = Web::start_with(&other);
    let refused = outcome(&asking(""), &[("http", &web.url(&format!("/#ca={}", other.authority())))], 1);
    assert!(refused.error.expect("it is another host's").to_string().contains("not valid for name"));
}

#[test]
fn a_server_that_is_not_there_is_told_in_one_message() {
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    for (url, said) in [
        (format!("http://{nobody}"), "Connection refused"),
        ("http://nowhere.invalid".to_owned(), "no connection to `nowhere.invalid:80`: failed to lookup address"),
    ] {
        let message = outcome(&asking(""), &[("http", &url)], 1).error.expect("nobody is there").to_string();
        assert!(message.starts_with("target `http` at http://") && message.contains(said), "{message}");
    }
}

const HELLO: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello";

#[test]
fn what_is_no_answer_is_an_error_of_its_class() {
    let long = format!("HTTP/1.1 200 OK\r\nx: {}\r\n\r\n", "x".repeat(300_000));
    let many = format!("HTTP/1.1 200 OK\r\n{}\r\n", "x: y\r\n".repeat(500));
    for (said, class) in [
        ("220 mail.example ESMTP\r\n\r\n", "http protocol"),
        ("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nxyz\r\n", "http protocol"),
        ("HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 5\r\n\r\nhello", "http protocol"),
        ("HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\nonly the beginning", "connection lost"),
        ("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n", "connection lost"),
        ("HTTP/1.1 200", "connection lost"),
        ("", "connection lost"),
        (&long, "http protocol"),
        (&many, "http protocol"),
    ] {
        let said = said.as_bytes().to_vec();
        let server = canned(move |_, stream| {
            if Canned::hear(stream) {
                Canned::say(stream, &said);
            }
        });
        let record = play("user.http:get('/x')", &server.url());
        let shown = &record.errors[0].first_message;
        assert_eq!(only_error(&record), (class.to_owned(), 20), "{shown}");
        assert_eq!(record.statements[0].failed, 20);
    }
}

#[test]
fn a_connection_closed_while_idle_is_made_anew_and_no_error() {
    // Answers once as if it kept the connection, and closes it.
    let server = canned(|_, stream| {
        if Canned::hear(stream) {
            Canned::say(stream, HELLO);
        }
    });
    let record = play("user.http:get('/x', { expect = 200 })", &server.url());
    assert_eq!((record.operations[0].succeeded, record.errors.len()), (20, 0));
    assert!(server.connections() >= 20, "each answer had its own connection");
    assert!(record.pools[0].reconnects >= 18, "{:?}", record.pools[0]);
}

#[test]
fn what_may_have_been_done_is_not_asked_twice() {
    // Keeps the connection for one answer, and hangs up on the second request when it has read it.
    let speak = |_: u64, stream: &mut std::net::TcpStream| {
        if Canned::hear(stream) {
            Canned::say(stream, HELLO);
            Canned::hear(stream);
        }
    };
    let server = canned(speak);
    let record = play("user.http:post('/x', { expect = 200 })", &server.url());
    assert_eq!(only_error(&record), ("connection lost".to_owned(), 10));
    let server = canned(speak);
    assert_eq!(play("user.http:put('/x', { expect = 200 })", &server.url()).operations[0].succeeded, 20);
}

#[test]
fn a_server_that_closes_each_connection_is_obeyed() {
    let web = Web::start();
    let record = play("user.http:get('/close', { expect = 200 })", &web.url(""));
    assert_eq!((record.operations[0].succeeded, record.pools[0].connects), (20, 20));
    // Nothing was lost: the server said so before.
    assert_eq!(record.pools[0].reconnects, 0);
}

#[test]
fn a_server_that_never_answers_is_a_timeout() {
    let server = canned(|_, stream| while Canned::hear(stream) {});
    let record = play("user.http:get('/x', { timeout = '20ms' })", &server.url());
    assert_eq!(only_error(&record), ("timeout".to_owned(), 20));
    assert!(record.operations[0].target_us >= 20_000.0, "the waiting counts as asking the target");
}

#[test]
fn a_request_cut_off_by_the_limit_of_its_operation_counts_as_failed_and_its_waiting_as_the_servers() {
    let server = canned(|_, stream| while Canned::hear(stream) {});
    let settings = [("http", server.url()), ("operation_timeout", "20ms".to_owned())];
    let settings = settings.each_ref().map(|(name, value)| (*name, value.as_str()));
    let record = record(&asking("user.http:get('/x')"), &settings, 1);
    assert_eq!((record.operations[0].failed, record.statements[0].failed), (20, 20));
    assert!(record.operations[0].target_us >= 20_000.0, "{}", record.operations[0].target_us);
}

#[test]
fn what_a_script_does_to_make_a_body_is_neither_the_servers_time_nor_held_against_its_limit() {
    let web = Web::start();
    let work = "local left = 3
      user.http:post('/sink', { timeout = '250ms', expect = 200, body = function()
        left = left - 1
        if left >= 0 then user:sleep('100ms') return 'piece' end
      end })";
    let record = record(&asking(work).replace("iterations = 10", "iterations = 1"), &[("http", &web.url(""))], 1);
    let operation = &record.operations[0];
    assert_eq!(operation.succeeded, 2, "{:?}", record.errors);
    assert!(operation.service_us.mean - operation.target_us > 250_000.0, "{}", operation.target_us);
}

#[test]
fn statuses_that_were_not_expected_are_counted_by_their_number() {
    let web = Web::start();
    let record = play("user.http:get('/status/503', { expect = '2xx' })", &web.url(""));
    assert_eq!(only_error(&record), ("http status 503".to_owned(), 20));
    assert_eq!(record.pools[0].connects, 2, "the connections are good for the next request");
}

#[test]
fn servers_are_reached_by_name() {
    let (web, api) = (Web::start(), Web::start());
    let text = "return { needs = { 'http', api = 'http' },
      load = { users = 1, iterations = 1, http = { http = 'URL', api = 'OTHER' } },
      personas = { p = { run = function(user)
        user:operation('both', function()
          user.http:get('/set/a=1')
          user:check(next(user.http.api:cookies()) == nil, 'cookies are kept apart')
          user.http.api:get('/hello')
          user.http.api:get('/hello')
        end)
      end } } }";
    let text = text.replace("URL", &web.url("")).replace("OTHER", &api.url(""));
    let record = record(&text, &[], 1);
    assert!(record.errors.is_empty(), "{:?}", record.errors);
    assert_eq!([web, api].map(|web| web.seen().requests.load(SeqCst)), [1, 2]);
}

#[test]
fn large_bodies_take_no_memory() {
    let web = Web::start();
    let work = "
        local size = 300 * 1000 * 1000
        local got = user.http:get('/stream', { query = { size = size }, discard = true })
        user:check(got.size == size, 'all of it comes')
        local sent = user.http:post('/sink', { multipart = { { name = 'f', filename = 'f', size = '300MB' } } })
        user:check(tonumber(sent.body) > size, 'all of it goes')";
    let text = asking(work).replace("iterations = 10", "iterations = 1");
    let ended = Playing::start(&text, &["--http", &web.url(""), "--workers", "1"]).end().expect(0);
    assert_eq!(ended.record()["operations"][0]["succeeded"], 2);
    let most_kb = getrusage(UsageWho::RUSAGE_CHILDREN).unwrap().max_rss();
    assert!(most_kb < 150_000, "it took {most_kb} KB");
}

#[test]
fn what_nobody_named_is_not_put_under_load() {
    let start = |arguments: &[&str]| Playing::start(&asking("user.http:get('/')"), arguments).end();
    let missing = start(&[]).expect(2);
    assert!(missing.stderr.contains("target `http` has no URL") && missing.stderr.contains("--http URL"));
    let elsewhere = start(&["--http", "https://me:secret@shop.example/api"]).expect(4);
    assert!(
        elsewhere.stderr.contains("https://me:***@shop.example/api is not on this machine"),
        "{}",
        elsewhere.stderr
    );
    assert!(start(&["--http", "http://localhost/production"]).expect(4).stderr.contains("looks like production"));
    let refused = start(&["--http", "http://me:secret@127.0.0.1:1/"]).expect(1);
    assert!(refused.stderr.contains("no connection to `127.0.0.1:1`") && !refused.stderr.contains("secret"));
}

#[test]
fn sockets_are_counted_and_end_with_their_users() {
    let web = Web::start();
    let record = play(
        "local socket = user.ws:connect('/ws')
         socket:send('a')
         user:check(socket:receive('5s') == 'a')",
        &web.url(""),
    );
    assert!(record.errors.is_empty(), "{:?}", record.errors);
    let labels: Vec<_> = record.statements.iter().map(|one| (one.label.as_str(), one.succeeded)).collect();
    assert_eq!(labels, [("WS /ws", 20), ("WS /ws receive", 20)]);
    let messages: Vec<_> = record.metrics.iter().filter(|metric| metric.name == "ws_messages").collect();
    assert_eq!(messages.len(), 2);
    for metric in messages {
        assert!(matches!(metric.value, MetricValue::Counter { count, .. } if count == 20.0), "{metric:?}");
    }
    // The server hears of it a moment later, but surely.
    while web.seen().open_sockets.load(SeqCst) > 0 {
        std::thread::yield_now();
    }
    assert_eq!(web.seen().farewells.load(SeqCst), 20);
}

#[test]
fn sockets_that_users_still_have_are_closed_when_the_run_ends() {
    let web = Web::start();
    let text = "return { needs = { 'http' }, load = { users = 3, duration = '200ms', graceful_stop = '50ms' },
      personas = { p = { run = function(user)
        user.state.socket = user.ws:connect('/ws')
        user:operation('wait', function() user.state.socket:receive() end)
      end } } }";
    let record = record(text, &[("http", &web.url(""))], 1);
    assert_eq!((record.operations[0].unfinished, record.errors.len()), (3, 0));
    while web.seen().open_sockets.load(SeqCst) > 0 {
        std::thread::yield_now();
    }
    assert_eq!(web.seen().farewells.load(SeqCst), 3);
}

#[test]
fn the_example_plays_against_its_application() {
    let server = support::postgres();
    let postgres = server.url();
    let certificate = Certificate::new("localhost");
    let web = Web::start_office(postgres.reveal(), &certificate);
    let url = web.url(&format!("/#ca={}", certificate.authority()));
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/front/members.lua");
    let arguments = ["--profile", "quick", "--pg", postgres.reveal(), "--http", &url];
    let text = std::fs::read_to_string(file).expect("the file is part of the project");
    let ended = Playing::start(&text, &arguments).end().expect(0);
    let operations = ended.record()["operations"].as_array().unwrap();
    let names: Vec<_> = operations.iter().map(|operation| operation["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["correct", "look_up", "follow"]);
    assert!(operations.iter().all(|operation| operation["succeeded"].as_u64().unwrap() > 0), "{operations:#?}");
}
