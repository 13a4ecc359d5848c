//! Whoever watches a run from outside: a progress line, a screen, exporters.

use super::steering::Steered;
use crate::plan::Plan;
use crate::record::{IntervalInput, MonitorRecord, Progress};
use crate::script::LogSink;

/// Told of a run while it goes on, on the thread that called [`run`](super::run): however long it takes, no worker and
/// no session waits for it. One that is held up is told of several intervals as of one longer one later.
///
/// What nobody overrides costs nothing: the session hands each interval over, and copies none for it.
pub trait Observer {
    /// The run has its number and its throwaway servers. Where a target has little room, fewer workers and connections
    /// are used than this plan says.
    fn begins(&mut self, _plan: &Plan) {}

    /// A part of the run has begun: `starting PostgreSQL`, `setup`, `playing`, `verify` …
    fn stage(&mut self, stage: &str);

    /// What was counted in an interval that is over. All of them together are what the record sums up, nothing missing
    /// and nothing twice. [`Observer::progress`] of the same interval comes next.
    fn interval(&mut self, _interval: &IntervalInput<'_>) {}

    /// An interval is over.
    fn progress(&mut self, progress: &Progress);

    /// Whoever steers has asked for something.
    fn steered(&mut self, _steered: &Steered) {}

    /// What the monitor has seen so far, every few seconds of a run that can be steered.
    fn seen(&mut self, _seen: &MonitorRecord) {}

    /// Where lines go that scripts log, if not to standard error as it is.
    fn log_sink(&self) -> Option<LogSink> {
        None
    }
}

/// Several that watch the same run, told in their order.
#[derive(Default)]
pub struct Observers<'a>(pub Vec<Box<dyn Observer + 'a>>);

impl Observer for Observers<'_> {
    fn begins(&mut self, plan: &Plan) {
        self.0.iter_mut().for_each(|observer| observer.begins(plan));
    }

    fn stage(&mut self, stage: &str) {
        self.0.iter_mut().for_each(|observer| observer.stage(stage));
    }

    fn interval(&mut self, interval: &IntervalInput<'_>) {
        self.0.iter_mut().for_each(|observer| observer.interval(interval));
    }

    fn progress(&mut self, progress: &Progress) {
        self.0.iter_mut().for_each(|observer| observer.progress(progress));
    }

    fn steered(&mut self, steered: &Steered) {
        self.0.iter_mut().for_each(|observer| observer.steered(steered));
    }

    fn seen(&mut self, seen: &MonitorRecord) {
        self.0.iter_mut().for_each(|observer| observer.seen(seen));
    }

    /// The first that takes them has them.
    fn log_sink(&self) -> Option<LogSink> {
        self.0.iter().find_map(|observer| observer.log_sink())
    }
}
