//! The last word.

use super::{Block, Note, Section, Tone};
use crate::record::{Record, Verdict};
use crate::report::human;

pub(super) fn section(record: &Record) -> Option<Section> {
    let tone = match record.verdict {
        Verdict::Passed => Tone::Good,
        Verdict::Failed | Verdict::Aborted => Tone::Bad,
        Verdict::Interrupted => Tone::Doubtful,
    };
    let mut notes = vec![Note::new(tone, format!("{} (exit status {})", record.verdict, record.exit_code))];
    notes.extend(record.reasons.iter().map(|reason| Note::new(Tone::Plain, human::plain(reason, 500))));
    Some(Section::new("Verdict", [Block::Notes(notes)]))
}
