//! Metrics pushed to a collector by OpenTelemetry's protocol: protobuf over HTTP,
//! <https://opentelemetry.io/docs/specs/otlp/#otlphttp>.
//!
//! `settings` reads where to, from the URL and OpenTelemetry's own variables; `request` makes what is sent out of the
//! tally, `exponential` its histograms; `sender` sends it on a thread of its own. Sums are *cumulative*, from the start of
//! the run: what a receiver misses is in what it gets next, so there is no queue to overflow and nothing to send twice.

mod account;
mod exponential;
mod list;
mod post;
mod request;
mod sender;
mod settings;

use super::registry::{Goal, Note};
use super::{ExportError, Exporter, Shared};
use sender::Sender;
use settings::Settings;

/// Reads where to send to, with what OpenTelemetry's variables say.
pub(super) fn read(url: &str) -> Result<Box<dyn Goal>, ExportError> {
    let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    Settings::read(url, variable).map(|settings| Box::new(settings) as Box<dyn Goal>)
}

impl Goal for Settings {
    fn open(&self, figures: &Shared, note: Note) -> Result<Box<dyn Exporter>, ExportError> {
        Ok(Box::new(Sender::start(self.clone(), figures.clone(), note).map_err(ExportError::Thread)?))
    }
}
