//! How busy the machine's processors are.

use std::time::Duration;

use futures_util::future::LocalBoxFuture;
use sysinfo::System;

use crate::monitor::sampler::{Keep, Kind, Row, SampleError, Sampler, Spec};

/// Readings, each of which tells what was done since the one before.
pub(super) struct Processor {
    spec: Spec,
    system: System,
    looked: bool,
    /// How busy they were before the load.
    idle_percent: Option<f64>,
}

impl Processor {
    /// Of processors that were so busy before the load, if that is known. None where the machine does not tell.
    pub(super) fn new(idle_percent: Option<f64>) -> Option<Self> {
        let figures =
            ["busy_percent", "busiest_core_percent", "cores", "load_1m", "idle_percent", "above_idle_percent"];
        Some(Self {
            spec: Spec {
                name: "processor",
                period: Duration::from_secs(1),
                keep: Keep::Series,
                keys: Vec::new(),
                notes: Vec::new(),
                figures: figures.map(|name| (name, Kind::Gauge)).to_vec(),
            },
            system: System::new().ok()?,
            looked: false,
            idle_percent,
        })
    }

    fn read(&mut self) -> Row {
        self.system.refresh_cpu_usage();
        // The first look has nothing to compare with.
        let known = std::mem::replace(&mut self.looked, true);
        let busy = f64::from(self.system.global_cpu_usage());
        let cores = self.system.cpus();
        let busiest = cores.iter().map(|core| f64::from(core.usage())).fold(0.0, f64::max);
        let load = System::load_average().ok().map(|load| load.one);
        let above = self.idle_percent.map(|idle| (busy - idle).max(0.0));
        let figures = vec![
            Some(busy).filter(|_| known),
            Some(busiest).filter(|_| known),
            Some(cores.len() as f64),
            load,
            self.idle_percent,
            above.filter(|_| known),
        ];
        Row { figures, ..Row::default() }
    }
}

impl Sampler for Processor {
    fn spec(&self) -> &Spec {
        &self.spec
    }

    fn sample(&mut self) -> LocalBoxFuture<'_, Result<Vec<Row>, SampleError>> {
        let row = self.read();
        Box::pin(std::future::ready(Ok(vec![row])))
    }
}
