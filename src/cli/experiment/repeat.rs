//! `throng run --repeat --against`: a scenario played several times, and held against runs of before.

use std::path::PathBuf;

use super::MOST;
use super::conclude::{How, conclude};
use super::folder::Folder;
use super::play::{Played, Turn, play, prepare_side, turn};
use crate::analysis::{PlayedRun, unlike_plan};
use crate::cli::compare::{Allowed, CompareFlags, refuse};
use crate::cli::error::CliError;
use crate::cli::exit::ExitStatus;
use crate::cli::out::{Output, make_way};
use crate::cli::prepare::{Prepared, random_seed};
use crate::cli::records;
use crate::cli::run::{self, RunArgs};
use crate::cli::terminal::Terminal;
use crate::plan::Plan;
use crate::record::{Collector, Finish, Record, Verdict};
use crate::report::comparison;
use crate::report::spread::{self, Repeated};

/// Arguments of `throng run`.
#[derive(Debug, clap::Args)]
pub struct RunCommand {
    /// One run
    #[command(flatten)]
    pub run: RunArgs,

    /// Play it so many times, each with servers and a seed of its own; `--out` is then the report on all of them
    #[arg(long, value_name = "N", default_value_t = 1, hide_default_value = true, help_heading = "Comparing",
        value_parser = clap::value_parser!(u64).range(1..=MOST))]
    pub repeat: u64,

    /// Compare with these records, or with all of a folder; may be repeated; `--out` is then the comparison
    #[arg(long, value_name = "RECORD", help_heading = "Comparing")]
    pub against: Vec<PathBuf>,

    /// Where the records of several runs are kept, instead of .throng/runs/SCENARIO or .throng/against/SCENARIO
    #[arg(long, value_name = "DIR", help_heading = "Comparing")]
    pub records: Option<PathBuf>,

    /// Compare with runs that did not do the same work, and say what differs
    #[arg(long, help_heading = "Comparing")]
    pub even_if_unlike: bool,

    /// What matters
    #[command(flatten)]
    pub how: CompareFlags,
}

/// Plays a scenario once, or as an experiment.
///
/// # Errors
/// What is wrong before any load, or when records can't be read or kept. An error during a run is told here, and is in the status.
pub fn run(args: RunCommand, terminal: &mut Terminal) -> Result<ExitStatus, CliError> {
    args.refuse_idle()?;
    if args.repeat == 1 && args.against.is_empty() {
        return run::run(args.run, terminal);
    }
    let of_one = [("--keep-target", args.run.keep_target), ("--tui", args.run.tui)];
    if let Some((flag, _)) = of_one.into_iter().find(|(_, given)| *given) {
        return Err(CliError::OfOneRun { flag });
    }
    let min_change = args.how.min_change()?;
    let (mut of_all, mut outputs) = (Vec::new(), Vec::new());
    match args.against.is_empty() {
        true => of_all = args.run.out.of_several(spread::FORMATS)?,
        false => outputs = args.run.out.of_several(comparison::FORMATS)?,
    }
    let base = records::read_all(&args.against)?;
    let prepared = prepare_side(&args.run)?;
    prepared.spare_files(&of_all, &args.run.flags)?;
    prepared.spare_files(&outputs, &args.run.flags)?;
    make_way(&of_all, terminal);
    make_way(&outputs, terminal);
    let turns = turns(&prepared, args.repeat)?;
    let scenario = turns.first().map(|turn| turn.plan.scenario.clone()).unwrap_or_default();
    if !args.even_if_unlike {
        // Told before the load rather than after it.
        let planned: Vec<Record> = turns.iter().map(|turn| planned(&turn.plan)).collect();
        refuse(&unlike_plan(&base, &planned).iter().collect::<Vec<_>>())?;
    }
    // Runs that are held against a baseline are kept beside it, and not in its place.
    let kind = if args.against.is_empty() { "runs" } else { "against" };
    let folder = Folder::open(args.records.as_deref(), kind, &scenario, &["run"], &base)?;
    let mut played = play(turns, args.run.quiet, &folder, terminal)?;
    let [new, _] = std::mem::take(&mut played.sides);
    if args.against.is_empty() {
        return tell_spread(&played, new, &of_all, &folder, terminal);
    }
    let allowed = Allowed::of(args.even_if_unlike);
    let how = How { names: ["base", "new"], min_change, allowed, outputs };
    conclude(played, base, new, how, &folder, terminal)
}

impl RunCommand {
    /// Refuses flags of which nothing would come.
    fn refuse_idle(&self) -> Result<(), CliError> {
        let compares = !self.against.is_empty();
        let idle = [
            ("--records", "--repeat N", self.records.is_some() && self.repeat == 1 && !compares),
            ("--even-if-unlike", "--against RECORD", self.even_if_unlike && !compares),
            ("--min-change", "--against RECORD", self.how.is_chosen() && !compares),
        ];
        match idle.into_iter().find(|(_, _, idle)| *idle) {
            Some((flag, without, _)) => Err(CliError::Idle { flag, without }),
            None => Ok(()),
        }
    }
}

fn turns(prepared: &Prepared, repeat: u64) -> Result<Vec<Turn>, CliError> {
    let seed = random_seed();
    (1..=repeat).map(|number| turn(prepared, 0, "run", number, seed)).collect()
}

/// A record of nothing but what is planned.
fn planned(plan: &Plan) -> Record {
    Collector::default().finish(Finish {
        seed: plan.seed,
        scenario: plan.into(),
        load: plan.into(),
        ..Finish::default()
    })
}

/// Runs without others to hold them against show by how much runs differ.
fn tell_spread(
    played: &Played,
    runs: Vec<PlayedRun>,
    outputs: &[Output<Repeated>],
    folder: &Folder,
    terminal: &mut Terminal,
) -> Result<ExitStatus, CliError> {
    let against = against(played, &runs, folder);
    if !runs.is_empty() {
        let repeated = Repeated::from(runs);
        terminal.line("")?;
        terminal.print(&spread::terminal(&repeated.record, &terminal.style()))?;
        for output in outputs {
            output.write(&repeated)?;
        }
    }
    terminal.line(&format!("\nrecords: {}", folder.path().display()))?;
    if let Some(flags) = against {
        terminal.line(&format!("to hold later runs against them: {flags}"))?;
    }
    terminal.line(&format!("\n{}", verdict(played)))?;
    Ok(played.status)
}

/// The flags by which later runs are held against these. Records of runs that did not come to their end lie in the
/// same folder, and can't be compared with anything.
fn against(played: &Played, runs: &[PlayedRun], folder: &Folder) -> Option<String> {
    match runs {
        [] => None,
        _ if runs.len() == played.kept => Some(format!("--against {}", folder.path().display())),
        _ => Some(runs.iter().map(|run| format!("--against {}", run.path)).collect::<Vec<_>>().join(" ")),
    }
}

/// How the runs ended, as the report of one run ends.
fn verdict(played: &Played) -> String {
    let (status, code) = (played.status, played.status.code());
    let word = match status {
        ExitStatus::Passed => Verdict::Passed,
        ExitStatus::Failed => Verdict::Failed,
        ExitStatus::Interrupted => Verdict::Interrupted,
        ExitStatus::Incomplete | ExitStatus::Usage | ExitStatus::Refused => Verdict::Aborted,
    };
    let runs = match played.not_passed.as_slice() {
        [] => String::new(),
        names => format!(": {}", names.join(", ")),
    };
    format!("Verdict\n  {word}{runs} (exit status {code})")
}
