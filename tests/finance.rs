//! The suite of the financial application, whole, with a real Celery worker.

mod support;

use std::fs;
use std::process::Command;

use serde_json::Value;
use support::celery::Worker;
use throng::servers::{RedisOptions, ThrowawayRedis};

#[test]
fn the_suite_passes_in_its_quick_mode_with_a_worker() {
    let redis = ThrowawayRedis::start(&RedisOptions::default()).expect("Redis starts");
    let mut worker = Worker::start(redis.url().reveal());
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let mut command = Command::new(env!("CARGO_BIN_EXE_throng"));
    command.args(["suite", "finance", "--mode", "quick", "--allow-exec", "--quiet", "--redis", redis.url().reveal()]);
    command.arg("--out").arg(folder.path()).env_remove("DATABASE_URL").env_remove("REDIS_URL");
    let output = command.current_dir(folder.path()).output().expect("the binary was built with this test");
    let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    assert_eq!(output.status.code(), Some(0), "{said}\n{}", worker.said());

    let record = |path: &str| -> Value {
        let text = fs::read(folder.path().join(path)).expect("it was written");
        serde_json::from_slice(&text).expect("it is JSON")
    };
    let suite = record("suite.json");
    let runs = suite["runs"].as_array().expect("a suite has runs");
    assert_eq!(runs.len(), 10, "{said}");
    assert!(runs.iter().all(|run| run["verdict"] == "passed" || run["verdict"] == "warning"), "{said}");
    // What throng counted as done is what the worker says it did.
    let metrics = record("runs/tasks.json")["metrics"].as_array().expect("a record has metrics").clone();
    let done = |task: &str| {
        let named = |metric: &&Value| metric["name"] == "celery_succeeded" && metric["tags"]["task"] == task;
        metrics.iter().find(named).map_or(0, |metric| metric["count"].as_f64().expect("a counter has a sum") as usize)
    };
    let told = worker.said();
    let succeeded = |task: &str| {
        told.lines().filter(|line| line.contains(&format!("Task {task}[")) && line.contains(" succeeded in ")).count()
    };
    assert!(done("throng.sleep") > 0);
    assert_eq!(done("throng.sleep"), succeeded("throng.sleep"), "{said}\n{told}");
}
