//! Passing on what is told of a run to the screen.

use std::io::{self, IsTerminal, Write};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::raised::Raised;
use super::show::Show;
use crate::cli::error::CliError;
use crate::engine::{Observer, Steered, Steering};
use crate::plan::Plan;
use crate::record::{IntervalInput, MonitorRecord, Progress};
use crate::report::screen::{Look, SoFar, View};
use crate::script::LogSink;

/// The rules look for findings no more often than this …
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// … and so seldom that looking takes no more than this part of the time.
const SHARE: u32 = 50;

/// A run on the whole terminal.
pub struct Screen {
    view: Arc<Mutex<View>>,
    so_far: SoFar,
    /// When the rules look again.
    due: Instant,
    // Ended before the terminal is put down.
    show: Option<Show>,
    raised: Option<Raised>,
}

impl Screen {
    /// Raises the terminal for a run that `steering` steers; `colour` if colours may be used.
    ///
    /// # Errors
    /// When there is no terminal to show it on and to take keys from.
    pub fn open(steering: Steering, colour: bool) -> Result<Self, CliError> {
        for (what, there) in
            [("standard output", io::stdout().is_terminal()), ("standard input", io::stdin().is_terminal())]
        {
            if !there {
                return Err(CliError::NoTerminal { what });
            }
        }
        let view = Arc::<Mutex<View>>::default();
        let (raised, canvas) = Raised::raise().map_err(CliError::Screen)?;
        let show = Show::begin(view.clone(), canvas, Look { colour }, steering).map_err(CliError::Screen)?;
        let (so_far, due) = (SoFar::default(), Instant::now() + LOOK_EVERY);
        Ok(Self { view, so_far, due, show: Some(show), raised: Some(raised) })
    }

    /// What shows lines beside those that scripts log; from any thread.
    pub fn notes(&self) -> impl Fn(&str) + Send + Sync + 'static {
        let view = self.view.clone();
        move |line| lock(&view).line(line)
    }

    fn view(&self) -> MutexGuard<'_, View> {
        lock(&self.view)
    }
}

impl Observer for Screen {
    fn begins(&mut self, plan: &Plan) {
        self.so_far = SoFar::new(plan);
        self.view().begins(plan);
    }

    fn stage(&mut self, stage: &str) {
        self.view().stage(stage);
    }

    fn interval(&mut self, interval: &IntervalInput<'_>) {
        self.so_far.add(interval);
        self.view().interval(interval);
    }

    fn progress(&mut self, progress: &Progress) {
        self.view().progress(progress);
    }

    fn steered(&mut self, steered: &Steered) {
        self.view().steered(steered.paused, &steered.said);
    }

    fn seen(&mut self, seen: &MonitorRecord) {
        self.view().seen(seen);
        let begun = Instant::now();
        if begun < self.due {
            return;
        }
        // On this thread, for which nobody waits, and not while the view is held.
        let findings = self.so_far.findings(seen);
        self.due = Instant::now() + LOOK_EVERY.max(begun.elapsed() * SHARE);
        self.view().found(findings);
    }

    fn log_sink(&self) -> Option<LogSink> {
        Some(Box::new(self.notes()))
    }
}

impl Drop for Screen {
    /// Puts the terminal down, and says again where it stays what was logged.
    fn drop(&mut self) {
        drop(self.show.take());
        drop(self.raised.take());
        let mut stderr = io::stderr().lock();
        for line in self.view().log() {
            // Nobody is left to tell if this cannot be printed.
            let _ = writeln!(stderr, "{line}");
        }
    }
}

pub(super) fn lock(view: &Mutex<View>) -> MutexGuard<'_, View> {
    // A panic leaves a view that may lack something, and can be drawn.
    view.lock().unwrap_or_else(PoisonError::into_inner)
}
