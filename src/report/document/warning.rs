//! On top: whether the figures below can be trusted.

use super::{Block, Note, Section, Tone};
use crate::analysis::{saturating, worked_too_much};
use crate::record::Record;

pub(super) fn section(record: &Record) -> Option<Section> {
    if !record.generator.suspect {
        return None;
    }
    let mut notes: Vec<Note> =
        record.generator.reasons.iter().map(|reason| Note::new(Tone::Doubtful, reason.as_str())).collect();
    let title = match saturating(&record.generator) {
        Some(busy) => format!(
            "WARNING: throng was saturated by persona `{}`, which took {:.0} % of worker {}'s time",
            busy.persona, busy.percent, busy.worker
        ),
        None if worked_too_much(&record.generator) => "WARNING: throng may have been the limit".to_owned(),
        None => "WARNING: throng was kept waiting for a processor".to_owned(),
    };
    let advice = match worked_too_much(&record.generator) {
        true => "use fewer users, more workers, or a machine of its own",
        false => "give throng a machine of its own, or keep others from this one while it measures",
    };
    notes.push(Note::new(Tone::Plain, format!("the figures tell of throng as much as of the target: {advice}")));
    Some(Section::new(title, [Block::Notes(notes)]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::BusyRecord;
    use crate::report::sample;

    #[test]
    fn the_first_line_names_the_persona_that_saturated_throng() {
        let mut record = sample::record();
        assert_eq!(section(&record).expect("it is suspect").title, "WARNING: throng may have been the limit");
        record.generator.cpu_percent = 20.0;
        let title = section(&record).expect("it is suspect").title;
        assert_eq!(title, "WARNING: throng was kept waiting for a processor");
        record.generator.busy = vec![BusyRecord { worker: 1, persona: "burner".into(), percent: 97.4 }];
        let title = section(&record).expect("it is suspect").title;
        assert_eq!(title, "WARNING: throng was saturated by persona `burner`, which took 97 % of worker 1's time");
        record.generator.suspect = false;
        assert_eq!(section(&record), None);
    }
}
