//! The page of a history: each line's figures over time, with their changes marked.

mod course;

use super::plain::{self, Named, Plain};
use crate::record::{ChangeVerdict, HistoryRecord};
use crate::report::ReportError;
use crate::report::document::Tone;
use crate::report::history::{document, title_of};
use crate::report::human;

/// Lines that are drawn; the others stand in the tables.
const MOST: usize = 12;

/// The page of a history.
pub(in crate::report) fn render(record: &HistoryRecord) -> Result<String, ReportError> {
    let several = record.lines.len() > 1;
    let charts = record.lines.iter().take(MOST).flat_map(|line| {
        let of = if several { Some(title_of(line)) } else { None };
        course::charts(line).into_iter().map(move |chart| Named { of: of.clone(), chart })
    });
    let changes = record.lines.iter().flat_map(|line| &line.figures).flat_map(|figure| &figure.changes);
    let worse = changes.clone().filter(|change| change.verdict == ChangeVerdict::Worse).count();
    let count = changes.count();
    let runs: usize = record.lines.iter().map(|line| line.runs.len()).sum();
    let (verdict, tone) = match (count, worse) {
        (0, _) => ("no change".to_owned(), Tone::Good),
        (_, 0) => ("got better".to_owned(), Tone::Good),
        _ => ("got worse".to_owned(), Tone::Bad),
    };
    plain::render(Plain {
        title: "History".to_owned(),
        heading: "History".to_owned(),
        verdict,
        tone,
        about: format!(
            "{}, {} of work",
            human::things(runs as u64, "run"),
            human::things(record.lines.len() as u64, "kind")
        ),
        summary: summary(record, count, worse),
        charts: charts.collect(),
        sections: document(record),
    })
}

fn summary(record: &HistoryRecord, count: usize, worse: usize) -> Vec<String> {
    let mut sentences = vec![match count {
        0 => "No figure has changed by more than chance and by as much as matters.".to_owned(),
        _ => format!("{} found, {worse} of them for the worse.", human::things(count as u64, "change")),
    }];
    let changes = record.lines.iter().flat_map(|line| line.figures.iter().map(move |figure| (line, figure)));
    let latest = changes
        .flat_map(|(line, figure)| figure.changes.iter().map(move |change| (line, figure, change)))
        .max_by(|a, b| a.2.started_at.cmp(&b.2.started_at));
    sentences.extend(latest.map(|(line, figure, change)| {
        format!(
            "The latest is in `{}` of {}: {} since run {} of {} UTC.",
            figure.name,
            line.scenario,
            change.verdict,
            change.run_id,
            human::second(&change.started_at)
        )
    }));
    sentences
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::history::sample;

    #[test]
    fn a_page_has_the_charts_of_every_line() {
        let page = render(&sample::history()).expect("it can be written");
        assert_eq!(page.matches("<figcaption>").count(), 6, "two lines, three charts each");
        assert!(page.contains("got worse") && page.contains("default-src 'none'"));
    }
}
