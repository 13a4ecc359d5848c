//! What throng itself takes of the machine.

use std::time::Duration;

use futures_util::future::LocalBoxFuture;
use sysinfo::{Pid, ProcessRefreshKind, ProcessesToUpdate, System};

use crate::monitor::sampler::{Keep, Kind, Row, SampleError, Sampler, Spec};

/// This process.
pub(super) struct Throng {
    spec: Spec,
    system: System,
    pid: Pid,
}

impl Throng {
    /// None where the machine does not tell.
    pub(super) fn new() -> Option<Self> {
        let figures = [("cpu_us", Kind::Counter), ("resident_bytes", Kind::Gauge)];
        Some(Self {
            spec: Spec {
                name: "throng",
                period: Duration::from_secs(1),
                keep: Keep::Series,
                keys: Vec::new(),
                notes: Vec::new(),
                figures: figures.to_vec(),
            },
            system: System::new().ok()?,
            pid: Pid::from_u32(std::process::id()),
        })
    }

    fn read(&mut self) -> Result<Row, SampleError> {
        let what = ProcessRefreshKind::nothing().with_memory().without_tasks();
        self.system.refresh_processes_specifics(ProcessesToUpdate::Some(&[self.pid]), false, what);
        let own = self.system.process(self.pid);
        let own = own.ok_or_else(|| SampleError::Failed("throng does not find its own process".to_owned()))?;
        // The whole process's own, its threads included.
        let cpu_us = crate::monitor::processor::used().as_micros() as f64;
        Ok(Row { figures: vec![Some(cpu_us), Some(own.memory() as f64)], ..Row::default() })
    }
}

impl Sampler for Throng {
    fn spec(&self) -> &Spec {
        &self.spec
    }

    fn sample(&mut self) -> LocalBoxFuture<'_, Result<Vec<Row>, SampleError>> {
        let row = self.read().map(|row| vec![row]);
        Box::pin(std::future::ready(row))
    }
}
