//! A signal to end that is meant for several runs, and may come between two of them.

use std::sync::Arc;

use super::error::EngineError;
use super::signals::Signals;
use super::stop::Stop;

/// Listens for SIGINT, SIGTERM and SIGHUP as long as it lives. A run listens for itself as well: this one
/// is for whoever plays several, and for the moments in which none goes on.
#[derive(Clone)]
pub struct Interruption {
    stop: Stop,
    _signals: Arc<Signals>,
}

impl Interruption {
    /// Begins to listen.
    ///
    /// # Errors
    /// When the system does not let it.
    pub fn listen() -> Result<Self, EngineError> {
        let stop = Stop::default();
        let signals = Signals::catch(&stop).map_err(EngineError::Start)?;
        Ok(Self { stop, _signals: Arc::new(signals) })
    }

    /// Whether a signal has come.
    pub fn came(&self) -> bool {
        self.stop.was_a_signal()
    }
}
