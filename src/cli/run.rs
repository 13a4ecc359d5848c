//! `throng run`: plays a scenario and reports what its users felt.

use std::sync::Arc;

use super::error::CliError;
use super::exit::ExitStatus;
use super::exports::Exports;
use super::flags::PlanFlags;
use super::github;
use super::out::{OutFlags, Output, make_way};
use super::prepare::{Prepared, prepare, refuse_danger, require_urls};
use super::screen::Screen;
use super::terminal::Terminal;
use super::watch::{self, Watch};
use crate::engine::{self, Observer, Observers, Options, Outcome, Steering};
use crate::export::Note;
use crate::report::{self, human};

/// Characters of a line on exporters, some of which their receivers write.
const LONGEST_NOTE: usize = 500;

/// Arguments of `throng run`.
#[derive(Debug, clap::Args)]
pub struct RunArgs {
    /// A bundled scenario or a file
    pub scenario: String,

    /// Where else the report goes
    #[command(flatten)]
    pub out: OutFlags,

    /// Show nothing while the run goes on
    #[arg(long, short)]
    pub quiet: bool,

    /// Show the run on the whole terminal, and steer it by keys
    #[arg(long, conflicts_with = "quiet")]
    pub tui: bool,

    /// Do what would be refused for safety
    #[arg(long, help_heading = "Targets")]
    pub force: bool,

    /// Leave throwaway servers running, and print how to reach and remove them
    #[arg(long, help_heading = "Targets")]
    pub keep_target: bool,

    /// What is set
    #[command(flatten)]
    pub flags: PlanFlags,
}

/// Plays a scenario.
///
/// # Errors
/// What is wrong before any load. An error during the run is told here, and is in the status.
pub fn run(args: RunArgs, terminal: &mut Terminal) -> Result<ExitStatus, CliError> {
    let prepared = prepare(&args.scenario, &args.flags)?;
    play(prepared, &args, terminal)
}

/// Plays what was prepared.
///
/// # Errors
/// As [`run`].
pub fn play(prepared: Prepared, args: &RunArgs, terminal: &mut Terminal) -> Result<ExitStatus, CliError> {
    let outputs = args.out.outputs()?;
    prepared.spare_files(&outputs.files, &args.flags)?;
    make_way(&outputs.files, terminal);
    let Prepared { source, scenario, mut plan, thresholds } = prepared;
    plan.force = args.force;
    require_urls(&plan)?;
    refuse_danger(&plan, &scenario)?;
    let mut options = Options { keep_target: args.keep_target, quiet: args.quiet, ..Options::default() };
    let (watch, notes): (Box<dyn Observer>, Note) = if args.tui {
        let steering = Steering::default();
        options.steering = Some(steering.clone());
        let screen = Screen::open(steering, terminal.colour())?;
        let notes = Arc::new(screen.notes());
        (Box::new(screen), notes)
    } else {
        let watch = Watch::new(watch::mode(args.quiet, terminal));
        let notes = Arc::new(watch.notes());
        (Box::new(watch), notes)
    };
    let note: Note = match args.quiet {
        true => Arc::new(|_| {}),
        false => Arc::new(move |text| text.lines().for_each(|line| notes(&human::plain(line, LONGEST_NOTE)))),
    };
    let exports = Exports::open(&outputs.live, &note)?;
    exports.places().for_each(|place| note(&place));
    let mut observers = Observers([watch].into_iter().chain(exports.observer()).collect());
    let outcome = engine::run(plan, source, thresholds, &options, &mut observers);
    drop(observers);
    let status = tell(outcome, &outputs.files, terminal);
    // Also where the report could not be printed, so that no exporter lacks the last figures.
    for note in exports.finish(matches!(status, Ok(ExitStatus::Interrupted))) {
        // The last line may be a hint.
        let lines: Vec<String> = note.lines().map(|line| human::plain(line, LONGEST_NOTE)).collect();
        terminal.warn(&lines.join("\n"));
    }
    status
}

/// Reports a run everywhere it was asked for. One place that fails does not keep the others from theirs.
fn tell(outcome: Outcome, outputs: &[Output], terminal: &mut Terminal) -> Result<ExitStatus, CliError> {
    let Outcome { record, error, kept } = outcome;
    let mut status = ExitStatus::from(&record);
    // A run that never began has nothing to report but its error; one that was interrupted before has none.
    let printed = match record.phases.is_empty() && error.is_some() {
        true => Ok(()),
        false => terminal.print(&report::terminal(&record, &terminal.style())).map_err(CliError::from),
    };
    let written = outputs.iter().map(|output| output.write(&record));
    let told = github::tell(&record, terminal);
    for failure in [printed, told].into_iter().chain(written).filter_map(Result::err) {
        terminal.error(&failure);
        if status == ExitStatus::Passed {
            status = ExitStatus::Incomplete;
        }
    }
    if let Some(error) = error {
        terminal.error(&error.into());
    }
    for server in kept {
        terminal.line(&format!("\n{} is still running; to connect:", server.server))?;
        for command in server.connect {
            terminal.line(&format!("  {command}"))?;
        }
        terminal.line(&format!("to remove it:\n  {}", server.remove))?;
    }
    Ok(status)
}
