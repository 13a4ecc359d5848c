//! Playing the runs of a suite, one group after the other.

use std::sync::mpsc;
use std::thread;

use super::args::SuiteArgs;
use super::folder::{self, Folder};
use super::ready::{Ready, ReadyRun};
use crate::analysis::suite_run;
use crate::cli::error::CliError;
use crate::cli::github;
use crate::cli::prepare::Prepared;
use crate::cli::terminal::Terminal;
use crate::cli::watch::{self, Watch};
use crate::engine::{self, EngineError, Interruption, Options, Outcome};
use crate::plan::suite::Play;
use crate::record::{Record, SuiteRecord, SuiteRunRecord, SuiteRunState, Verdict};
use crate::report::live::Mode;

/// A run that is over.
pub struct Over {
    /// What the suite says of it.
    pub run: SuiteRunRecord,
    /// What tells it from any other.
    pub key: String,
    /// What was measured, unless it is kept already, and what kept it from its end.
    outcome: Option<(Record, Option<EngineError>)>,
}

/// Plays everything, and puts what came of each run into `record`.
///
/// A run that fails keeps no other from being played; a signal does.
pub fn play(
    ready: Ready,
    record: &mut SuiteRecord,
    folder: &mut Folder,
    args: &SuiteArgs,
    interruption: &Interruption,
    terminal: &mut Terminal,
) {
    let stage = Stage { args, interruption, terminal: terminal.clone() };
    for (play, runs) in ready.groups {
        match play {
            Play::InOrder => {
                for run in runs {
                    let over = stage.turn(run, folder);
                    record.runs.push(settle(over, folder, terminal));
                }
            }
            Play::SideBySide => record.runs.extend(stage.together(runs, folder, terminal)),
        }
    }
}

/// Keeps the record of a run that is over, and tells of what went wrong; what the suite then says of it.
fn settle(mut over: Over, folder: &mut Folder, terminal: &mut Terminal) -> SuiteRunRecord {
    let name = over.run.name.clone();
    if over.run.state != SuiteRunState::LeftOut {
        over.run.record = Some(folder::json(&name));
    }
    let of_run = |source: CliError| CliError::OfRun { run: name.clone(), source: Box::new(source) };
    if let Some((measured, error)) = over.outcome.take() {
        if let Some(error) = error {
            terminal.error(&of_run(error.into()));
        }
        if let Err(error) = github::annotate(&measured, terminal) {
            terminal.error(&of_run(error));
        }
        if let Err(error) = folder.keep(&over, &measured) {
            unkept(&mut over.run, &error);
            terminal.error(&of_run(error));
        }
    }
    over.run
}

/// Has a run whose record could not be kept count as one that could not be completed, unless it is worse.
fn unkept(run: &mut SuiteRunRecord, error: &CliError) {
    run.record = None;
    run.reasons.insert(0, format!("its record could not be kept: {error}"));
    if matches!(run.exit_code, Some(0 | 3)) {
        (run.verdict, run.exit_code) = (Some(Verdict::Aborted), Some(1));
    }
}

/// What is the same for all runs.
struct Stage<'a> {
    args: &'a SuiteArgs,
    interruption: &'a Interruption,
    terminal: Terminal,
}

impl Stage<'_> {
    /// One run by itself.
    fn turn(&self, run: ReadyRun, folder: &Folder) -> Over {
        match self.without_playing(&run, folder) {
            Some(over) => over,
            None => self.play(run, Vec::new(), watch::mode(self.args.quiet, &self.terminal)),
        }
    }

    /// Runs side by side, each on a thread of its own; the record of each is kept as soon as it is over.
    fn together(&self, runs: Vec<ReadyRun>, folder: &mut Folder, terminal: &mut Terminal) -> Vec<SuiteRunRecord> {
        let looked: Vec<_> = runs.into_iter().map(|run| (self.without_playing(&run, folder), run)).collect();
        let names: Vec<String> =
            looked.iter().filter(|(over, _)| over.is_none()).map(|(_, run)| run.name().to_owned()).collect();
        // Bars would stand in each other's way.
        let (names, mode) = (&names, if self.args.quiet { Mode::Quiet } else { Mode::Lines });
        let (ended, over) = mpsc::channel();
        let mut runs: Vec<(usize, SuiteRunRecord)> = thread::scope(|scope| {
            for (place, (over, run)) in looked.into_iter().enumerate() {
                let ended = ended.clone();
                scope.spawn(move || {
                    let beside = names.iter().filter(|name| *name != run.name()).cloned().collect();
                    // It is heard as long as there is a run under way.
                    let _ = ended.send((place, over.unwrap_or_else(|| self.play(run, beside, mode))));
                });
            }
            drop(ended);
            over.iter().map(|(place, over)| (place, settle(over, folder, terminal))).collect()
        });
        // As the file has them.
        runs.sort_by_key(|(place, _)| *place);
        runs.into_iter().map(|(_, run)| run).collect()
    }

    /// A run that need not be played, because its record is there, or must not, because of a signal.
    fn without_playing(&self, run: &ReadyRun, folder: &Folder) -> Option<Over> {
        let over = |run_record| Over { run: run_record, key: run.key.clone(), outcome: None };
        let (name, about) = (run.name(), &run.chosen.run.about);
        if let Some((record, beside)) = folder.kept(run) {
            let told = suite_run(name, about, &record);
            return Some(over(SuiteRunRecord { state: SuiteRunState::Kept, beside, ..told }));
        }
        self.interruption.came().then(|| over(SuiteRunRecord::left_out(name, about, &run.prepared.plan.scenario)))
    }

    fn play(&self, run: ReadyRun, beside: Vec<String>, mode: Mode) -> Over {
        let ReadyRun { chosen, prepared, key } = run;
        let Prepared { source, plan, thresholds, .. } = prepared;
        let options =
            Options { quiet: self.args.quiet, interruption: Some(self.interruption.clone()), ..Options::default() };
        let mut watch = Watch::of(&chosen.run.name, mode);
        let Outcome { record, error, .. } = engine::run(plan, source, thresholds, &options, &mut watch);
        drop(watch);
        let run = SuiteRunRecord { beside, ..suite_run(&chosen.run.name, &chosen.run.about, &record) };
        Over { run, key, outcome: Some((record, error)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_whose_record_is_not_kept_counts_as_not_completed_unless_it_is_worse() {
        let error = CliError::NoTarget;
        for (exit_code, then) in [(0, 1), (3, 1), (1, 1), (4, 4), (130, 130)] {
            let mut run =
                SuiteRunRecord { exit_code: Some(exit_code), ..SuiteRunRecord::left_out("day", "", "office") };
            unkept(&mut run, &error);
            assert_eq!((run.exit_code, run.reasons.len()), (Some(then), 1));
        }
    }
}
