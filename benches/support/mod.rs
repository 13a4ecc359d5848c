//! What the works and the tests of truth share.
//!
//! - `bench` is the workbench: servers, databases, peers' programs, and the laws that closed runs obeyed.
//! - `process` runs a program to its end, bounded in time, and tells what it took.
//! - `play` plays a scenario with the release binary and reads its record.
//! - `duel` lets throng and its peers take turns; `figure` holds what comes of it against a bar.
//! - `table`, `page` and `machine` tell the result.

mod bench;
mod duel;
mod error;
mod figure;
mod machine;
mod options;
mod page;
mod play;
mod process;
mod table;

pub use bench::{Bench, program};
pub use duel::{Contender, Effort, duel, median};
pub use error::BenchError;
pub use figure::{Bar, Case, Figure, Outcome, Reading, Unit};
pub use machine::Machine;
pub use options::Options;
pub use page::{BUSY, write_page};
pub use play::{Play, Played, throng};
pub use process::{Finished, Program};
pub use table::text;
