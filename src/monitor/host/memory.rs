//! The machine's memory.

use std::time::Duration;

use futures_util::future::LocalBoxFuture;
use sysinfo::System;

use crate::monitor::sampler::{Keep, Kind, Row, SampleError, Sampler, Spec};

pub(super) struct Memory {
    spec: Spec,
    system: System,
}

impl Memory {
    /// None where the machine does not tell.
    pub(super) fn new() -> Option<Self> {
        let figures =
            ["total_bytes", "used_bytes", "available_bytes", "used_percent", "swap_total_bytes", "swap_used_bytes"];
        Some(Self {
            spec: Spec {
                name: "memory",
                period: Duration::from_secs(1),
                keep: Keep::Series,
                keys: Vec::new(),
                notes: Vec::new(),
                figures: figures.map(|name| (name, Kind::Gauge)).to_vec(),
            },
            system: System::new().ok()?,
        })
    }

    fn read(&mut self) -> Row {
        self.system.refresh_memory();
        let system = &self.system;
        let (total, available) = (system.total_memory() as f64, system.available_memory() as f64);
        // What could be had if it were asked for is not in use, caches for instance.
        let used = (total - available).max(0.0);
        let percent = (total > 0.0).then(|| 100.0 * used / total);
        let (swap, swapped) = (system.total_swap() as f64, system.used_swap() as f64);
        let figures = vec![Some(total), Some(used), Some(available), percent, Some(swap), Some(swapped)];
        Row { figures, ..Row::default() }
    }
}

impl Sampler for Memory {
    fn spec(&self) -> &Spec {
        &self.spec
    }

    fn sample(&mut self) -> LocalBoxFuture<'_, Result<Vec<Row>, SampleError>> {
        let row = self.read();
        Box::pin(std::future::ready(Ok(vec![row])))
    }
}
