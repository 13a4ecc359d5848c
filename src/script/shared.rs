//! State that scripts share across workers: counters, queues, barriers, key-values.

/// The shared state of one run.
#[derive(Debug, Default)]
pub struct Shared {}
