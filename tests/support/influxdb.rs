//! A real InfluxDB, for tests.

use std::fs::{self, File};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use throng::plan::percent_encode;

use super::exchange::{exchange, get};

/// How long it may take to start.
const PATIENCE: Duration = Duration::from_secs(60);

/// An InfluxDB with one empty database, until it is dropped.
pub struct InfluxDb {
    process: Child,
    address: String,
    folder: tempfile::TempDir,
}

impl InfluxDb {
    /// Starts one on a free port of loopback, and waits until it answers.
    pub fn start() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let place = |name: &str| folder.path().join(name).display().to_string();
        let config = format!(
            "reporting-disabled = true\nbind-address = \"127.0.0.1:0\"\n[meta]\ndir = \"{}\"\n[data]\ndir = \"{}\"\n\
             wal-dir = \"{}\"\n[http]\nbind-address = \"127.0.0.1:0\"\n[monitor]\nstore-enabled = false\n",
            place("meta"),
            place("data"),
            place("wal")
        );
        fs::write(place("influxdb.conf"), config).expect("a file can be written");
        let process = Command::new("influxd")
            .args(["run", "-config", &place("influxdb.conf")])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(File::create(place("log")).expect("a file can be made"))
            .spawn()
            .unwrap_or_else(|error| panic!("influxd: {error}: `make test-deps` installs it"));
        let mut influxdb = Self { process, address: String::new(), folder };
        influxdb.wait();
        exchange(&influxdb.address, "POST", "/query?q=CREATE%20DATABASE%20runs", "*/*", "");
        influxdb
    }

    /// Waits until it has said where it listens.
    fn wait(&mut self) {
        let begun = Instant::now();
        loop {
            let said = fs::read_to_string(self.folder.path().join("log")).expect("the file is there");
            let listens = said.split_once("msg=\"Listening on HTTP\"").and_then(|(_, rest)| rest.split_once(" addr="));
            let address = listens.and_then(|(_, rest)| rest.split_once(' '));
            if let Some((address, _)) = address {
                self.address = address.to_owned();
                return;
            }
            let ended = self.process.try_wait().expect("its state can be asked for");
            assert!(ended.is_none() && begun.elapsed() < PATIENCE, "{said}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Has it take points, every one of which it must understand.
    pub fn write(&self, points: &str) {
        exchange(&self.address, "POST", "/write?db=runs&precision=ns", "*/*", points);
    }

    /// The series that answer a query.
    pub fn series(&self, query: &str) -> Vec<Value> {
        let path = format!("/query?db=runs&q={}", percent_encode(query));
        let answer: Value = serde_json::from_str(&get(&self.address, &path, "application/json")).expect("it is JSON");
        answer["results"][0]["series"].as_array().cloned().unwrap_or_else(|| panic!("{query}: {answer}"))
    }
}

impl Drop for InfluxDb {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
