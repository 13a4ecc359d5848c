//! What the linear rule says of more users.

use super::{Block, Note, Section, Tone};
use crate::analysis::{Scaling, scaling};
use crate::record::Record;
use crate::report::human;

pub(super) fn section(record: &Record) -> Option<Section> {
    let estimate = scaling(record)?;
    let title = format!("Scaling to {}", human::things(estimate.scale_to, "user"));
    Some(Section::new(title, [Block::Notes(notes(&estimate))]))
}

fn notes(estimate: &Scaling) -> Vec<Note> {
    let target = human::time_us(estimate.target_us);
    let capacity =
        format!("capacity by the linear rule: about {} at {target}", human::things(estimate.capacity as u64, "user"));
    let response = format!(
        "response time at {} by the same rule: about {}",
        human::things(estimate.scale_to, "user"),
        human::time_us(estimate.response_at_us)
    );
    let verdict = match estimate.suffices() {
        true => Note::new(Tone::Good, response),
        false => Note::new(Tone::Doubtful, response),
    };
    let basis = format!(
        "the rule is {target} / {} × {}, measured at that one load; past the knee it is too hopeful",
        human::time_us(estimate.mean_us),
        human::things(estimate.users, "user")
    );
    vec![Note::new(Tone::Plain, capacity), verdict, Note::new(Tone::Plain, basis)]
}
