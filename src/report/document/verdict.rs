//! The last word.

use super::{Block, Note, Section, Tone};
use crate::record::{Record, Verdict};
use crate::report::human;

impl From<Verdict> for Tone {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Passed => Self::Good,
            Verdict::Failed | Verdict::Aborted => Self::Bad,
            Verdict::Warning | Verdict::Interrupted => Self::Doubtful,
        }
    }
}

pub(super) fn section(record: &Record) -> Option<Section> {
    let verdict = format!("{} (exit status {})", record.verdict, record.exit_code);
    let mut notes = vec![Note::new(record.verdict.into(), verdict)];
    // What follows the first line, such as a traceback, stands elsewhere or in the record.
    let first_lines = record.reasons.iter().filter_map(|reason| reason.lines().next());
    notes.extend(first_lines.map(|line| Note::new(Tone::Plain, human::plain(line.trim_end_matches(':'), 500))));
    Some(Section::new("Verdict", [Block::Notes(notes)]))
}
