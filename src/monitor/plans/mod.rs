//! The plans by which PostgreSQL carries out the users' statements.
//!
//! [`Plans`] is told of executions as they come and takes a first plan of each statement, then the plans that are wanted
//! when the load is over. `explainer` asks one server, and runs nothing but what `harmless` finds so; `reading` makes a
//! record of what it says.

mod explainer;
mod harmless;
#[allow(clippy::module_inception, reason = "they are the plans")]
mod plans;
mod reading;

pub use plans::Plans;
