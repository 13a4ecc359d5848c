//! An execution of a statement that stands for others.

use std::sync::Arc;

use super::param::Param;

/// One execution of a labelled statement, with its real parameters.
#[derive(Debug, Clone)]
pub struct Exemplar {
    /// The target it was sent to.
    pub target: String,
    /// The statement's label.
    pub label: Arc<str>,
    /// Its text.
    pub sql: Arc<str>,
    /// Its parameters.
    pub params: Vec<Param>,
    /// How long it took, from sending to the last row.
    pub time_us: u64,
}
