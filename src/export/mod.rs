//! Figures that leave the process while a run goes on: an endpoint that Prometheus scrapes, metrics pushed by
//! OpenTelemetry's protocol.
//!
//! Start at [`metrics`]: what is told, each with its name, unit and help, made from a [`Tally`] of all intervals so far.
//! An exporter is a folder that brings those metrics into the form of its protocol, and a line in [`registry`]. It lives on
//! a thread of its own and reads the tally when it wants to; a receiver that is slow or gone costs the run nothing. Counted
//! here is nothing: what the session hands over once an interval is added up, as in the record.

mod distribution;
mod error;
mod metric;
mod metrics;
mod names;
mod otlp;
mod prometheus;
mod registry;
mod tally;

pub use error::ExportError;
pub use metric::{Kind, Metric, Unit};
pub use metrics::METRICS;
pub use registry::{EXPORTERS, Exporter, Form, Goal, Note, form};
pub use tally::{Shared, Tally};
