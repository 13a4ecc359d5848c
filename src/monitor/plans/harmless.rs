//! Whether a statement may be run for its plan: it must have no effect that a rolled back transaction leaves behind.
//!
//! The transaction itself refuses writes. What is left are functions: some reach beyond the transaction, by a signal to
//! another session, a lock of the session's, a program. The server knows of each whether it may (`provolatile`).

use serde_json::Value;

use crate::drivers::postgres::{calls, has_word};

/// Steps of a plan that write, lock rows, or reach another server.
const ACTING: [&str; 4] = ["ModifyTable", "LockRows", "Foreign Scan", "Custom Scan"];

/// The functions that a statement calls, by what the server says of it (`EXPLAIN (VERBOSE, FORMAT JSON)`).
///
/// # Errors
/// Why it must not be run whatever they are.
pub(super) fn called(sql: &str, verbose: &str) -> Result<Vec<String>, String> {
    // `SELECT … INTO` makes a table, of which the plan says nothing.
    if has_word(sql, "into") {
        return Err("not run for its plan: it writes".to_owned());
    }
    let plan: Value = serde_json::from_str(verbose).map_err(|_| "the server's plan can't be read".to_owned())?;
    let mut called = calls(sql);
    look(&plan, &mut called)?;
    called.sort();
    called.dedup();
    Ok(called)
}

fn look(value: &Value, called: &mut Vec<String>) -> Result<(), String> {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                match (name.as_str(), value.as_str()) {
                    ("Node Type", Some(node)) if ACTING.contains(&node) => {
                        return Err("not run for its plan: it writes, locks rows or reaches another server".to_owned());
                    }
                    ("Function Name", Some(name)) => called.push(name.to_owned()),
                    _ => look(value, called)?,
                }
            }
            Ok(())
        }
        Value::Array(items) => items.iter().try_for_each(|item| look(item, called)),
        Value::String(text) => {
            called.extend(calls(text));
            Ok(())
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_writes_or_locks_is_not_run() {
        for (sql, plan) in [
            ("SELECT a INTO b FROM c", r#"[{"Plan": {"Node Type": "Seq Scan"}}]"#),
            (
                "WITH x AS (…) SELECT 1",
                r#"[{"Plan": {"Node Type": "CTE Scan", "Plans": [{"Node Type": "ModifyTable"}]}}]"#,
            ),
            ("SELECT 1 FOR UPDATE", r#"[{"Plan": {"Node Type": "LockRows"}}]"#),
        ] {
            assert!(called(sql, plan).is_err(), "{sql}");
        }
    }

    #[test]
    fn functions_are_found_wherever_the_plan_has_them() {
        let plan = r#"[{"Plan": {"Node Type": "Function Scan", "Function Name": "generate_series",
            "Filter": "(lower(a.b) = 'x('::text)", "Output": ["pg_sleep('1'::double precision)"]}}]"#;
        assert_eq!(
            called("SELECT a(1)", plan),
            Ok(["a", "generate_series", "lower", "pg_sleep"].map(str::to_owned).into())
        );
    }
}
