//! What was checked after the load.

use super::{Block, Note, Section, Tone};
use crate::record::Record;
use crate::report::human;

pub(super) fn section(record: &Record) -> Option<Section> {
    if record.checks.is_empty() {
        return None;
    }
    let notes = record.checks.iter().map(|check| {
        let tone = if check.passed { Tone::Good } else { Tone::Bad };
        let message = check.message.as_ref().map(|message| format!(": {message}")).unwrap_or_default();
        Note::new(tone, human::plain(&format!("{}{message}", check.name), 300))
    });
    Some(Section::new("Checks", [Block::Notes(notes.collect())]))
}
