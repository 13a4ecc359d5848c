//! `throng compare`: holds runs against each other, and says what changed.

use std::path::{Path, PathBuf};

use super::error::CliError;
use super::exit::ExitStatus;
use super::out::{help_on, make_way, outputs, spare};
use super::records;
use super::terminal::Terminal;
use crate::analysis::{PlayedRun, Side, compare as hold_against, unlike};
use crate::plan::units::Percent;
use crate::record::UnlikeRecord;
use crate::report::comparison::{self, Comparison};

/// Arguments of `throng compare`.
#[derive(Debug, clap::Args)]
#[command(
    override_usage = "throng compare [OPTIONS] <BASE> <NEW>\n       throng compare [OPTIONS] <BASE>... -- <NEW>..."
)]
pub struct CompareArgs {
    /// Records that are held against, or folders of them; of two without `--`, the second is new
    #[arg(required = true, value_name = "BASE")]
    pub base: Vec<PathBuf>,

    /// Records that are held against them
    #[arg(last = true, value_name = "NEW")]
    pub new: Vec<PathBuf>,

    /// What matters, and where the report goes
    #[command(flatten)]
    pub how: CompareFlags,

    /// Compare runs that did not do the same work, and say what differs
    #[arg(long)]
    pub even_if_unlike: bool,

    #[arg(long, value_name = "FORMAT=PATH", help = help_on(comparison::FORMATS))]
    out: Vec<String>,
}

/// The least change that matters unless another is given.
const MIN_CHANGE: &str = "5%";

/// What every command takes that compares.
#[derive(Debug, Clone, clap::Args)]
pub struct CompareFlags {
    /// The least change that matters
    #[arg(long, value_name = "PERCENT", default_value = MIN_CHANGE, help_heading = "Comparing")]
    pub min_change: String,
}

impl CompareFlags {
    /// Whether another than the default was given.
    pub fn is_chosen(&self) -> bool {
        self.min_change != MIN_CHANGE
    }

    /// The least change that matters, a part of 1.
    ///
    /// # Errors
    /// When it is no percentage.
    pub fn min_change(&self) -> Result<f64, CliError> {
        let percent: Result<Percent, _> = self.min_change.parse();
        percent.map(Percent::fraction).map_err(|source| CliError::MinChange { source })
    }
}

/// Compares, prints the report, and writes it wherever it is asked for.
///
/// # Errors
/// When a record can't be read, runs are unlike, or a report can't be written.
pub fn compare(args: &CompareArgs, terminal: &mut Terminal) -> Result<ExitStatus, CliError> {
    let min_change = args.how.min_change()?;
    let outputs = outputs(&args.out, comparison::FORMATS)?;
    let (base, new) = args.sides()?;
    let (base, new) = (records::read_all(&base)?, records::read_all(&new)?);
    spare(&outputs, base.iter().chain(&new).map(|run| Path::new(&run.path)))?;
    make_way(&outputs, terminal);
    let comparison = hold(("base", base), ("new", new), min_change, &Allowed::of(args.even_if_unlike))?;
    terminal.print(&comparison::terminal(&comparison.record, &terminal.style()))?;
    for output in outputs {
        output.write(&comparison)?;
    }
    Ok(status(&comparison))
}

impl CompareArgs {
    /// The records of both sides.
    fn sides(&self) -> Result<(Vec<PathBuf>, Vec<PathBuf>), CliError> {
        let is_flag = |path: &&PathBuf| path.to_string_lossy().starts_with("--") && !path.exists();
        if let Some(flag) = self.new.iter().find(is_flag) {
            return Err(CliError::BehindFiles { text: flag.display().to_string() });
        }
        match (self.base.as_slice(), self.new.as_slice()) {
            ([base, new], []) => Ok((vec![base.clone()], vec![new.clone()])),
            (_, []) => Err(CliError::Sides { given: self.base.len() }),
            _ => Ok((self.base.clone(), self.new.clone())),
        }
    }
}

/// What may differ between runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Allowed {
    /// Nothing.
    Nothing,
    /// What differs between sides, as it was changed on purpose.
    BetweenSides,
    /// Anything.
    Anything,
}

impl Allowed {
    /// Nothing, unless runs are to be compared even if they are unlike.
    pub fn of(even_if_unlike: bool) -> Self {
        if even_if_unlike { Self::Anything } else { Self::Nothing }
    }
}

/// Holds one side against the other.
///
/// # Errors
/// When runs are unlike in what may not differ.
pub fn hold(
    base: (&str, Vec<PlayedRun>),
    new: (&str, Vec<PlayedRun>),
    min_change: f64,
    allowed: &Allowed,
) -> Result<Comparison, CliError> {
    let (a, b) = (Side { name: base.0, runs: &base.1 }, Side { name: new.0, runs: &new.1 });
    let unlike = unlike(a, b);
    let refused: Vec<&UnlikeRecord> = match allowed {
        Allowed::Nothing => unlike.within.iter().chain(&unlike.between).collect(),
        Allowed::BetweenSides => unlike.within.iter().collect(),
        Allowed::Anything => Vec::new(),
    };
    refuse(&refused)?;
    let differs = unlike.within.iter().chain(&unlike.between).cloned().collect();
    let record = hold_against(a, b, min_change, differs);
    Ok(Comparison { record, base: base.1, new: new.1 })
}

/// Refuses what differs, by name.
///
/// # Errors
/// When anything does.
pub fn refuse(unlike: &[&UnlikeRecord]) -> Result<(), CliError> {
    if unlike.is_empty() {
        return Ok(());
    }
    let line = |unlike: &&UnlikeRecord| format!("  {}: {} against {}", unlike.what, unlike.base, unlike.new);
    Err(CliError::Unlike { what: unlike.iter().map(line).collect::<Vec<_>>().join("\n") })
}

/// The exit status of a comparison.
pub fn status(comparison: &Comparison) -> ExitStatus {
    if comparison.record.exit_code == ExitStatus::Failed.code() { ExitStatus::Failed } else { ExitStatus::Passed }
}
