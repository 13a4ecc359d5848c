//! `docs/benchmarks.md`, written by a full bench and never by hand.

use std::fs;
use std::path::Path;

use super::machine::Machine;
use super::{BenchError, Case, Options, Outcome, table};

/// The page with places for what was measured.
const TEMPLATE: &str = include_str!("page.md");

/// What follows from others having used the machine.
pub const BUSY: &str = "others kept the machine busy meanwhile; that disturbs ratios, and makes times and rates worse \
                        than the machine's own";

/// Writes the page.
pub fn write_page(options: &Options, machine: &Machine, results: &[(&Case, Outcome)]) -> Result<(), BenchError> {
    let warning = if machine.others().1 { format!("\nNote: {BUSY}.\n") } else { String::new() };
    let text = TEMPLATE
        .replace("{rounds}", &options.rounds().to_string())
        .replace("{seconds}", &options.seconds().to_string())
        .replace("{machine}\n", &format!("{}{warning}", machine.markdown()))
        .replace("{table}\n", &table::markdown(results));
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/benchmarks.md");
    fs::write(&page, text).map_err(BenchError::io("write docs/benchmarks.md"))
}
