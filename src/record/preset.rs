//! The limits that a run was judged by.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::plan::preset::Limit;
use crate::plan::settings::PresetChoice;

/// The preset in force, and its limits with what was changed of them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PresetRecord {
    /// Its name.
    pub name: String,
    /// Every limit by name: times in µs, shares as parts of 1, rates by the second, sizes in bytes.
    pub limits: BTreeMap<String, f64>,
}

impl PresetRecord {
    /// A limit's value.
    pub fn limit(&self, limit: Limit) -> f64 {
        self.limits.get(limit.name()).copied().unwrap_or_else(|| limit.default_value())
    }
}

impl From<&PresetChoice> for PresetRecord {
    fn from(choice: &PresetChoice) -> Self {
        let limits = Limit::ALL.iter().map(|limit| (limit.name().to_owned(), choice.value(*limit)));
        Self { name: choice.preset().name.to_owned(), limits: limits.collect() }
    }
}

impl Default for PresetRecord {
    fn default() -> Self {
        Self::from(&PresetChoice::default())
    }
}
