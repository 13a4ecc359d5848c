//! What a connection has prepared: labelled statements for good, plain texts as long as they are recent.

use std::collections::HashMap;
use std::sync::Arc;

use super::columns::Columns;
use super::statement::Statement;

/// How many plain texts a connection keeps prepared.
const MAX_PLAIN: usize = 256;

/// A statement as the server knows it on one connection.
#[derive(Clone)]
pub(super) struct Prepared {
    pub statement: tokio_postgres::Statement,
    pub columns: Arc<Columns>,
}

struct Entry {
    prepared: Prepared,
    labelled: bool,
    last_used: u64,
}

/// Prepared statements by the number of their [`Statement`].
#[derive(Default)]
pub(super) struct PreparedStatements {
    entries: HashMap<u64, Entry>,
    plain: usize,
    uses: u64,
}

impl PreparedStatements {
    pub(super) fn get(&mut self, statement: &Statement) -> Option<Prepared> {
        self.uses += 1;
        let entry = self.entries.get_mut(&statement.id())?;
        entry.last_used = self.uses;
        Some(entry.prepared.clone())
    }

    pub(super) fn insert(&mut self, statement: &Statement, prepared: Prepared) {
        let labelled = statement.is_labelled();
        if !labelled && self.plain >= MAX_PLAIN {
            self.evict();
        }
        let entry = Entry { prepared, labelled, last_used: self.uses };
        if self.entries.insert(statement.id(), entry).is_none() && !labelled {
            self.plain += 1;
        }
    }

    pub(super) fn remove(&mut self, statement: &Statement) {
        if let Some(entry) = self.entries.remove(&statement.id())
            && !entry.labelled
        {
            self.plain -= 1;
        }
    }

    /// Forgets the plain text that was not used for longest; its drop tells the server.
    fn evict(&mut self) {
        let plain = self.entries.iter().filter(|(_, entry)| !entry.labelled);
        if let Some(oldest) = plain.min_by_key(|(_, entry)| entry.last_used).map(|(&id, _)| id) {
            self.entries.remove(&oldest);
            self.plain -= 1;
        }
    }
}
