//! Playing the runs of an experiment, one after the other.

use super::folder::Folder;
use crate::analysis::PlayedRun;
use crate::analysis::threshold::Thresholds;
use crate::cli::error::CliError;
use crate::cli::exit::ExitStatus;
use crate::cli::github;
use crate::cli::prepare::{Prepared, prepare, refuse_danger, require_urls};
use crate::cli::run::RunArgs;
use crate::cli::terminal::Terminal;
use crate::cli::watch::{self, Watch};
use crate::engine::{self, Interruption, Options, Outcome};
use crate::plan::{Origin, Plan};
use crate::record::{Record, Verdict};
use crate::report::human;
use crate::script::Source;

/// A run that is to be played.
pub struct Turn {
    /// Which side it is of, from 0.
    pub side: usize,
    /// What it is called, and its record.
    pub name: String,
    source: Source,
    /// What will be played.
    pub plan: Plan,
    thresholds: Thresholds,
}

/// What came of all runs.
pub struct Played {
    /// The runs of each side that can be compared.
    pub sides: [Vec<PlayedRun>; 2],
    /// How the runs themselves ended, the gravest of them.
    pub status: ExitStatus,
    /// Those that did not pass, by name.
    pub not_passed: Vec<String>,
    /// Records that were kept, also of runs that can't be compared.
    pub kept: usize,
}

/// What all runs of a side are made of.
///
/// # Errors
/// When anything is wrong that can be known without a target.
pub fn prepare_side(args: &RunArgs) -> Result<Prepared, CliError> {
    let mut prepared = prepare(&args.scenario, &args.flags)?;
    prepared.plan.force = args.force;
    require_urls(&prepared.plan)?;
    refuse_danger(&prepared.plan, &prepared.scenario)?;
    Ok(prepared)
}

/// One run of a side. `number` tells its seed from those of the other runs of its side, unless the user chose one.
///
/// # Errors
/// When a threshold can't be understood.
pub fn turn(prepared: &Prepared, side: usize, name: &str, number: u64, seed: u64) -> Result<Turn, CliError> {
    let (source, mut plan) = (prepared.source.clone(), prepared.plan.clone());
    if !is_chosen(&plan, "seed") {
        plan.seed = seed.wrapping_add(number);
    }
    let thresholds = Thresholds::of(&plan)?;
    Ok(Turn { side, name: format!("{name}-{number}"), source, plan, thresholds })
}

fn is_chosen(plan: &Plan, field: &str) -> bool {
    plan.origins.iter().any(|(name, _, origin)| name == field && *origin != Origin::Default)
}

/// Plays everything until a signal comes. A run that could not be carried through is told and left out; so is one that a
/// signal cut off.
///
/// # Errors
/// When a record can't be kept, or the system doesn't let signals be heard.
pub fn play(turns: Vec<Turn>, quiet: bool, folder: &Folder, terminal: &mut Terminal) -> Result<Played, CliError> {
    let interruption = Interruption::listen()?;
    let mut played =
        Played { sides: [Vec::new(), Vec::new()], status: ExitStatus::Passed, not_passed: Vec::new(), kept: 0 };
    for turn in turns {
        if interruption.came() {
            played.status = ExitStatus::Interrupted;
            break;
        }
        let (side, name) = (turn.side, turn.name.clone());
        let Outcome { record, error, .. } = one(turn, quiet, &interruption, terminal);
        if let Some(error) = error {
            terminal.error(&CliError::OfRun { run: name.clone(), source: Box::new(error.into()) });
        }
        let status = ExitStatus::from(&record);
        played.status = played.status.and(status);
        terminal.line(&line(&name, &record))?;
        github::annotate(&record, terminal)?;
        if status != ExitStatus::Passed {
            played.not_passed.push(name.clone());
        }
        if !record.phases.is_empty() {
            let path = folder.keep(&name, &record)?;
            played.kept += 1;
            if matches!(status, ExitStatus::Passed | ExitStatus::Failed) {
                played.sides[side].push(PlayedRun { path, record });
            }
        }
    }
    Ok(played)
}

fn one(turn: Turn, quiet: bool, interruption: &Interruption, terminal: &Terminal) -> Outcome {
    let options = Options { quiet, interruption: Some(interruption.clone()), ..Options::default() };
    let mut watch = Watch::of(&turn.name, watch::mode(quiet, terminal));
    engine::run(turn.plan, turn.source, turn.thresholds, &options, &mut watch)
}

/// One run in a line.
fn line(name: &str, record: &Record) -> String {
    let totals = &record.totals;
    let figures = match totals.operations_finished() {
        0 => "nothing came to an end".to_owned(),
        _ => format!(
            "{}, mean {}, p95 {}",
            human::rate(totals.throughput_per_s),
            human::time_us(totals.response_us.mean),
            human::time_us(totals.response_us.p95 as f64)
        ),
    };
    let why = match (record.verdict, record.reasons.first()) {
        (Verdict::Passed | Verdict::Warning, _) | (_, None) => String::new(),
        (verdict, Some(reason)) => format!(" ({verdict}: {})", human::plain(reason, 200)),
    };
    format!("{name}: {figures}{why}")
}
