//! What a user sees of a run while it goes on.

use crate::engine::Observer;
use crate::record::Progress;
use crate::report::live::{Live, Mode};
use crate::script::LogSink;

/// Passes a run's progress on to the screen.
pub struct Watch(Live);

impl Watch {
    /// Begins to show.
    pub fn new(mode: Mode) -> Self {
        Self(Live::new(mode))
    }
}

impl Observer for Watch {
    fn stage(&mut self, stage: &str) {
        self.0.stage(stage);
    }

    fn progress(&mut self, progress: &Progress) {
        self.0.show(progress);
    }

    fn log_sink(&self) -> Option<LogSink> {
        Some(Box::new(self.0.notes()))
    }
}
