//! What can be wrong with an exporter before a run begins.

use std::io;

use crate::drivers::Failure;

/// Why figures can't be sent where they were to go.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs, reason = "the fields are what the messages say")]
pub enum ExportError {
    /// No address to listen on.
    #[error("`{text}` is no address to listen on: {problem}\nhint: {hint}")]
    Address { text: String, problem: String, hint: &'static str },
    /// An address that can't be listened on.
    #[error("can't listen on {address}: {source}{}", listen_hint(source))]
    Listen { address: String, source: io::Error },
    /// A URL that can't be understood.
    #[error("{source}{}", source.hint_line())]
    Url {
        #[from]
        source: Failure,
    },
    /// A variable of OpenTelemetry's that can't be read. Its value may be a secret.
    #[error("the environment variable `{name}`: {problem}")]
    Variable { name: &'static str, problem: String },
    /// No thread to do it.
    #[error("no thread could be started: {0}")]
    Thread(io::Error),
}

fn listen_hint(source: &io::Error) -> &'static str {
    match source.kind() {
        io::ErrorKind::AddrInUse => {
            "\nhint: another program listens there; choose another port, or `:0` for any that is free"
        }
        io::ErrorKind::PermissionDenied => "\nhint: ports below 1024 are not for everybody; choose a higher one",
        io::ErrorKind::AddrNotAvailable => "\nhint: this machine has no such address; `:9464` listens on loopback",
        _ => "",
    }
}
