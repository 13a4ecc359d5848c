//! How busy the machine's processors are before any user is there: what the load is held against.

use std::time::{Duration, Instant};

use sysinfo::System;

/// Two looks that are less apart tell of single ticks of the kernel's clock.
const APART: Duration = Duration::from_millis(250);

/// A first look, to be followed by a second while nobody is there yet.
pub(in crate::monitor) struct Idle {
    system: System,
    since: Instant,
}

impl Idle {
    /// Looks for the first time; none where the machine does not tell.
    pub(in crate::monitor) fn begin() -> Option<Self> {
        let mut system = System::new().ok()?;
        system.refresh_cpu_usage();
        Some(Self { system, since: Instant::now() })
    }

    /// Looks again once that says something, and tells how busy all processors were in between, in percent.
    pub(in crate::monitor) async fn end(mut self) -> f64 {
        tokio::time::sleep_until((self.since + APART).into()).await;
        self.system.refresh_cpu_usage();
        f64::from(self.system.global_cpu_usage())
    }
}
