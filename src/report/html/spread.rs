//! The page of several runs that did the same, one over the other.

use plotly::Scatter;
use plotly::common::{Line, Mode};

use super::charts::Chart;
use super::charts::canvas::{COLOURS, escape, layout, plot, tenfold};
use super::charts::percentiles::{curve, nines};
use super::comparison::course::{self, MEDIAN, P95, THROUGHPUT};
use super::comparison::curves::together;
use super::plain::{self, Plain};
use crate::report::document::Tone;
use crate::report::spread::{Repeated, document, summary};
use crate::report::{ReportError, human};

/// The page.
pub(in crate::report) fn render(repeated: &Repeated) -> Result<String, ReportError> {
    let record = &repeated.record;
    let runs = human::things(record.runs.len() as u64, "run");
    let over_time = [&MEDIAN, &P95, &THROUGHPUT].map(|course| {
        let lines = lines(repeated).zip(&repeated.runs).map(|((name, colour), run)| (name, colour, true, run));
        course::chart(course, "each run a line", lines)
    });
    plain::render(Plain {
        title: format!("{}: {runs}", record.scenario),
        heading: record.scenario.clone(),
        verdict: runs,
        tone: Tone::Plain,
        about: "by how much runs differ though nothing was changed".to_owned(),
        summary: summary(record),
        charts: [curves(repeated)].into_iter().chain(over_time).flatten().map(Into::into).collect(),
        sections: document(record),
    })
}

/// The name and the colour of each run.
fn lines(repeated: &Repeated) -> impl Iterator<Item = (&str, &'static str)> {
    repeated.record.runs.iter().map(|run| run.run_id.as_str()).zip(COLOURS.into_iter().cycle())
}

/// The percentile curve of each run.
fn curves(repeated: &Repeated) -> Option<Chart> {
    let runs = lines(repeated).zip(&repeated.runs);
    let traces: Vec<_> = runs
        .filter_map(|((name, colour), run)| {
            let (x, y) = curve(&together(std::slice::from_ref(run))?);
            Some(Scatter::new(x, y).name(escape(name)).mode(Mode::Lines).line(Line::new().color(colour)) as _)
        })
        .collect();
    (!traces.is_empty()).then(|| Chart {
        title: "Percentiles",
        about: "of all operations of each run; the farther right, the rarer",
        plot: plot(layout(nines(), tenfold("ms")), traces),
    })
}
