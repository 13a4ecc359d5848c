//! A receiver of OpenTelemetry's metrics: Python's own classes for the protocol, behind a server.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Stdio};

use serde_json::Value;

use super::python::Environment;
use super::web::Certificate;

/// When the first point of a request was.
const TIME: &str = "/resourceMetrics/0/scopeMetrics/0/metrics/0/gauge/dataPoints/0/timeUnixNano";

/// A receiver at work.
pub struct Receiver {
    process: Child,
    /// What it received; a pipe would fill up before anybody reads it.
    told: tempfile::NamedTempFile,
    /// Its URL.
    pub address: String,
}

impl Receiver {
    /// Starts one that refuses so many requests before it takes any.
    pub fn start(refusals: u32) -> Self {
        Self::listen(refusals, None)
    }

    /// The same with TLS, at the host's name that the certificate is for.
    pub fn start_with(refusals: u32, certificate: &Certificate) -> Self {
        Self::listen(refusals, Some(certificate))
    }

    fn listen(refusals: u32, certificate: Option<&Certificate>) -> Self {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/export/receiver.py");
        let mut python = Environment::with("otlp", &["opentelemetry-proto==1.45.2"]).program("python");
        let told = tempfile::NamedTempFile::new().expect("a temporary file");
        python.arg(script).arg(refusals.to_string()).arg(told.path()).stdout(Stdio::piped());
        if let Some(certificate) = certificate {
            python.args(certificate.files());
        }
        let mut process = python.spawn().expect("Python starts");
        let mut port = String::new();
        let mut said = BufReader::new(process.stdout.take().expect("it is a pipe"));
        said.read_line(&mut port).expect("it says its port");
        let place = if certificate.is_some() { "https://localhost" } else { "http://127.0.0.1" };
        Self { process, told, address: format!("{place}:{}", port.trim()) }
    }

    /// Ends it, and gives all that it received, in the order of what they tell: one that was broken off may be read late.
    pub fn received(mut self) -> Vec<Value> {
        self.process.kill().expect("it runs");
        self.process.wait().expect("it ends");
        let told = fs::read_to_string(self.told.path()).expect("it was written");
        let mut received: Vec<Value> =
            told.lines().map(|line| serde_json::from_str(line).expect("it writes JSON")).collect();
        received.sort_by_key(|told| whole(told["request"].pointer(TIME).expect("a point has a time")));
        received
    }
}

/// A 64-bit number, which JSON has as text; one that is zero is left out.
pub fn whole(value: &Value) -> u64 {
    value.as_str().map_or(0, |text| text.parse().expect("it is a count"))
}
