//! What a connection has prepared: labelled statements for good, plain texts as long as they are recent.

use std::collections::HashMap;
use std::sync::Arc;

use bytes::BytesMut;
use tokio_postgres::types::Type;

use super::columns::Columns;
use super::protocol::{WireError, request};
use super::statement::Statement;

/// How many plain texts a connection keeps prepared.
const MAX_PLAIN: usize = 256;

/// A statement as the server knows it on one connection.
#[derive(Debug)]
pub(super) struct Prepared {
    /// What the server calls it.
    pub name: String,
    /// The types of its parameters.
    pub parameters: Vec<Type>,
    pub columns: Arc<Columns>,
}

struct Entry {
    prepared: Arc<Prepared>,
    labelled: bool,
    last_used: u64,
}

/// Prepared statements by the number of their [`Statement`].
#[derive(Default)]
pub(super) struct PreparedStatements {
    entries: HashMap<u64, Entry>,
    plain: usize,
    uses: u64,
    /// Forgotten here, but not yet by the server.
    forgotten: Vec<Arc<Prepared>>,
}

impl PreparedStatements {
    pub(super) fn get(&mut self, statement: &Statement) -> Option<Arc<Prepared>> {
        self.uses += 1;
        let entry = self.entries.get_mut(&statement.id())?;
        entry.last_used = self.uses;
        Some(entry.prepared.clone())
    }

    pub(super) fn insert(&mut self, statement: &Statement, prepared: Arc<Prepared>) {
        let labelled = statement.is_labelled();
        if !labelled && self.plain >= MAX_PLAIN {
            self.evict();
        }
        let entry = Entry { prepared, labelled, last_used: self.uses };
        match self.entries.insert(statement.id(), entry) {
            Some(other) => self.forgotten.push(other.prepared),
            None => self.plain += usize::from(!labelled),
        }
    }

    pub(super) fn remove(&mut self, statement: &Statement) {
        self.remove_number(statement.id());
    }

    fn remove_number(&mut self, id: u64) {
        if let Some(entry) = self.entries.remove(&id) {
            self.plain -= usize::from(!entry.labelled);
            self.forgotten.push(entry.prepared);
        }
    }

    /// Forgets the plain text that was not used for longest.
    fn evict(&mut self) {
        let plain = self.entries.iter().filter(|(_, entry)| !entry.labelled);
        if let Some(oldest) = plain.min_by_key(|(_, entry)| entry.last_used).map(|(&id, _)| id) {
            self.remove_number(oldest);
        }
    }

    /// Has the server forget what was forgotten here, with the request that comes next; to be told that once more
    /// unless [`Self::told`] says that it left.
    pub(super) fn tell_forgotten(&self, out: &mut BytesMut) -> Result<(), WireError> {
        self.forgotten.iter().try_for_each(|prepared| request::forget(&prepared.name, out))
    }

    /// Takes note that the request with what was forgotten has been sent.
    pub(super) fn told(&mut self) {
        self.forgotten.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn prepared(name: &str) -> Arc<Prepared> {
        Arc::new(Prepared { name: name.to_owned(), parameters: Vec::new(), columns: Columns::none() })
    }

    fn forgotten(statements: &PreparedStatements) -> String {
        let mut out = BytesMut::new();
        statements.tell_forgotten(&mut out).expect("names are short");
        let out = &out[..];
        // Of each message a letter, a length, `S`, the name and a zero.
        let parts = out.split(|&byte| byte == 0).filter_map(|part| part.strip_prefix(b"\x08S"));
        parts.map(|name| String::from_utf8_lossy(name) + " ").collect()
    }

    #[test]
    fn what_was_forgotten_is_told_until_it_has_left() {
        let mut known = PreparedStatements::default();
        let statement = Statement::plain("SELECT 1");
        known.insert(&statement, prepared("s1"));
        known.remove(&statement);
        assert!(known.get(&statement).is_none());
        assert_eq!(forgotten(&known), "s1 ");
        // The request that it was to go with could not be written.
        assert_eq!(forgotten(&known), "s1 ");
        known.told();
        assert_eq!(forgotten(&known), "");
    }

    #[test]
    fn of_plain_texts_the_one_not_used_for_longest_goes_and_labelled_ones_stay() {
        let mut known = PreparedStatements::default();
        let labelled = Statement::labelled("kept", "SELECT 0");
        known.insert(&labelled, prepared("k"));
        let plain: Vec<Statement> = (0..=MAX_PLAIN).map(|n| Statement::plain(format!("SELECT {n}"))).collect();
        for (n, statement) in plain[..MAX_PLAIN].iter().enumerate() {
            assert!(known.get(statement).is_none());
            known.insert(statement, prepared(&n.to_string()));
        }
        assert!(known.get(&plain[0]).is_some());
        known.insert(&plain[MAX_PLAIN], prepared("new"));
        assert!(known.get(&plain[1]).is_none());
        assert!([&labelled, &plain[0], &plain[2], &plain[MAX_PLAIN]].iter().all(|kept| known.get(kept).is_some()));
        assert_eq!(known.plain, MAX_PLAIN);
    }

    #[test]
    fn a_statement_prepared_again_replaces_its_older_form() {
        let mut known = PreparedStatements::default();
        let statement = Statement::plain("SELECT 1");
        known.insert(&statement, prepared("s1"));
        known.insert(&statement, prepared("s2"));
        assert_eq!(known.get(&statement).expect("it is there").name, "s2");
        assert_eq!((forgotten(&known).as_str(), known.plain), ("s1 ", 1));
    }
}
