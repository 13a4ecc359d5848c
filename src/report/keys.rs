//! The keys of JSON, for tests that hold them against the documentation.

use std::collections::BTreeSet;

use serde_json::Value;

/// Every key in a text, but for those within the values of `closed` ones.
pub(super) fn keys(text: &str, closed: &[&str]) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    collect(&serde_json::from_str(text).expect("it is JSON"), closed, &mut found);
    found
}

fn collect(value: &Value, closed: &[&str], found: &mut BTreeSet<String>) {
    match value {
        Value::Object(entries) => {
            for (key, value) in entries {
                found.insert(key.clone());
                if !closed.contains(&key.as_str()) {
                    collect(value, closed, found);
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, closed, found)),
        _ => {}
    }
}
