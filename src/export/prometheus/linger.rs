//! Staying on after the end for whoever still has to fetch the last figures.

use std::time::Duration;

use tokio::signal::unix::{SignalKind, signal};

use super::server::Server;
use crate::export::registry::Note;
use crate::plan::units::format_duration;

/// Waits until what is known after `last` intervals was fetched, at most for `patience`. A signal ends it at once.
pub(super) fn linger(server: &Server, last: u64, patience: Duration, note: &Note) {
    let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else { return };
    runtime.block_on(async {
        let (Ok(mut interrupt), Ok(mut terminate)) = (signal(SignalKind::interrupt()), signal(SignalKind::terminate()))
        else {
            return;
        };
        note(&format!(
            "waiting up to {} for Prometheus to fetch the last figures; Ctrl-C ends it at once",
            format_duration(patience)
        ));
        tokio::select! {
            () = server.scrapes().until(last) => {}
            () = tokio::time::sleep(patience) => {}
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    });
}
