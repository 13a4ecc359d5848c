//! What a report on a comparison says, in the order in which it is read.

use crate::record::{ChangeVerdict, ComparedRecord, ComparisonRecord, SideRecord, ThresholdUnit};
use crate::report::document::{Block, Cell, Note, Section, Table, Tone, columns};
use crate::report::human;

/// The sections of a comparison's report.
pub fn document(record: &ComparisonRecord) -> Vec<Section> {
    let sections = [
        Some(overview(record)),
        unlike(record),
        figures(record, "The whole run", |figure| figure.operation.is_none()),
        figures(record, "Operations", |figure| figure.operation.is_some()),
        to_be_known(record),
        Some(verdict(record)),
    ];
    sections.into_iter().flatten().collect()
}

fn overview(record: &ComparisonRecord) -> Section {
    let side = |side: &SideRecord| -> Cell {
        let first = side.runs.first().map(|run| human::second(&run.started_at)).unwrap_or_default();
        let began = if first.is_empty() { first } else { format!(", from {first} UTC") };
        format!("{}: {}{began}", side.name, human::things(side.runs.len() as u64, "run")).into()
    };
    let mut pairs = vec![("Base", side(&record.base)), ("New", side(&record.new))];
    if let Some(failed) = record.wholly_failed() {
        let runs = record.new.runs.len();
        let text = format!("every operation, in {failed} of {runs} runs of {}", record.new.name);
        pairs.push(("Failed", Cell::from(text).tone(Tone::Bad)));
    }
    pairs.push(("Matters", format!("a change of {} or more", human::share(record.min_change)).into()));
    Section::new(format!("Comparison of {}", record.scenario), [Block::Pairs(pairs)])
}

fn unlike(record: &ComparisonRecord) -> Option<Section> {
    let note = |unlike: &crate::record::UnlikeRecord| {
        let (base, new) = (human::plain(&unlike.base, 200), human::plain(&unlike.new, 200));
        Note::new(Tone::Plain, format!("{}: {base} against {new}", human::plain(&unlike.what, 100)))
    };
    let notes: Vec<Note> = record.unlike.iter().map(note).collect();
    (!notes.is_empty()).then(|| Section::new("What else differs", [Block::Notes(notes)]))
}

fn figures(record: &ComparisonRecord, title: &str, which: impl Fn(&ComparedRecord) -> bool) -> Option<Section> {
    let titles = ["Base", "New", "Change", "95 % interval", "Noise", "p", "Verdict"];
    let columns = columns("Figure", &titles, &["Noise", "p"]);
    let rows: Vec<Vec<Cell>> =
        record.figures.iter().filter(|figure| which(figure)).map(|figure| row(figure, record.indicative)).collect();
    (!rows.is_empty()).then(|| Section::new(title, [Block::Table(Table { columns, rows })]))
}

fn row(figure: &ComparedRecord, indicative: bool) -> Vec<Cell> {
    let interval = figure.low.zip(figure.high).map(|(low, high)| {
        let of = |value: f64| relative(figure, value).map(|value| change(figure, value));
        of(low).zip(of(high)).map_or_else(
            || format!("{} … {}", show(figure.unit, low), show(figure.unit, high)),
            |(low, high)| format!("{low} … {high}"),
        )
    });
    let verdict = match (indicative, figure.verdict) {
        (true, _) => Cell::from("–").tone(Tone::Faint),
        (_, ChangeVerdict::Worse) => Cell::from("worse").tone(Tone::Bad),
        (_, ChangeVerdict::Better) => Cell::from("better").tone(Tone::Good),
        (_, ChangeVerdict::Unchanged) => Cell::from("unchanged"),
        (_, ChangeVerdict::Unclear) => Cell::from("unclear").tone(Tone::Doubtful),
    };
    vec![
        label(figure).into(),
        show(figure.unit, figure.base_median).into(),
        show(figure.unit, figure.new_median).into(),
        figure.change.map_or_else(none, |value| change(figure, value)).into(),
        interval.unwrap_or_else(none).into(),
        figure.noise.map_or_else(none, |noise| change(figure, noise).trim_start_matches('+').to_owned()).into(),
        figure.p_adjusted.map_or_else(none, p).into(),
        verdict,
    ]
}

fn none() -> String {
    "–".to_owned()
}

/// A figure's name without what the table says already.
pub(in crate::report) fn label(figure: &ComparedRecord) -> String {
    match &figure.operation {
        Some(operation) => {
            let stat = figure.name.rsplit('.').next().unwrap_or_default();
            format!("{} {stat}", human::plain(operation, 60))
        }
        None => figure.name.clone(),
    }
}

/// A figure with its unit.
pub(in crate::report) fn show(unit: ThresholdUnit, value: f64) -> String {
    match unit {
        ThresholdUnit::Us if value < 0.0 => format!("-{}", human::time_us(-value)),
        ThresholdUnit::Us => human::time_us(value),
        ThresholdUnit::PerS => human::rate(value),
        ThresholdUnit::Share if value < 0.0 => format!("-{}", human::share(-value)),
        ThresholdUnit::Share => human::share(value),
        ThresholdUnit::Count | ThresholdUnit::Bytes | ThresholdUnit::Own => human::number(value),
    }
}

/// A shift as a change is measured.
fn relative(figure: &ComparedRecord, shift: f64) -> Option<f64> {
    match figure.unit {
        ThresholdUnit::Share => Some(shift),
        _ => (figure.base_median != 0.0).then(|| shift / figure.base_median),
    }
}

/// `+10.2 %`, of an error rate `+0.20 points`.
pub(in crate::report) fn change(figure: &ComparedRecord, value: f64) -> String {
    let percent = 100.0 * value;
    match figure.unit {
        ThresholdUnit::Share if percent.abs() < 0.005 => "0 points".to_owned(),
        ThresholdUnit::Share => format!("{percent:+.2} points"),
        _ if percent.abs() < 0.05 => "0 %".to_owned(),
        _ if percent.abs() >= 1000.0 => format!("× {}", human::number(1.0 + value)),
        _ => format!("{percent:+.1} %"),
    }
}

fn p(p: f64) -> String {
    if p < 0.001 { "< 0.001".to_owned() } else { format!("{p:.3}") }
}

fn to_be_known(record: &ComparisonRecord) -> Option<Section> {
    let notes: Vec<Note> = record.notes.iter().map(|note| Note::new(Tone::Doubtful, human::plain(note, 500))).collect();
    (!notes.is_empty()).then(|| Section::new("To be known", [Block::Notes(notes)]))
}

/// How a verdict stands out.
pub(in crate::report) fn tone(verdict: ChangeVerdict) -> Tone {
    match verdict {
        ChangeVerdict::Worse => Tone::Bad,
        ChangeVerdict::Better | ChangeVerdict::Unchanged => Tone::Good,
        ChangeVerdict::Unclear => Tone::Doubtful,
    }
}

fn verdict(record: &ComparisonRecord) -> Section {
    let said = match record.indicative {
        true => "no verdict: indicative".to_owned(),
        false => format!("{} (exit status {})", record.verdict, record.exit_code),
    };
    let tone = if record.wholly_failed().is_some() { Tone::Bad } else { tone(record.verdict) };
    let mut notes = vec![Note::new(tone, said)];
    notes.extend(record.reasons.iter().map(|reason| Note::new(Tone::Plain, human::plain(reason, 500))));
    Section::new("Verdict", [Block::Notes(notes)])
}
