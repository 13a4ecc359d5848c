//! What Redis can suffer from, and that a healthy one has no findings.

use super::support::play::record;
use super::{finding, first, found};
use throng::record::Record;
use throng::servers::{RedisOptions, ThrowawayRedis};

/// Plays a scenario on a Redis of its own.
fn play(settings: &[(&str, &str)], setup: &str, operation: &str) -> Record {
    play_with(settings, setup, operation, &[])
}

/// The same with settings of throng's.
fn play_with(settings: &[(&str, &str)], setup: &str, operation: &str, own: &[(&str, &str)]) -> Record {
    let settings = settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let options = RedisOptions { settings, ..RedisOptions::default() };
    let server = ThrowawayRedis::start(&options).expect("Redis starts");
    let scenario = format!(
        r#"
        return {{
          needs = {{ "redis" }},
          load = {{ users = 4, duration = "3s" }},
          setup = function(ctx)
            {setup}
          end,
          personas = {{ caller = {{ think = "1ms", operations = {{
            call = {{ weight = 1, run = function(user)
              {operation}
            end }},
          }} }} }},
        }}"#
    );
    let _alone = super::alone();
    let url = server.url();
    let own: Vec<_> = [("redis", url.reveal())].into_iter().chain(own.iter().copied()).collect();
    record(&scenario, &own, 1)
}

#[test]
fn an_eviction_storm_comes_before_the_misses_and_the_full_memory_that_it_makes() {
    let record = play(
        &[("maxmemory", "4mb"), ("maxmemory-policy", "allkeys-lru")],
        "",
        r#"
for _ = 1, 5 do
             user.redis:set("item:" .. user.random:integer(1, 1000000), string.rep("x", 2000))
             user.redis:get("item:" .. user.random:integer(1, 1000000))
           end"#,
    );
    let finding = first(&record, "redis_evictions");
    assert!(finding.action.starts_with("CONFIG SET maxmemory 8mb"), "{finding:?}");
    assert!(record.findings.iter().any(|finding| finding.id == "redis_memory"), "{:#?}", record.findings);
    assert!(record.findings.iter().any(|finding| finding.id == "redis_hits"), "{:#?}", record.findings);
}

#[test]
fn a_command_that_holds_the_others_up_is_named() {
    let record = play(
        &[],
        r#"for part = 0, 59 do
             local pairs = {}
             for n = 1, 5000 do
               pairs[#pairs + 1] = "key:" .. (part * 5000 + n)
               pairs[#pairs + 1] = "v"
             end
             ctx.redis:mset(table.unpack(pairs))
           end"#,
        r#"user.redis:keys("nothing*")"#,
    );
    assert!(finding(&record, "redis_slow").title.to_lowercase().contains("`keys`"), "{:#?}", record.findings);
}

#[test]
fn a_healthy_redis_has_no_findings_and_every_rule_looked() {
    let record = play(
        &[],
        r#"for n = 1, 100 do ctx.redis:set("item:" .. n, "v") end"#,
        r#"user.redis:get("item:" .. user.random:integer(1, 100))"#,
    );
    assert_eq!(found(&record), [] as [&_; 0]);
    let call = record.measured_operations().find(|operation| operation.name == "call").expect("calls");
    let parts = call.breakdown_us.as_ref().expect("Redis tells what each of its commands takes");
    assert!(
        parts.server > 0.0 && parts.network > 0.0 && parts.server + parts.network <= call.service_us.mean,
        "{parts:?}"
    );
    assert!(record.rules.iter().any(|rule| rule.id == "redis_hits"), "{:?}", record.rules);
    assert!(record.rules.iter().all(|rule| rule.lacks.is_none()), "{:?}", record.rules);
}

#[test]
fn saving_that_holds_redis_up_is_found() {
    // A fork of an empty Redis takes no ten milliseconds, so that the limit is lower.
    let limits = [("preset", "redis_command=10us")];
    let save = r#"user.redis:bgsave() user:sleep("1200ms")"#;
    let setup = r#"for n = 1, 5000 do ctx.redis:set("item:" .. n, string.rep("v", 500)) end"#;
    let record =
        play_with(&[], setup, &format!("if user.number == 1 then {save} else user.redis:get('item:1') end"), &limits);
    assert!(finding(&record, "redis_persistence").title.contains("holds redis up"), "{:#?}", record.findings);
}
