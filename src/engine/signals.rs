//! Ctrl-C and a polite kill.

use std::io;

use tokio::signal::unix::{Signal, SignalKind, signal};

use super::stop::Stop;

/// SIGINT and SIGTERM, caught from the moment this is made.
pub struct Signals {
    interrupt: Signal,
    terminate: Signal,
}

impl Signals {
    /// Begins to catch. To be called within a runtime.
    pub fn new() -> io::Result<Self> {
        Ok(Self { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
    }

    /// Ends the run as signals ask; never returns.
    pub async fn heed(mut self, stop: Stop) {
        loop {
            tokio::select! {
                _ = self.interrupt.recv() => {}
                _ = self.terminate.recv() => {}
            }
            stop.signal();
        }
    }
}
