//! The page itself: what stands where.

use askama::Template;
use plotly::Plot;

use super::charts::{self, Chart};
use super::summary::summary;
use crate::record::Record;
use crate::report::ReportError;
use crate::report::document::{Block, Cell, Section, Tone, foremost_and_rest};
use crate::report::human::second;

/// How the page looks, and how its tables and charts come to life.
pub(super) const STYLE: &str = include_str!("page.css");
pub(super) const SCRIPT: &str = include_str!("page.js");

#[derive(Template)]
#[template(path = "page.html")]
struct Page<'a> {
    record: &'a Record,
    verdict: &'static str,
    summary: Vec<String>,
    foremost: Vec<Section>,
    sections: Vec<Section>,
    charts: Vec<Drawing>,
    style: &'static str,
    script: &'static str,
    library: String,
}

/// A chart as the page has it.
pub(super) struct Drawing {
    pub title: String,
    pub about: &'static str,
    /// What Plotly is to draw, as JSON that can stand in a script.
    pub json: String,
}

/// The page of a record.
pub(in crate::report) fn render(record: &Record) -> Result<String, ReportError> {
    let (foremost, sections) = foremost_and_rest(record);
    let page = Page {
        record,
        verdict: class(&record.verdict.into()),
        summary: summary(record),
        foremost,
        sections,
        charts: charts::all(record).iter().map(drawing).collect(),
        style: STYLE,
        script: SCRIPT,
        library: library(),
    };
    Ok(page.render()?)
}

pub(super) fn drawing(chart: &Chart) -> Drawing {
    // Neither the end of a script nor what begins another may stand in one.
    Drawing { title: chart.title.to_owned(), about: chart.about, json: chart.plot.to_json().replace('<', "\\u003c") }
}

/// Plotly's script: the first of those that the crate carries. The others set formulas, of which there are none.
pub(super) fn library() -> String {
    let scripts = Plot::offline_js_sources();
    let script = scripts.split_once("</script>").map_or(scripts.as_str(), |(first, _)| first);
    script.split_once('>').map_or(script, |(_, text)| text).to_owned()
}

/// The class of a tone.
pub(super) fn class(tone: &Tone) -> &'static str {
    match tone {
        Tone::Plain => "plain",
        Tone::Strong => "strong",
        Tone::Faint => "faint",
        Tone::Good => "good",
        Tone::Doubtful => "doubtful",
        Tone::Bad => "bad",
    }
}

/// A text in pieces: what stands between backticks is code.
pub(super) fn pieces(text: &str) -> Vec<(bool, &str)> {
    let pieces = text.split('`');
    // One that is not closed is no mark.
    if pieces.clone().count().is_multiple_of(2) {
        return vec![(false, text)];
    }
    pieces.enumerate().map(|(at, piece)| (at % 2 == 1, piece)).filter(|(_, piece)| !piece.is_empty()).collect()
}

/// Whether a row is no more than a heading for those under it.
pub(super) fn is_heading(row: &[Cell]) -> bool {
    row.first().is_some_and(|cell| cell.tone == Tone::Strong) && row.iter().skip(1).all(|cell| cell.text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;

    #[test]
    fn the_page_needs_nothing_from_elsewhere() {
        let page = render(&sample::record()).expect("it can be written");
        let own = page.replace(&library(), "");
        assert!(!own.contains("src=") && !own.contains("<link") && !own.contains("http:") && !own.contains("https:"));
        assert!(own.contains("default-src 'none'"));
        assert!(library().starts_with("/**\n* plotly.js v"), "{}", &library()[..40]);
        assert!(!library().contains("MathJax.loader"));
    }

    #[test]
    fn names_cannot_end_a_script_or_begin_a_tag() {
        let mut record = sample::record();
        record.scenario.name = "</script><script>alert(1)</script>".into();
        record.operations.iter_mut().for_each(|operation| operation.name = "<!--<script></script><img>".into());
        let page = render(&record).expect("it can be written");
        assert!(!page.contains("<script>alert") && !page.contains("<img>"));
        let scripts = |page: &str| page.matches("</script>").count();
        assert_eq!(scripts(&page), scripts(&render(&sample::record()).expect("it can be written")));
    }

    #[test]
    fn what_stands_between_backticks_is_code() {
        assert_eq!(pieces("by `a` in `b`"), [(false, "by "), (true, "a"), (false, " in "), (true, "b")]);
        assert_eq!(pieces("one ` alone"), [(false, "one ` alone")]);
    }

    #[test]
    fn every_run_has_a_page() {
        for record in [sample::record(), sample::empty(), sample::wide()] {
            render(&record).expect("it can be written");
        }
    }
}
