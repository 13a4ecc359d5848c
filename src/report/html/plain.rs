//! A page that is not about a single run: a heading with what came of it, a summary, charts, tables.

use askama::Template;

use super::charts::Chart;
use super::page::{Drawing, SCRIPT, STYLE, class, drawing, is_heading, library, pieces};
use crate::report::ReportError;
use crate::report::document::{Block, Section, Tone};

/// What the page says.
pub(super) struct Plain {
    /// Of the browser's window.
    pub title: String,
    /// What it is about.
    pub heading: String,
    /// What came of it, in a word or two.
    pub verdict: String,
    /// How that stands out.
    pub tone: Tone,
    /// One line below.
    pub about: String,
    /// Plain sentences.
    pub summary: Vec<String>,
    /// What is drawn.
    pub charts: Vec<Named>,
    /// What is told.
    pub sections: Vec<Section>,
}

/// A chart, and what it is of where there are several of its kind.
pub(super) struct Named {
    /// Stands before its title.
    pub of: Option<String>,
    /// The chart.
    pub chart: Chart,
}

impl From<Chart> for Named {
    fn from(chart: Chart) -> Self {
        Self { of: None, chart }
    }
}

impl From<Named> for Drawing {
    fn from(named: Named) -> Self {
        let drawing = drawing(&named.chart);
        match named.of {
            Some(of) => Self { title: format!("{of}: {}", drawing.title), ..drawing },
            None => drawing,
        }
    }
}

#[derive(Template)]
#[template(path = "plain.html")]
struct Page {
    throng: &'static str,
    title: String,
    heading: String,
    verdict: String,
    verdict_class: &'static str,
    about: String,
    summary: Vec<String>,
    charts: Vec<Drawing>,
    sections: Vec<Section>,
    style: &'static str,
    script: &'static str,
    library: String,
}

/// The page.
pub(super) fn render(plain: Plain) -> Result<String, ReportError> {
    let page = Page {
        throng: env!("CARGO_PKG_VERSION"),
        title: plain.title,
        heading: plain.heading,
        verdict: plain.verdict,
        verdict_class: class(&plain.tone),
        about: plain.about,
        summary: plain.summary,
        charts: plain.charts.into_iter().map(Drawing::from).collect(),
        sections: plain.sections,
        style: STYLE,
        script: SCRIPT,
        library: library(),
    };
    Ok(page.render()?)
}
