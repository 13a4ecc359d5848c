//! On top: whether the figures below can be trusted.

use super::{Block, Note, Section, Tone};
use crate::record::Record;

pub(super) fn section(record: &Record) -> Option<Section> {
    if !record.generator.suspect {
        return None;
    }
    let mut notes: Vec<Note> =
        record.generator.reasons.iter().map(|reason| Note::new(Tone::Doubtful, reason.as_str())).collect();
    notes.push(Note::new(
        Tone::Plain,
        "the figures tell of throng as much as of the target: use fewer users, more workers, or a machine of its own",
    ));
    Some(Section::new("WARNING: throng may have been the limit", [Block::Notes(notes)]))
}
