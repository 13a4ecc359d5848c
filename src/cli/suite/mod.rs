//! `throng suite`: several runs, in order or side by side, judged together.
//!
//! `find` reads the file, `ready` makes a plan of each run before any is played, `play` plays them one group
//! after the other, and `folder` keeps the record of each as soon as it is over, so that an interrupted suite can be resumed.
//! What comes of it all is a [`crate::record::SuiteRecord`], from which the report is made.

mod args;
mod describe;
mod find;
mod folder;
mod init;
mod play;
mod ready;

pub use args::SuiteArgs;
pub use find::find;

use std::time::Instant;

use self::folder::Folder;
use self::ready::Ready;
use super::error::CliError;
use super::exit::ExitStatus;
use super::github;
use super::terminal::Terminal;
use crate::analysis::conclude_suite;
use crate::engine::Interruption;
use crate::export;
use crate::plan::suite::Suite;
use crate::record::{SUITE_SCHEMA, SuiteRecord, Verdict};
use crate::report;

/// Refuses what `throng run` takes for `--out`, and would be the strange name of a folder here.
fn refuse_live(args: &SuiteArgs) -> Result<(), CliError> {
    let out = args.out.as_ref().and_then(|folder| folder.to_str()).and_then(|text| text.split_once('='));
    match out.and_then(|(name, _)| export::form(name)) {
        Some(form) => Err(CliError::LiveSuite { name: form.name }),
        None => Ok(()),
    }
}

/// Plays a suite, writes the file of a new one, or checks one.
///
/// # Errors
/// What is wrong before any load, or when the report cannot be printed. An error during a run is told here, and is in
/// the status.
pub fn suite(args: SuiteArgs, terminal: &mut Terminal) -> Result<ExitStatus, CliError> {
    let name = match (&args.init, &args.suite) {
        (Some(file), _) => return init::init(file, terminal),
        (None, Some(name)) => name.clone(),
        (None, None) => return Err(CliError::WhichSuite),
    };
    refuse_live(&args)?;
    let found = find(&name)?;
    let ready = ready::ready(&found, &args)?;
    if args.check {
        terminal.print(&describe::describe(&found.suite, &ready))?;
        return Ok(ExitStatus::Passed);
    }
    let path = args.out.clone().unwrap_or_else(|| folder::usual(&found.suite.name));
    let mut folder = Folder::open(&path, &found.suite.name, &ready, args.resume)?;
    let interruption = Interruption::listen()?;
    let mut record = begin(&found.suite, &args, &ready);
    let begun = Instant::now();
    play::play(ready, &mut record, &mut folder, &args, &interruption, terminal);
    record.duration_s = begun.elapsed().as_secs_f64();
    conclude_suite(&mut record);
    let status = ExitStatus::from(&record);
    let written = folder.report(&record);
    terminal.print(&report::suite::terminal(&record, &terminal.style()))?;
    terminal.line(&format!("\nrecords and report: {}", path.display()))?;
    github::summarise(&report::suite::markdown(&record), terminal);
    if record.verdict == Verdict::Interrupted {
        terminal.line("to play what is missing: the same command with --resume")?;
    }
    if let Err(error) = &written {
        terminal.error(error);
    }
    Ok(ending(status, written.is_ok()))
}

/// How the suite ends. A report that was not kept weighs more than a threshold, as a run that could not be completed does.
fn ending(status: ExitStatus, is_kept: bool) -> ExitStatus {
    if is_kept { status } else { status.and(ExitStatus::Incomplete) }
}

/// A record of nothing as yet.
fn begin(suite: &Suite, args: &SuiteArgs, ready: &Ready) -> SuiteRecord {
    SuiteRecord {
        schema: SUITE_SCHEMA,
        throng: env!("CARGO_PKG_VERSION").to_owned(),
        suite: suite.name.clone(),
        about: suite.about.clone(),
        mode: args.mode.clone(),
        environment: args.environment.clone(),
        scale: ready.scale.map_or(1.0, |scale| scale.fraction()),
        started_at: jiff::Timestamp::now().to_string(),
        duration_s: 0.0,
        baseline: suite.baseline.clone(),
        verdict: Verdict::Passed,
        exit_code: 0,
        reasons: Vec::new(),
        runs: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_that_is_not_kept_outweighs_a_threshold_but_no_refusal_and_no_interruption() {
        for (status, then) in [
            (ExitStatus::Passed, ExitStatus::Incomplete),
            (ExitStatus::Failed, ExitStatus::Incomplete),
            (ExitStatus::Incomplete, ExitStatus::Incomplete),
            (ExitStatus::Refused, ExitStatus::Refused),
            (ExitStatus::Interrupted, ExitStatus::Interrupted),
        ] {
            assert_eq!((ending(status, false), ending(status, true)), (then, status));
        }
    }
}
