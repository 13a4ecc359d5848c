//! `throng.celery` against the real thing: Celery's own client and worker.

mod support;

use std::process::Command;

use serde_json::Value;
use support::celery::{Worker, program};
use support::play::record;
use throng::servers::{RedisOptions, ThrowawayRedis};

fn redis() -> ThrowawayRedis {
    ThrowawayRedis::start(&RedisOptions::default()).expect("Redis starts")
}

/// Plays a scenario in which nothing may fail, and returns its metrics.
fn play(text: &str, redis: &ThrowawayRedis) -> Vec<Value> {
    let record = record(text, &[("redis", redis.url().reveal())], 1);
    let record = serde_json::to_value(&record).expect("a record can be written");
    assert_eq!(record["totals"]["succeeded"], 1, "{:#}", record["errors"]);
    record["metrics"].as_array().expect("a record has metrics").clone()
}

/// The sum of a task's counter.
fn sum(metrics: &[Value], name: &str, task: &str) -> f64 {
    let is_it = |metric: &&Value| metric["name"] == name && metric["tags"]["task"] == task;
    metrics.iter().find(is_it).map_or(0.0, |metric| metric["count"].as_f64().expect("a counter has a sum"))
}

fn send(command: &mut Command) {
    let output = command.output().expect("the environment has Python");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn a_message_is_what_celerys_own_client_sends() {
    let redis = redis();
    send(program("python", redis.url().reveal()).arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/celery/send.py")));
    play(include_str!("celery/message.lua"), &redis);
}

#[test]
fn a_real_worker_tells_what_becomes_of_each_task() {
    let redis = redis();
    let mut worker = Worker::start(redis.url().reveal());
    let metrics = play(include_str!("celery/outcomes.lua"), &redis);
    for (counter, task, expected) in [
        ("celery_submitted", "throng.sleep", 6.0),
        ("celery_succeeded", "throng.sleep", 2.0),
        ("celery_revoked", "throng.sleep", 3.0),
        ("celery_lost", "throng.sleep", 1.0),
        ("celery_failed", "throng.fail", 1.0),
        ("celery_retried", "throng.retry", 3.0),
        ("celery_succeeded", "throng.retry", 1.0),
        ("celery_succeeded", "throng.turn", 4.0),
        ("celery_submitted", "throng.silent", 1.0),
        ("celery_failed", "throng.sleep", 0.0),
    ] {
        assert_eq!(sum(&metrics, counter, task), expected, "{counter} of {task}\n{}", worker.said());
    }
    // What throng heard is what the worker says it did.
    let said = worker.said();
    assert_eq!(said.lines().filter(|line| line.contains("Task throng.retry") && line.contains(" retry: ")).count(), 3);
    assert_eq!(
        said.lines().filter(|line| line.contains("Task throng.silent") && line.contains("succeeded")).count(),
        1
    );
}

#[test]
fn tasks_of_every_priority_count_as_waiting() {
    play(include_str!("celery/backlog.lua"), &redis());
}
