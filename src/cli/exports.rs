//! Exporters that are open while a run goes on.

use super::error::CliError;
use super::out::Live;
use crate::engine::Observer;
use crate::export::{Exporter, Note, Shared};
use crate::plan::Plan;
use crate::record::{IntervalInput, Progress};

/// What is sent elsewhere while a run goes on.
pub struct Exports {
    figures: Shared,
    open: Vec<Box<dyn Exporter>>,
}

impl Exports {
    /// Opens all of them; each says what goes wrong by a note.
    ///
    /// # Errors
    /// When one can't be opened, so that nobody finds out only after the run.
    pub fn open(goals: &[Live], note: &Note) -> Result<Self, CliError> {
        let figures = Shared::default();
        let open = goals.iter().map(|live| live.open(&figures, note.clone())).collect::<Result<_, _>>()?;
        Ok(Self { figures, open })
    }

    /// What must watch the run for them; none if there are none.
    pub fn observer(&self) -> Option<Box<dyn Observer>> {
        (!self.open.is_empty()).then(|| Box::new(Feed(self.figures.clone())) as Box<dyn Observer>)
    }

    /// Where the figures are, a line each.
    pub fn places(&self) -> impl Iterator<Item = String> {
        self.open.iter().map(|exporter| exporter.place())
    }

    /// Sends the last figures; gives what people should know of it, a line each.
    pub fn finish(mut self, interrupted: bool) -> Vec<String> {
        // So that nobody's last figures wait for those who are yet to fetch theirs.
        self.open.sort_by_key(|exporter| exporter.lingers());
        self.open.into_iter().filter_map(|exporter| exporter.finish(interrupted)).collect()
    }
}

/// Adds up what is told of a run.
struct Feed(Shared);

impl Observer for Feed {
    fn begins(&mut self, plan: &Plan) {
        self.0.lock().begin(plan);
    }

    fn stage(&mut self, _: &str) {}

    fn interval(&mut self, interval: &IntervalInput<'_>) {
        self.0.lock().add(interval);
    }

    fn progress(&mut self, _: &Progress) {}
}
