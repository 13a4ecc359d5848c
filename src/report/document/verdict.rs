//! The last word.

use super::{Block, Note, Section, Tone};
use crate::record::{Record, Verdict};
use crate::report::human;

pub(super) fn section(record: &Record) -> Option<Section> {
    let tone = match record.verdict {
        Verdict::Passed => Tone::Good,
        Verdict::Failed | Verdict::Aborted => Tone::Bad,
        Verdict::Warning | Verdict::Interrupted => Tone::Doubtful,
    };
    let mut notes = vec![Note::new(tone, format!("{} (exit status {})", record.verdict, record.exit_code))];
    // What follows the first line, such as a traceback, stands elsewhere or in the record.
    let first_lines = record.reasons.iter().filter_map(|reason| reason.lines().next());
    notes.extend(first_lines.map(|line| Note::new(Tone::Plain, human::plain(line, 500))));
    Some(Section::new("Verdict", [Block::Notes(notes)]))
}
