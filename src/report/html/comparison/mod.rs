//! The page of a comparison: how far figures moved, and both sides' runs over each other.

mod changes;
pub(super) mod course;
pub(super) mod curves;
mod runs;

use self::course::{Course, Line, MEDIAN, P95, THROUGHPUT};
use super::charts::Chart;
use super::plain::{self, Plain};
use crate::report::ReportError;
use crate::report::comparison::{Comparison, document, summary, title};
use crate::report::document::Tone;

/// Every chart.
const CHARTS: [fn(&Comparison) -> Option<Chart>; 6] = [
    changes::chart,
    curves::chart,
    |comparison| over_time(comparison, &MEDIAN),
    |comparison| over_time(comparison, &P95),
    |comparison| over_time(comparison, &THROUGHPUT),
    runs::chart,
];

/// The page of a comparison.
pub(in crate::report) fn render(comparison: &Comparison) -> Result<String, ReportError> {
    let record = &comparison.record;
    let (verdict, tone) = match record.indicative {
        true => ("indicative".to_owned(), Tone::Doubtful),
        false => (record.verdict.to_string(), crate::report::comparison::tone(record.verdict)),
    };
    plain::render(Plain {
        title: title(record),
        heading: record.scenario.clone(),
        verdict,
        tone,
        about: format!("{} against {}", record.new.name, record.base.name),
        summary: summary(record),
        charts: CHARTS.iter().filter_map(|chart| chart(comparison)).map(Into::into).collect(),
        sections: document(record),
    })
}

fn over_time(comparison: &Comparison, course: &Course) -> Option<Chart> {
    course::chart(course, "each run a line, in its side's colour", runs(comparison))
}

/// The runs of both sides, each with its side's name, colour, and whether it is its side's first, which stands in the legend.
fn runs(comparison: &Comparison) -> impl Iterator<Item = Line<'_>> {
    let sides = [
        (&comparison.record.base.name, super::charts::canvas::COLOURS[0], &comparison.base),
        (&comparison.record.new.name, super::charts::canvas::COLOURS[1], &comparison.new),
    ];
    sides.into_iter().flat_map(|(name, colour, runs)| {
        runs.iter().enumerate().map(move |(at, run)| (name.as_str(), colour, at == 0, run))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::comparison::sample;

    #[test]
    fn a_page_has_every_chart_and_needs_nothing_from_elsewhere() {
        for comparison in [sample::comparison(), sample::single()] {
            let page = render(&comparison).expect("it can be written");
            assert_eq!(page.matches("<figcaption>").count(), CHARTS.len());
            assert!(page.contains("default-src 'none'") && page.contains("In short"));
        }
    }

    #[test]
    fn names_cannot_end_a_script_or_begin_a_tag() {
        let mut comparison = sample::comparison();
        comparison.record.base.name = "</script><script>alert(1)</script>".into();
        comparison.record.figures.iter_mut().for_each(|figure| figure.name = "<img>".into());
        let page = render(&comparison).expect("it can be written");
        assert!(!page.contains("<script>alert") && !page.contains("<img>"));
    }
}
