//! What a server's processes take, and of that the one that serves the monitor.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use futures_util::future::LocalBoxFuture;

use super::family::Family;
use crate::monitor::sampler::{Keep, Kind, Row, SampleError, Sampler, Spec};

/// What is followed.
pub(super) const FIGURES: [(&str, Kind); 5] = [
    ("cpu_us", Kind::Counter),
    ("processes", Kind::Gauge),
    ("resident_bytes", Kind::Gauge),
    ("private_bytes", Kind::Gauge),
    ("shared_bytes", Kind::Gauge),
];

/// Of that, what serves the monitor itself takes, where that can be told.
pub(super) const OF_MONITOR: (&str, Kind) = ("monitor_cpu_us", Kind::Counter);

/// Follows a family over time.
pub(in crate::monitor) struct FamilySampler {
    spec: Spec,
    family: Family,
    /// The process that serves the monitor at the moment, where each connection has one.
    serves_monitor: Option<Rc<Cell<Option<u32>>>>,
    /// What a family has taken never gets less, although a reading may miss a process that is just ending.
    cpu_us: f64,
    monitor: Monitor,
}

/// The processor time of all processes that have served the monitor.
#[derive(Debug, Default)]
struct Monitor {
    of: Option<u32>,
    before_us: f64,
    now_us: f64,
}

impl Monitor {
    fn add(&mut self, pid: u32, cpu_us: f64) {
        if self.of.replace(pid).is_some_and(|of| of != pid) {
            self.before_us += self.now_us;
        }
        self.now_us = cpu_us;
    }
}

impl FamilySampler {
    /// `serves_monitor` says which of its processes serves the monitor, where each connection has one.
    pub(in crate::monitor) fn new(family: Family, serves_monitor: Option<Rc<Cell<Option<u32>>>>) -> Self {
        let mut figures = FIGURES.to_vec();
        figures.extend(serves_monitor.is_some().then_some(OF_MONITOR));
        Self {
            spec: Spec {
                name: "process",
                period: Duration::from_secs(1),
                keep: Keep::Series,
                keys: Vec::new(),
                notes: Vec::new(),
                figures,
            },
            family,
            serves_monitor,
            cpu_us: 0.0,
            monitor: Monitor::default(),
        }
    }

    fn read(&mut self) -> Result<Row, SampleError> {
        let gone = || SampleError::Failed("the server's process is gone".to_owned());
        let taken = self.family.taken().ok_or_else(gone)?;
        self.cpu_us = self.cpu_us.max(taken.cpu_us);
        let resident = taken.private_bytes + taken.shared_bytes;
        let gauges = [taken.processes, resident, taken.private_bytes, taken.shared_bytes];
        let mut figures: Vec<_> = std::iter::once(self.cpu_us).chain(gauges).map(Some).collect();
        if let Some(serving) = &self.serves_monitor {
            let cpu_us = serving.get().and_then(|pid| Some((pid, self.family.child_cpu_us(pid)?)));
            figures.push(cpu_us.map(|(pid, cpu_us)| {
                self.monitor.add(pid, cpu_us);
                self.monitor.before_us + self.monitor.now_us
            }));
        }
        Ok(Row { figures, ..Row::default() })
    }
}

impl Sampler for FamilySampler {
    fn spec(&self) -> &Spec {
        &self.spec
    }

    fn sample(&mut self) -> LocalBoxFuture<'_, Result<Vec<Row>, SampleError>> {
        let row = self.read().map(|row| vec![row]);
        Box::pin(std::future::ready(row))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_served_the_monitor_before_still_counts() {
        let mut monitor = Monitor::default();
        for (pid, cpu_us) in [(1, 10.0), (1, 30.0), (2, 5.0), (2, 6.0)] {
            monitor.add(pid, cpu_us);
        }
        assert_eq!(monitor.before_us + monitor.now_us, 36.0);
    }
}
