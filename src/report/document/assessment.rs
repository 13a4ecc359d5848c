//! The run rated by rules of thumb, and what does not add up.

use super::{Block, Note, Section, Tone};
use crate::analysis::{Assessment, Rating, Status, Subject, assess, littles_law, overall};
use crate::record::Record;
use crate::report::human;

pub(super) fn section(record: &Record) -> Option<Section> {
    let assessments = assess(record);
    let outside = record.totals.errors_outside;
    let mut notes: Vec<Note> = assessments.iter().map(|assessment| note(assessment, outside)).collect();
    notes.extend(overall(&assessments).map(|status| by_preset(record, status)));
    if let Some(law) = littles_law(record).filter(|law| !law.holds()) {
        let text = format!(
            "by Little's law the figures account for {} users, but {} were there ({:+.0} %)",
            human::number(law.accounted),
            human::number(law.users),
            100.0 * law.gap()
        );
        notes.push(Note::new(Tone::Doubtful, text));
    }
    (!notes.is_empty()).then(|| Section::new("Assessment", [Block::Notes(notes)]))
}

/// What the ratings come to, and whose tables they are by.
fn by_preset(record: &Record, status: Status) -> Note {
    let tone = match status {
        Status::Passed => Tone::Good,
        Status::Warning => Tone::Doubtful,
        Status::Failed => Tone::Bad,
    };
    Note::new(tone, format!("together: {}, by the tables of preset `{}`", status.name(), record.preset.name))
}

/// A rating; `outside` counts the errors outside operations.
fn note(assessment: &Assessment, outside: u64) -> Note {
    let (tone, rating) = match assessment.rating {
        Rating::Excellent if assessment.subject == Subject::Throughput => (Tone::Good, "high"),
        Rating::Excellent => (Tone::Good, "excellent"),
        Rating::Good => (Tone::Good, "good"),
        Rating::Fair => (Tone::Doubtful, "fair"),
        Rating::Poor => (Tone::Bad, "poor"),
    };
    let figure = match assessment.subject {
        Subject::Response => format!("mean response time {}", human::time_us(assessment.value)),
        Subject::Throughput => format!("throughput {}", human::rate(assessment.value)),
        Subject::Success if outside > 0 => {
            format!("success rate {} with the errors outside operations", human::share(assessment.value))
        }
        Subject::Success => format!("success rate {}", human::share(assessment.value)),
        Subject::Hits => format!("hits in Redis {}", human::share(assessment.value)),
    };
    Note::new(tone, format!("{figure}: {rating}, {}", assessment.advice))
}
