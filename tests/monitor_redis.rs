//! Watching a real Redis: what is seen of it, what is kept of commands, and what is said where something may not be asked.

mod support;

use support::play::record;
use throng::record::{Record, SourceRecord};
use throng::servers::{RedisOptions, ThrowawayRedis};

/// Reads that hit and that miss, writes, errors, and a command that takes long.
const SHOP: &str = r#"
    return {
      needs = { "redis" },
      load = { users = 2, duration = "2200ms" },
      setup = function(ctx)
        for n = 1, 200 do ctx.redis:set("cart:" .. n .. ":secretword", string.rep("x", 100)) end
        ctx.redis:set("plain", "text")
      end,
      personas = { shopper = { operations = {
        hit = { weight = 60, run = function(user) user.redis:get("cart:" .. user.random:integer(1, 200) .. ":secretword") end },
        miss = { weight = 20, run = function(user) user.redis:get("cart:none") end },
        write = { weight = 15, run = function(user) user.redis:set("cart:1:secretword", "hidden value") end },
        wrong = { weight = 4, run = function(user) pcall(user.redis.lpush, user.redis, "plain", "hidden value") end },
        slow = { weight = 1, run = function(user) user.redis:eval("local n = 0 for i = 1, 3000000 do n = n + i end return n", 1, "cart:7:secretword", "hidden") end },
      } } },
    }"#;

/// One command of one user.
const PING: &str = r#"
    return {
      needs = { "redis" },
      load = { users = 1, iterations = 5 },
      personas = { pinger = { operations = { ping = { weight = 1, run = function(user) user.redis:ping() end } } } },
    }"#;

fn start(settings: &[(&str, &str)]) -> ThrowawayRedis {
    let settings = settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    ThrowawayRedis::start(&RedisOptions { settings, ..RedisOptions::default() }).expect("Redis starts")
}

fn source(record: &Record) -> &SourceRecord {
    record.monitor.source("redis", "redis").unwrap_or_else(|| panic!("{:?}", record.monitor))
}

/// The keys and values by which a sampler's rows are told apart.
fn names<'a>(source: &'a SourceRecord, sampler: &str, name: &str) -> Vec<&'a str> {
    source.rows(sampler).iter().map(|row| row.name(name)).collect()
}

#[test]
fn a_redis_tells_what_it_did() {
    let server = start(&[("slowlog-log-slower-than", "5000"), ("latency-monitor-threshold", "5")]);
    let record = record(SHOP, &[("redis", server.url().reveal())], 1);
    let source = source(&record);
    assert_eq!(source.missing, []);
    for sampler in &source.samplers {
        assert!(sampler.failed == 0 && sampler.resets == 0, "{}", sampler.name);
    }
    let version = source.version.as_deref().expect("a version");
    assert!(record.targets.iter().any(|target| target.version.as_deref() == Some(version)));

    let count = |operation: &str| -> f64 {
        let all = record.operations.iter().filter(|found| found.name == operation);
        all.map(|found| (found.succeeded + found.failed + found.unfinished) as f64).sum()
    };
    let stats = source.series("stats").expect("stats");
    assert_eq!((stats.counter("keyspace_hits"), stats.counter("keyspace_misses")), (count("hit"), count("miss")));
    let own = stats.counter("monitor_commands");
    let others = count("hit") + count("miss") + count("write") + count("wrong") + count("slow");
    assert!(own > 0.0 && stats.counter("commands") >= others + own - 2.0, "{stats:?}");

    let commands = source.rows("commands");
    let get = commands.iter().find(|row| row.name("command") == "get").expect("GET");
    assert_eq!(get.counter("calls"), count("hit") + count("miss"));
    assert!(get.counter("time_us") > 0.0);
    let wrong = source.rows("errors").iter().find(|row| row.name("error") == "WRONGTYPE").expect("errors");
    assert_eq!(wrong.counter("count"), count("wrong"));

    assert!(source.series("memory").expect("memory").gauges["used_bytes"].last > 0.0);
    let clients = source.series("clients").expect("clients").gauges["connected"].max;
    assert!(clients >= 3.0, "two users and the monitor: {clients}");
    let cpu = source.series("cpu").expect("cpu");
    assert!(cpu.counter("user_us") + cpu.counter("system_us") > 0.0, "{cpu:?}");
    assert_eq!(source.series("persistence").expect("persistence").gauges["last_save_failed"].max, 0.0);
    assert_eq!(source.rows("keyspace")[0].gauges["keys"].last, 201.0);
    assert!(names(source, "latencystats", "command").contains(&"get"));
    assert_eq!(source.fact("settings", "maxmemory-policy"), Some("noeviction"));
    let process = source.series("process").expect("the server is on this machine");
    assert!(process.counter("cpu_us") > 0.0 && process.gauges["private_bytes"].last > 0.0, "{process:?}");
    // The kernel's figure and the server's own are two readings of the same, in ticks of 10 ms.
    let own_us = cpu.counter("user_us") + cpu.counter("system_us");
    assert!((process.counter("cpu_us") - own_us).abs() < 0.2 * own_us + 50_000.0, "{process:?} and {own_us}");
}

#[test]
fn slow_commands_are_counted_without_what_they_were_given() {
    let server = start(&[("slowlog-log-slower-than", "5000"), ("latency-monitor-threshold", "5")]);
    let record = record(SHOP, &[("redis", server.url().reveal())], 1);
    let source = source(&record);
    let slow = source.rows("slowlog").iter().find(|row| row.name("command").starts_with("eval"));
    let slow = slow.unwrap_or_else(|| panic!("{:?}", source.rows("slowlog")));
    assert!(slow.counter("entries") >= 1.0 && slow.gauges["longest_us"].max >= 5_000.0, "{slow:?}");
    assert!(slow.counter("time_us") >= 5_000.0 * slow.counter("entries"), "{slow:?}");
    let spikes = source.rows("latency").iter().find(|row| row.name("event") == "command").expect("spikes");
    assert!(spikes.counter("spikes") >= 1.0 && spikes.gauges["longest_us"].max >= 5_000.0, "{spikes:?}");
    let kept = serde_json::to_string(&record.monitor).expect("it is plain data");
    for secret in ["secretword", "hidden", "local n = 0"] {
        assert!(!kept.contains(secret), "{secret} is in {kept}");
    }
}

#[test]
fn what_happened_before_the_run_is_no_part_of_it() {
    let server = start(&[("slowlog-log-slower-than", "0"), ("latency-monitor-threshold", "1")]);
    record(SHOP, &[("redis", server.url().reveal())], 1);
    let text = PING.replace("iterations = 5", "duration = \"300ms\", warm_up = \"1200ms\"");
    let record = record(&text, &[("redis", server.url().reveal())], 1);
    let source = source(&record);
    for sampler in ["commands", "slowlog", "latency"] {
        assert!(!names(source, sampler, "command").contains(&"get"), "{:?}", source.rows(sampler));
    }
    let pings = source.rows("commands").iter().find(|row| row.name("command") == "ping").expect("pings");
    // The clock of the measured part begins a moment before the look that it is told from.
    let measured: u64 = record.measured_operations().map(|operation| operation.succeeded).sum();
    let calls = pings.counter("calls");
    assert!(calls > 0.0 && calls <= measured as f64 + 1.0, "{calls} of {measured}");
}

#[test]
fn a_user_without_rights_is_told_what_to_grant_and_the_rest_goes_on() {
    let acl = "app on >pw ~* +@all -slowlog -config -latency";
    let server = start(&[("user", acl)]);
    let url = server.url().reveal().replacen("redis://", "redis://app:pw@", 1);
    let record = record(PING, &[("redis", &url)], 1);
    let source = source(&record);
    let fixes: Vec<_> = source.missing.iter().map(|missing| missing.fix.as_deref()).collect();
    assert_eq!(fixes, [Some("ACL SETUSER app +slowlog +latency +config|get")]);
    assert!(source.missing[0].what.ends_with("may not use SLOWLOG, LATENCY, CONFIG GET"), "{:?}", source.missing);
    assert!(source.series("stats").is_some() && source.sampler("slowlog").is_none());
    assert!(source.samplers.iter().all(|sampler| sampler.failed == 0), "{source:?}");
}

#[test]
fn a_server_that_notes_no_spikes_is_told_how_to() {
    let server = start(&[("latency-monitor-threshold", "0")]);
    let record = record(PING, &[("redis", server.url().reveal())], 1);
    let fixes: Vec<_> = source(&record).missing.iter().map(|missing| missing.fix.as_deref()).collect();
    assert_eq!(fixes, [Some("CONFIG SET latency-monitor-threshold 10")]);
}

#[test]
fn what_is_not_to_be_watched_is_not() {
    let server = support::redis();
    let record = record(PING, &[("redis", server.url().reveal()), ("no_monitor", "redis")], 1);
    let kinds: Vec<_> = record.monitor.sources.iter().map(|source| source.kind.as_str()).collect();
    assert_eq!(kinds, ["host"]);
}

#[test]
fn the_machine_and_throng_itself_are_watched() {
    let server = start(&[]);
    let record = record(SHOP, &[("redis", server.url().reveal())], 1);
    let host = record.monitor.source("host", "host").expect("the host");
    let processor = host.series("processor").expect("processor");
    let busy = processor.gauges["busy_percent"];
    assert!(busy.max > 0.0 && busy.max <= 100.0, "{busy:?}");
    assert!(processor.gauges["busiest_core_percent"].max >= busy.max, "{processor:?}");
    assert!(processor.gauges["cores"].last >= 1.0);
    let memory = host.series("memory").expect("memory");
    assert!(memory.gauges["used_bytes"].max < memory.gauges["total_bytes"].last, "{memory:?}");
    let throng = host.series("throng").expect("throng");
    let wall_us = (host.to_s - host.from_s) * 1e6;
    assert!(throng.counter("cpu_us") > 0.0 && throng.counter("cpu_us") < wall_us * 64.0, "{throng:?}");
    assert!(throng.gauges["resident_bytes"].last > 1e6, "{throng:?}");
    let loopback = host.rows("network").iter().find(|row| row.name("interface") == "lo").expect("the loopback");
    assert!(loopback.counter("bytes_received") > 0.0, "{loopback:?}");
    assert!(host.samplers.iter().all(|sampler| sampler.failed == 0 && sampler.resets == 0), "{host:?}");
}

#[test]
fn keys_are_sized_after_the_load_where_that_is_asked_for() {
    let server = start(&[]);
    let record = record(SHOP, &[("redis", server.url().reveal()), ("big_keys", "1000")], 1);
    let source = source(&record);
    let rows = source.rows("big_keys");
    let names: Vec<_> = rows.iter().map(|row| (row.name("key"), row.name("type"))).collect();
    assert_eq!(names, [("cart:*", "string"), ("plain", "string")]);
    let carts = |figure: &str| rows[0].gauges[figure].last;
    assert_eq!((carts("keys"), carts("database_keys")), (200.0, 201.0));
    assert!(carts("bytes") > 200.0 * 100.0 && carts("largest_bytes") > 100.0, "{rows:?}");
    assert_eq!(source.sampler("big_keys").expect("it").samples, 1);
}

#[test]
fn no_more_keys_are_sized_than_are_asked_for() {
    let server = start(&[]);
    let record = record(SHOP, &[("redis", server.url().reveal()), ("big_keys", "50")], 1);
    let sized: f64 = source(&record).rows("big_keys").iter().map(|row| row.gauges["keys"].last).sum();
    assert_eq!(sized, 50.0);
}
