//! Locks over time.

use plotly::Trace;

use super::Chart;
use super::canvas::{line, of, plot, points, series, timeline};
use crate::record::Record;

pub(super) fn chart(record: &Record) -> Option<Chart> {
    let mut seen = false;
    let mut lines: Vec<Box<dyn Trace>> = Vec::new();
    for (source, sessions) in series(record, "postgres", "sessions") {
        for (figure, name) in [
            ("waiting_for_locks", "sessions waiting for locks"),
            ("idle_in_transaction", "sessions idle in transaction"),
        ] {
            let Some(met) = points(sessions, figure) else { continue };
            seen |= met.iter().flatten().any(|value| *value > 0.0);
            lines.push(line(&of(record, source, name), sessions.at_s.clone(), met));
        }
    }
    for (source, database) in series(record, "postgres", "database") {
        let Some(deadlocks) = points(database, "deadlocks") else { continue };
        if deadlocks.iter().flatten().any(|rate| *rate > 0.0) {
            seen = true;
            lines.push(line(&of(record, source, "deadlocks a second"), database.at_s.clone(), deadlocks));
        }
    }
    seen.then(|| Chart {
        title: "Locks",
        about: "who stood still because of others",
        plot: plot(timeline(record, "sessions"), lines),
    })
}
