//! An endpoint that Prometheus scrapes: `/metrics`, in OpenMetrics or Prometheus's older text format.
//!
//! `place` reads where to listen, `server` answers on a thread of its own, `render` writes what it answers with, and
//! `scrapes` knows who has seen what, so that the last figures are not gone before anybody has fetched them.

mod buckets;
mod linger;
mod place;
mod render;
mod scrapes;
mod server;
mod stream;

use std::net::TcpListener;

use super::{ExportError, Exporter, Shared};
use crate::export::registry::{Goal, Note};
use linger::linger;
use place::Place;
use server::Server;

/// Reads where to listen: `[HOST]:PORT[,linger=TIME]`.
pub(super) fn read(text: &str) -> Result<Box<dyn Goal>, ExportError> {
    text.parse::<Place>().map(|place| Box::new(place) as Box<dyn Goal>)
}

impl Goal for Place {
    fn open(&self, figures: &Shared, note: Note) -> Result<Box<dyn Exporter>, ExportError> {
        let wrong = |source| ExportError::Listen { address: self.to_string(), source };
        let listener = TcpListener::bind(&self.addresses[..]).map_err(wrong)?;
        let server = Server::start(listener, figures.clone()).map_err(ExportError::Thread)?;
        Ok(Box::new(Endpoint { server, figures: figures.clone(), place: self.clone(), note }))
    }
}

/// An endpoint that is open.
struct Endpoint {
    server: Server,
    figures: Shared,
    place: Place,
    note: Note,
}

impl Exporter for Endpoint {
    fn place(&self) -> String {
        format!("metrics for Prometheus at http://{}/metrics", self.server.address())
    }

    /// Stays until somebody has fetched the last figures, if it can be hoped for.
    fn lingers(&self) -> bool {
        true
    }

    fn finish(self: Box<Self>, interrupted: bool) -> Option<String> {
        let last = self.figures.lock().intervals;
        let patience = self.server.scrapes().patience(last, self.place.linger);
        if !interrupted && let Some(patience) = patience {
            linger(&self.server, last, patience, &self.note);
        }
        let missed = self.server.scrapes().have_missed(last);
        self.server.stop();
        missed.then(|| "prometheus: the last figures were not fetched before the end".to_owned())
    }
}
