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

    /// Has the server forget what was forgotten here, with the request that comes next.
    pub(super) fn tell_forgotten(&mut self, out: &mut BytesMut) -> Result<(), WireError> {
        self.forgotten.drain(..).try_for_each(|prepared| request::forget(&prepared.name, out))
    }
}
