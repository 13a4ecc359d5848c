//! A suite: several runs that are judged together, as plain data.
//!
//! [`Suite`] is what a file says, read by `read`; [`Suite::choose`] picks a mode, an environment and
//! some of its runs, and gives for each the settings that it is to be played with. [`Shortening`] makes all lengths
//! shorter in proportion.

mod choose;
mod error;
mod file;
mod keys;
mod read;
mod shorten;

pub use choose::{Choice, Chosen, ChosenRun};
pub use error::SuiteError;
pub use file::{Part, Play, Suite, SuiteRun, Variant};
pub use keys::ReadSettings;
pub use shorten::{LEAST, Shortening};
