//! What goes over each of the machine's network interfaces, the loopback among them.

use std::time::Duration;

use futures_util::future::LocalBoxFuture;
use sysinfo::Networks;

use crate::monitor::sampler::{Keep, Kind, Row, SampleError, Sampler, Spec};

pub(super) struct Network {
    spec: Spec,
    networks: Networks,
}

impl Network {
    /// None where the machine does not tell.
    pub(super) fn new() -> Option<Self> {
        let figures =
            ["bytes_received", "bytes_sent", "packets_received", "packets_sent", "errors_received", "errors_sent"];
        Some(Self {
            spec: Spec {
                name: "network",
                period: Duration::from_secs(1),
                keep: Keep::Rows { most: 50, idle: false },
                keys: vec!["interface"],
                notes: Vec::new(),
                figures: figures.map(|name| (name, Kind::Counter)).to_vec(),
            },
            networks: Networks::new().ok()?,
        })
    }

    fn read(&mut self) -> Vec<Row> {
        self.networks.refresh(true);
        let row = |(name, data): (&std::ffi::OsString, &sysinfo::NetworkData)| {
            let counters = [
                data.total_received(),
                data.total_transmitted(),
                data.total_packets_received(),
                data.total_packets_transmitted(),
                data.total_errors_on_received(),
                data.total_errors_on_transmitted(),
            ];
            let figures = counters.into_iter().map(|count| Some(count as f64)).collect();
            Row { keys: vec![name.to_string_lossy().into_owned()], figures, ..Row::default() }
        };
        self.networks.iter().map(row).collect()
    }
}

impl Sampler for Network {
    fn spec(&self) -> &Spec {
        &self.spec
    }

    fn sample(&mut self) -> LocalBoxFuture<'_, Result<Vec<Row>, SampleError>> {
        let rows = self.read();
        Box::pin(std::future::ready(Ok(rows)))
    }
}
