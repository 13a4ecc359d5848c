//! Judging: thresholds, ratings, scaling, the generator's health and the verdict.
//!
//! Pure functions of figures; nothing here reads a clock or touches a target. A run is judged
//! by [`conclude`]; what a report says beyond that comes from the other functions.

mod advice;
mod assessment;
mod breakdown;
mod capacity;
mod compare;
mod delivery;
mod findings;
mod generator;
mod history;
mod little;
mod median;
mod scaling;
mod scans;
mod staircase;
mod suite;
pub mod threshold;
mod trend;
mod usl;
mod verdict;

pub use assessment::{Assessment, Rating, Status, Subject, assess, overall};
pub use compare::{PlayedRun, Side, Unlike, compare, spread, unlike, unlike_plan};
pub use delivery::{Delivery, Limit, delivery};
pub use generator::{saturating, worked_too_much};
pub use history::{LEAST_RUNS as LEAST_HISTORY, SeenRun, history};
pub use little::{LittlesLaw, littles_law};
pub use scaling::{Scaling, scaling};
pub use scans::{WastefulScan, wasteful_scans};
pub use staircase::MOST_STEPS;
pub use suite::{conclude_suite, suite_run};
pub use usl::{LEAST_LOADS, Usl, UslError, usl};
pub use verdict::{Ending, conclude};
