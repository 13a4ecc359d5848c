//! The exporters by name.

use std::sync::Arc;

use super::{ExportError, Shared, otlp, prometheus};

/// An exporter as the command line names it.
#[derive(Debug, Clone, Copy)]
pub struct Form {
    /// Its name, as in `--out NAME=…`.
    pub name: &'static str,
    /// What stands behind the `=`.
    pub place: &'static str,
    /// One line of help.
    pub about: &'static str,
    /// Reads what stands behind the `=`. Opens nothing.
    pub read: fn(&str) -> Result<Box<dyn Goal>, ExportError>,
}

/// Where figures are to go.
pub trait Goal: std::fmt::Debug {
    /// Begins to tell what `figures` has, on a thread of its own.
    ///
    /// # Errors
    /// What would keep it from ever doing so.
    fn open(&self, figures: &Shared, note: Note) -> Result<Box<dyn Exporter>, ExportError>;
}

/// Where a line for people goes, from any thread.
pub type Note = Arc<dyn Fn(&str) + Send + Sync>;

/// Tells figures until it is finished.
pub trait Exporter {
    /// One line on where the figures are, for people.
    fn place(&self) -> String;

    /// Whether finishing it may mean to wait until somebody fetches the last figures.
    fn lingers(&self) -> bool {
        false
    }

    /// Tells the last figures and ends; returns what people should know of it. A run that was interrupted is waited for
    /// by its user, so that nothing is waited for here.
    fn finish(self: Box<Self>, interrupted: bool) -> Option<String>;
}

/// Every exporter.
pub const EXPORTERS: &[Form] = &[
    Form {
        name: "prometheus",
        place: "ADDR",
        about: "an endpoint for Prometheus while the run goes on, such as `:9464`",
        read: prometheus::read,
    },
    Form {
        name: "otlp",
        place: "URL",
        about: "OpenTelemetry metrics while the run goes on, such as to `http://127.0.0.1:4318`",
        read: otlp::read,
    },
];

/// The exporter of that name.
pub fn form(name: &str) -> Option<&'static Form> {
    EXPORTERS.iter().find(|form| form.name == name)
}
