//! A real Prometheus, for tests.

use std::fs::{self, File};
use std::process::{Child, Command, Stdio};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::Value;
use throng::plan::percent_encode;

use super::exchange::get;
use super::startup::logged;

/// A Prometheus that scrapes one address each second, until it is dropped.
pub struct Prometheus {
    process: Child,
    address: String,
    folder: tempfile::TempDir,
}

impl Prometheus {
    /// Starts one on a free port of loopback, and waits until it answers.
    pub fn start(scraped: &str) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let place = |name: &str| folder.path().join(name);
        let config = format!(
            "scrape_configs:\n- job_name: throng\n  scrape_interval: 1s\n  scrape_timeout: 1s\n  \
             static_configs: [{{ targets: [\"{scraped}\"] }}]\n"
        );
        fs::write(place("prometheus.yml"), config).expect("a file can be written");
        let log = File::create(place("log")).expect("a file can be made");
        let mut process = Command::new("prometheus")
            .arg(format!("--config.file={}", place("prometheus.yml").display()))
            .arg(format!("--storage.tsdb.path={}", place("data").display()))
            .arg("--web.listen-address=127.0.0.1:0")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .unwrap_or_else(|error| panic!("prometheus: {error}: `make test-deps` installs it"));
        let address = logged(&mut process, &place("log"), |said| {
            let (_, rest) = said.split_once("msg=\"Listening on\" address=")?;
            let (address, _) = rest.split_once('\n')?;
            said.contains("Server is ready").then(|| address.trim().to_owned())
        });
        Self { process, address, folder }
    }

    /// Where it listens.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// The answer to a path of its HTTP interface.
    fn ask(&self, path: &str) -> Value {
        let answer = get(&self.address, path, "application/json");
        let told: Value = serde_json::from_str(&answer).unwrap_or_else(|error| panic!("{path}: {error}: {answer}"));
        assert_eq!(told["status"], "success", "{path}: {answer}");
        told["data"]["result"].clone()
    }

    /// The series that answer a query now, each with its labels and value.
    pub fn query(&self, query: &str) -> Vec<(Value, f64)> {
        let result = self.ask(&format!("/api/v1/query?query={}", percent_encode(query)));
        let series = result.as_array().unwrap_or_else(|| panic!("{query}: {result}")).iter();
        series.map(|one| (one["metric"].clone(), number(&one["value"][1]))).collect()
    }

    /// The one value that answers a query now.
    pub fn value(&self, query: &str) -> f64 {
        match self.query(query)[..] {
            [(_, value)] => value,
            ref others => panic!("{query}: {others:?}"),
        }
    }

    /// How many series answer a query at some time of the last `seconds`.
    pub fn series_within(&self, query: &str, seconds: u64) -> usize {
        let now = jiff::Timestamp::now().as_second();
        let (query, start) = (percent_encode(query), now - seconds as i64);
        let result = self.ask(&format!("/api/v1/query_range?query={query}&start={start}&end={now}&step=1"));
        result.as_array().map_or(0, Vec::len)
    }
}

impl Drop for Prometheus {
    fn drop(&mut self) {
        let _ = kill(Pid::from_raw(self.process.id() as i32), Signal::SIGTERM);
        let _ = self.process.wait();
    }
}

fn number(value: &Value) -> f64 {
    value.as_str().and_then(|text| text.parse().ok()).unwrap_or_else(|| panic!("{value} is no number"))
}
