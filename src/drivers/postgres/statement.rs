//! What is sent to the server: an SQL text with a label, known to every connection by a number.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::columns::Columns;
use super::placeholders::count_placeholders;

/// Longest label made from a plain SQL text, in characters.
const LABEL_LENGTH: usize = 48;

static NEXT_ID: AtomicU64 = AtomicU64::new(1);

/// An SQL text. Made once and kept, because connections cache their prepared form under its number.
#[derive(Debug)]
pub struct Statement {
    id: u64,
    label: Arc<str>,
    sql: Arc<str>,
    timeout: Option<Duration>,
    labelled: bool,
    placeholders: usize,
    /// The columns it last returned, shared by all connections as long as they agree.
    columns: Mutex<Option<Arc<Columns>>>,
}

impl Statement {
    /// A statement with a name for reports; connections keep it prepared as long as they live.
    pub fn labelled(label: impl Into<Arc<str>>, sql: impl Into<Arc<str>>) -> Self {
        Self::new(label.into(), sql.into(), true)
    }

    /// A plain SQL text, labelled by its beginning; connections keep the most recent of them prepared.
    pub fn plain(sql: impl Into<Arc<str>>) -> Self {
        let sql = sql.into();
        Self::new(label_of(&sql), sql, false)
    }

    fn new(label: Arc<str>, sql: Arc<str>, labelled: bool) -> Self {
        let id = NEXT_ID.fetch_add(1, Ordering::Relaxed);
        let placeholders = count_placeholders(&sql);
        Self { id, label, sql, timeout: None, labelled, placeholders, columns: Mutex::new(None) }
    }

    /// The same with its own time limit instead of the target's.
    pub fn with_timeout(mut self, timeout: Option<Duration>) -> Self {
        self.timeout = timeout;
        self
    }

    /// Its name in reports and errors.
    pub fn label(&self) -> &Arc<str> {
        &self.label
    }

    /// Its text.
    pub fn sql(&self) -> &Arc<str> {
        &self.sql
    }

    /// Its own time limit, if it has one.
    pub fn timeout(&self) -> Option<Duration> {
        self.timeout
    }

    /// Its number within this process.
    pub(super) fn id(&self) -> u64 {
        self.id
    }

    /// Whether connections keep it prepared for good.
    pub(super) fn is_labelled(&self) -> bool {
        self.labelled
    }

    /// The highest `$n` in its text.
    pub(super) fn placeholders(&self) -> usize {
        self.placeholders
    }

    /// The shared form of `columns`: the known one if it is the same, else a new one.
    pub(super) fn share_columns<'a>(
        &self,
        columns: impl Iterator<Item = super::columns::Described<'a>> + Clone,
    ) -> Arc<Columns> {
        let mut known = self.columns.lock().unwrap_or_else(PoisonError::into_inner);
        match &*known {
            Some(shared) if shared.matches(columns.clone()) => shared.clone(),
            _ => known.insert(Arc::new(Columns::new(columns))).clone(),
        }
    }
}

/// The first words of an SQL text, on one line.
fn label_of(sql: &str) -> Arc<str> {
    let mut label = String::with_capacity(LABEL_LENGTH);
    for word in sql.split_whitespace() {
        if !label.is_empty() {
            label.push(' ');
        }
        label.push_str(word);
        if label.chars().count() > LABEL_LENGTH {
            let cut: String = label.chars().take(LABEL_LENGTH - 1).collect();
            return format!("{cut}…").into();
        }
    }
    label.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_text_is_labelled_by_its_beginning() {
        assert_eq!(&**Statement::plain("  SELECT\n  1 ").label(), "SELECT 1");
        let long = Statement::plain("SELECT id, first_name, last_name, status FROM members WHERE id = $1");
        assert_eq!(&**long.label(), "SELECT id, first_name, last_name, status FROM m…");
    }

    #[test]
    fn every_statement_has_a_number_of_its_own() {
        assert_ne!(Statement::plain("SELECT 1").id(), Statement::plain("SELECT 1").id());
    }
}
