//! What was checked after the load.

use super::{Block, Note, Section, Tone};
use crate::record::Record;
use crate::report::human;

/// Characters of a line that are shown.
const LONGEST: usize = 300;

/// Lines of a message that are shown after its first.
const MOST_LINES: usize = 30;

pub(super) fn section(record: &Record) -> Option<Section> {
    if record.checks.is_empty() {
        return None;
    }
    let notes = record.checks.iter().flat_map(|check| {
        let message = check.message.as_deref().unwrap_or_default();
        let mut lines = message.lines();
        let first = lines.next().map(|line| format!(": {line}")).unwrap_or_default();
        let tone = if check.passed { Tone::Good } else { Tone::Bad };
        let first = Note::new(tone, human::plain(&format!("{}{first}", check.name), LONGEST));
        // What is wrong in the data is what the reader came for, so all of it is shown.
        let rest = lines.take(MOST_LINES).map(|line| Note::new(Tone::Plain, human::plain(line.trim(), LONGEST)));
        std::iter::once(first).chain(rest.collect::<Vec<_>>())
    });
    Some(Section::new("Checks", [Block::Notes(notes.collect())]))
}
