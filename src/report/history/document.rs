//! What a report on many runs says, in the order in which it is read.

use crate::analysis::LEAST_HISTORY;
use crate::record::{
    ChangePointRecord, ChangeVerdict, ComparedRun, HistoryRecord, LineRecord, ThresholdUnit, TrendRecord,
};
use crate::report::comparison::show;
use crate::report::document::{Block, Cell, Note, Section, Table, Tone, columns};
use crate::report::human;

/// The sections of a history's report: one for each line, then what was left out.
pub fn document(record: &HistoryRecord) -> Vec<Section> {
    let left_out: Vec<Note> =
        record.left_out.iter().map(|why| Note::new(Tone::Plain, human::plain(why, 300))).collect();
    let left_out = (!left_out.is_empty()).then(|| Section::new("Left out", [Block::Notes(left_out)]));
    record.lines.iter().map(of_line).chain(left_out).collect()
}

/// What a line is of: its scenario, and what tells it from others.
pub fn title_of(line: &LineRecord) -> String {
    let work: Vec<String> =
        line.work.iter().map(|work| format!("{} {}", work.what, human::plain(&work.value, 60))).collect();
    match work.as_slice() {
        [] => line.scenario.clone(),
        work => format!("{} ({})", line.scenario, work.join(", ")),
    }
}

/// The section of a line.
fn of_line(line: &LineRecord) -> Section {
    let began = |run: Option<&ComparedRun>| run.map(|run| human::second(&run.started_at)).unwrap_or_default();
    let runs = human::things(line.runs.len() as u64, "run");
    let when = format!("{runs}, from {} to {} UTC", began(line.runs.first()), began(line.runs.last()));
    let columns =
        columns("Figure", &["First", "Last", "Change", "Lowest", "Highest", "Changes"], &["Lowest", "Highest"]);
    let rows = line.figures.iter().map(row).collect();
    let mut changes: Vec<(&TrendRecord, &ChangePointRecord)> =
        line.figures.iter().flat_map(|figure| figure.changes.iter().map(move |change| (figure, change))).collect();
    changes.sort_by_key(|(_, change)| change.run);
    let mut notes: Vec<Note> = changes.into_iter().map(|(figure, change)| note(figure, change)).collect();
    if line.runs.len() < LEAST_HISTORY {
        let text = format!(
            "a change can't be told from chance with fewer than {LEAST_HISTORY} runs, and surely only with a dozen"
        );
        notes.push(Note::new(Tone::Plain, text));
    } else if notes.is_empty() {
        notes.push(Note::new(Tone::Good, "no change that is more than chance"));
    }
    let when = Block::Notes(vec![Note::new(Tone::Plain, when)]);
    Section::new(title_of(line), [when, Block::Table(Table { columns, rows }), Block::Notes(notes)])
}

fn row(figure: &TrendRecord) -> Vec<Cell> {
    let low = figure.values.iter().copied().reduce(f64::min).unwrap_or_default();
    let high = figure.values.iter().copied().reduce(f64::max).unwrap_or_default();
    let changed = !figure.changes.is_empty();
    let by = figure.last - figure.first;
    let worse = (by > 0.0) != figure.more_is_better;
    let change = Cell::from(if changed { relative(figure.unit, figure.first, by) } else { "–".to_owned() });
    vec![
        figure.name.as_str().into(),
        show(figure.unit, figure.first).into(),
        show(figure.unit, figure.last).into(),
        if changed { change.tone(if worse { Tone::Bad } else { Tone::Good }) } else { change },
        show(figure.unit, low).into(),
        show(figure.unit, high).into(),
        figure.changes.len().to_string().into(),
    ]
}

fn relative(unit: ThresholdUnit, from: f64, by: f64) -> String {
    match unit {
        ThresholdUnit::Share => format!("{:+.2} points", 100.0 * by),
        _ if from != 0.0 => format!("{:+.1} %", 100.0 * by / from),
        _ => "–".to_owned(),
    }
}

fn note(figure: &TrendRecord, change: &ChangePointRecord) -> Note {
    let tone = if change.verdict == ChangeVerdict::Worse { Tone::Bad } else { Tone::Good };
    let since: Vec<String> = change
        .since
        .iter()
        .map(|unlike| format!("{} {} → {}", unlike.what, human::plain(&unlike.base, 60), human::plain(&unlike.new, 60)))
        .collect();
    let since = if since.is_empty() { String::new() } else { format!("; new in that run: {}", since.join(", ")) };
    Note::new(
        tone,
        format!(
            "{} {} since run {} of {} UTC: {} → {} ({}, p {}){since}",
            figure.name,
            change.verdict,
            human::plain(&change.run_id, 60),
            human::second(&change.started_at),
            show(figure.unit, change.from),
            show(figure.unit, change.to),
            relative(figure.unit, change.from, change.to - change.from),
            human::number(change.p)
        ),
    )
}
