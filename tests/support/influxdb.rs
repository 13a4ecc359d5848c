//! A real InfluxDB, for tests.

use std::fs::{self, File};
use std::process::{Child, Command, Stdio};

use serde_json::Value;
use throng::plan::percent_encode;

use super::exchange::{exchange, get};
use super::startup::logged;

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
        let mut process = Command::new("influxd")
            .args(["run", "-config", &place("influxdb.conf")])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(File::create(place("log")).expect("a file can be made"))
            .spawn()
            .unwrap_or_else(|error| panic!("influxd: {error}: `make test-deps` installs it"));
        let address = logged(&mut process, &folder.path().join("log"), |said| {
            let (_, rest) = said.split_once("msg=\"Listening on HTTP\"")?;
            let (_, rest) = rest.split_once(" addr=")?;
            rest.split_once(' ').map(|(address, _)| address.to_owned())
        });
        let influxdb = Self { process, address, folder };
        exchange(&influxdb.address, "POST", "/query?q=CREATE%20DATABASE%20runs", "*/*", "");
        influxdb
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
