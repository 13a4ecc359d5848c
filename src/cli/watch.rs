//! What a user sees of a run while it goes on.

use std::io::IsTerminal;

use super::terminal::Terminal;
use crate::engine::Observer;
use crate::record::Progress;
use crate::report::live::{Live, Mode};
use crate::script::LogSink;

/// How to show the run while it goes on.
pub fn mode(quiet: bool, terminal: &Terminal) -> Mode {
    match (quiet, std::io::stderr().is_terminal()) {
        (true, _) => Mode::Quiet,
        (false, true) => Mode::Bar { colour: terminal.colour() },
        (false, false) => Mode::Lines,
    }
}

/// Passes a run's progress on to the screen.
pub struct Watch(Live);

impl Watch {
    /// Begins to show.
    pub fn new(mode: Mode) -> Self {
        Self(Live::new(mode))
    }

    /// Begins to show one run of several.
    pub fn of(run: &str, mode: Mode) -> Self {
        Self(Live::new(mode).of(run))
    }

    /// What prints lines that stay, from any thread.
    pub fn notes(&self) -> impl Fn(&str) + Send + Sync + 'static {
        self.0.notes()
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
