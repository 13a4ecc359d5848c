//! Tables that a scenario makes anew: refused where somebody else's rows would go with them.
//!
//! A scenario names them in `tables`. Before `setup` each must be absent or bear throng's mark, a
//! comment on the table; after `setup` all of them bear it, so that the next run may begin again.

use super::PATIENCE;
use crate::drivers::Failure;
use crate::drivers::postgres::{Connection, Statement};
use crate::plan::Plan;
use crate::plan::target::PostgresTarget;

/// The comment by which throng knows tables of its own.
pub(in crate::monitor) const MARK: &str = "made by throng";

/// A scenario that must not, or cannot, have its tables.
#[derive(Debug, thiserror::Error)]
pub enum ClaimError {
    /// A table is there that throng did not make.
    #[error(
        "target `{target}` already has a table `{table}` that throng did not make, and the scenario would make it anew\nhint: use another database, or drop the table if nobody needs its rows"
    )]
    Foreign {
        /// The target's name.
        target: String,
        /// The table, as the scenario names it.
        table: String,
    },
    /// The target could not be asked.
    #[error("target `{target}`: {source}")]
    Failed {
        /// The target's name.
        target: String,
        /// What happened.
        source: Box<Failure>,
    },
}

/// Refuses tables that are there and not throng's.
///
/// # Errors
/// When there is one, or a target can't be asked.
pub async fn check(plan: &Plan) -> Result<(), ClaimError> {
    for (name, target) in targets(plan) {
        let failed = |failure| ClaimError::Failed { target: name.clone(), source: Box::new(failure) };
        if let Some(table) = first_foreign(plan, target).await.map_err(failed)? {
            return Err(ClaimError::Foreign { target: name.clone(), table });
        }
    }
    Ok(())
}

/// Marks the tables that are there now as throng's.
///
/// # Errors
/// When a target can't be told so.
pub async fn mark(plan: &Plan) -> Result<(), ClaimError> {
    for (name, target) in targets(plan) {
        let failed = |failure| ClaimError::Failed { target: name.clone(), source: Box::new(failure) };
        mark_all(plan, target).await.map_err(failed)?;
    }
    Ok(())
}

/// The targets that may hold tables of the scenario.
fn targets(plan: &Plan) -> impl Iterator<Item = (&String, &PostgresTarget)> {
    plan.targets.postgres.iter().filter(|_| !plan.tables.is_empty())
}

async fn first_foreign(plan: &Plan, target: &PostgresTarget) -> Result<Option<String>, Failure> {
    let connection = Connection::open(target, &plan.limits.with_statement(PATIENCE)).await?;
    let mut foreign = None;
    for table in &plan.tables {
        let class = format!("to_regclass('{}')", quoted(table));
        // Rows or none: in simple mode a value would come as text.
        let sql = format!(
            "SELECT 1 WHERE {class} IS NOT NULL AND obj_description({class}::oid, 'pg_class') IS DISTINCT FROM '{MARK}'"
        );
        if !connection.query(&Statement::plain(sql), &[]).await?.is_empty() {
            foreign = Some(table.clone());
            break;
        }
    }
    connection.close().await;
    Ok(foreign)
}

async fn mark_all(plan: &Plan, target: &PostgresTarget) -> Result<(), Failure> {
    let connection = Connection::open(target, &plan.limits.with_statement(PATIENCE)).await?;
    let marks = plan.tables.iter().map(|table| {
        let name = quoted(table);
        format!("IF to_regclass('{name}') IS NOT NULL THEN COMMENT ON TABLE {name} IS '{MARK}'; END IF;")
    });
    connection.script(&format!("DO $$ BEGIN {} END $$", marks.collect::<Vec<_>>().join(" "))).await?;
    connection.close().await;
    Ok(())
}

/// A table's name as an identifier, with its schema if it has one. The plan has checked that it is letters, digits,
/// `_` and dots.
fn quoted(table: &str) -> String {
    table.split('.').map(|part| format!("\"{part}\"")).collect::<Vec<_>>().join(".")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_quoted_part_by_part() {
        assert_eq!(quoted("members"), "\"members\"");
        assert_eq!(quoted("office.Members"), "\"office\".\"Members\"");
    }
}
