//! Finds the scenario's statements again among those the server knows.

use std::collections::HashMap;

use crate::drivers::postgres::fingerprint;
use crate::record::{ProfileTotal, SamplerData, SourceRecord};

/// The server cuts the text of a running statement off at `track_activity_query_size`, 1,024 bytes unless told otherwise;
/// what is longer than this may have lost its end.
const MAY_BE_CUT: usize = 500;

/// How much of a text without a label is shown.
const SHOWN: usize = 200;

/// What throng itself sends for scripts, by label.
const OWN: [(&str, &str); 4] =
    [("BEGIN", "BEGIN"), ("COMMIT", "COMMIT"), ("ROLLBACK", "ROLLBACK"), ("notify", "SELECT pg_notify($1, $2)")];

/// Labels by the shape of their statement.
pub(super) struct Labels(HashMap<String, String>);

impl Labels {
    /// Of labels and SQL texts.
    pub(super) fn new(labelled: &[(String, String)]) -> Self {
        let own = OWN.iter().map(|(label, sql)| (fingerprint(sql), (*label).to_owned()));
        Self(own.chain(labelled.iter().map(|(label, sql)| (fingerprint(sql), label.clone()))).collect())
    }

    /// The label of the statement of that shape.
    fn of(&self, shape: &str) -> Option<&str> {
        if let Some(label) = self.0.get(shape) {
            return Some(label);
        }
        if shape.starts_with("begin ") {
            return Some("BEGIN");
        }
        // The last word may be cut off within.
        let whole = shape.rsplit_once(' ').map(|(whole, _)| whole).filter(|whole| whole.len() > MAY_BE_CUT)?;
        let mut longer = self.0.iter().filter(|(known, _)| known.starts_with(whole));
        let (_, label) = longer.next()?;
        longer.next().is_none().then_some(label)
    }

    /// What a text is called: its label, or its beginning without its constants.
    fn name(&self, text: &str) -> String {
        let shape = fingerprint(text);
        match self.of(&shape) {
            Some(label) => label.to_owned(),
            None => shape.chars().take(SHOWN).collect(),
        }
    }

    /// Names the statements in all that was seen.
    pub(super) fn put_into(&self, record: &mut SourceRecord) {
        let mut by_id = HashMap::new();
        for sampler in &mut record.samplers {
            match &mut sampler.data {
                SamplerData::Rows(rows) => {
                    for row in &mut rows.rows {
                        let (Some(query), Some(id)) = (row.names.get("query"), row.names.get("query_id")) else {
                            continue;
                        };
                        let shape = fingerprint(query);
                        by_id.insert(id.clone(), self.name(query));
                        match self.of(&shape) {
                            Some(label) => row.names.insert("label".to_owned(), label.to_owned()),
                            // Of others' commands the server shows the constants too, passwords among them.
                            None => row.names.insert("query".to_owned(), shape),
                        };
                    }
                }
                SamplerData::Sightings(sightings) => {
                    for sighting in &mut sightings.sightings {
                        for (side, label) in [("blocked", "blocked_label"), ("blocker", "blocker_label")] {
                            if let Some(known) = sighting.names.get(side).and_then(|shape| self.of(shape)) {
                                sighting.names.insert(label.to_owned(), known.to_owned());
                            }
                        }
                    }
                }
                _ => {}
            }
        }
        for sampler in &mut record.samplers {
            if let SamplerData::Profile(profile) = &mut sampler.data {
                profile.totals = self.named(std::mem::take(&mut profile.totals), &by_id);
            }
        }
    }

    /// The totals with subjects by name; what comes to the same name is added up.
    fn named(&self, totals: Vec<ProfileTotal>, by_id: &HashMap<String, String>) -> Vec<ProfileTotal> {
        let mut sums: HashMap<(String, Option<String>), u64> = HashMap::new();
        for total in totals {
            let is_id = |subject: &String| subject.parse::<i64>().is_ok();
            let subject = match total.subject {
                Some(id) if is_id(&id) => by_id.get(&id).cloned().or(Some(id)),
                Some(text) => Some(self.name(&text)),
                None => None,
            };
            *sums.entry((total.event, subject)).or_default() += total.count;
        }
        let mut named: Vec<_> =
            sums.into_iter().map(|((event, subject), count)| ProfileTotal { event, subject, count }).collect();
        named.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| (&a.event, &a.subject).cmp(&(&b.event, &b.subject))));
        named
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{RowRecord, RowsRecord, SamplerRecord};

    fn labels() -> Labels {
        let long = format!("SELECT {} FROM t WHERE id = $1", vec!["column_name"; 100].join(", "));
        Labels::new(&[("find".into(), "SELECT a FROM t WHERE id = $1".into()), ("long".into(), long)])
    }

    #[test]
    fn a_statement_is_known_by_its_shape() {
        for (text, name) in [
            ("select a from t where id = 7", "find"),
            ("BEGIN ISOLATION LEVEL SERIALIZABLE", "BEGIN"),
            ("SELECT 'secret'", "select ?"),
        ] {
            assert_eq!(labels().name(text), name);
        }
    }

    #[test]
    fn a_command_of_others_is_kept_without_its_constants() {
        let of_others = |sql: &str| RowRecord {
            names: [("query", sql), ("query_id", "1")].map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
            ..RowRecord::default()
        };
        for sql in ["ALTER ROLE clerk PASSWORD 'secret'", "ALTER ROLE clerk PASSWORD 'secr"] {
            let sampler = SamplerRecord {
                name: "statements".to_owned(),
                period_s: 1.0,
                samples: 1,
                failed: 0,
                took_us: 0,
                resets: 0,
                data: SamplerData::Rows(RowsRecord { rows: vec![of_others(sql)], left_out: 0 }),
            };
            let mut record = SourceRecord { samplers: vec![sampler], ..SourceRecord::default() };
            labels().put_into(&mut record);
            assert_eq!(record.rows("statements")[0].name("query"), "alter role clerk password ?", "{sql}");
        }
    }

    #[test]
    fn a_text_that_was_cut_off_is_known_by_its_beginning() {
        let text = format!("SELECT {} FROM t WHERE id = $1", vec!["column_name"; 100].join(", "));
        assert_eq!(labels().name(&text[..1023]), "long");
    }
}
