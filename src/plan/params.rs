//! Parameters of a scenario: declared with a default, set by profile, file, environment or `--param`.

use std::collections::BTreeMap;

use super::Data;

/// One declared parameter.
#[derive(Debug, Clone, PartialEq)]
pub struct Param {
    /// The value to use; starts as the declared default.
    pub value: Data,
    /// One line of help.
    pub doc: String,
}

/// All parameters by name.
pub type Params = BTreeMap<String, Param>;
