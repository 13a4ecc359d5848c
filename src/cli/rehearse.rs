//! `throng rehearse`: setup, every operation once, verify and teardown, with each statement shown.

use super::error::CliError;
use super::exit::ExitStatus;
use super::flags::PlanFlags;
use super::prepare::{Prepared, prepare, refuse_danger, require_urls};
use super::terminal::Terminal;
use crate::engine::{self, Rehearsal, Step};
use crate::report::human;

/// Longest text of a statement that is shown; the rest is in the scenario.
const MAX_TEXT: usize = 60;

/// Arguments of `throng rehearse`.
#[derive(Debug, clap::Args)]
pub struct RehearseArgs {
    /// A bundled scenario or a file
    pub scenario: String,

    /// Rehearse against a target that looks like production
    #[arg(long, help_heading = "Targets")]
    pub force: bool,

    /// What is set
    #[command(flatten)]
    pub flags: PlanFlags,
}

/// Rehearses a scenario.
///
/// # Errors
/// When the scenario is wrong, or its targets cannot be made ready.
pub fn rehearse(args: RehearseArgs, terminal: &mut Terminal) -> Result<ExitStatus, CliError> {
    let Prepared { source, scenario, mut plan, .. } = prepare(&args.scenario, &args.flags)?;
    plan.force = args.force;
    require_urls(&plan)?;
    refuse_danger(&plan, &scenario)?;
    let mut stage = terminal.clone();
    // A rehearsal goes on when nobody listens any more, so that it cleans up after itself.
    let tell = move |step: Step<'_>| drop(stage.line(&describe(&step)));
    let Rehearsal { succeeded, failed, unverified, interrupted } = engine::rehearse(plan, &source, tell)?;
    let early = if interrupted { ", interrupted before the rest" } else { "" };
    terminal.line(&format!("\n{succeeded} went well, {failed} failed{early}"))?;
    Ok(match failed {
        _ if interrupted => ExitStatus::Interrupted,
        0 => ExitStatus::Passed,
        failed if failed == unverified => ExitStatus::Failed,
        _ => ExitStatus::Incomplete,
    })
}

fn describe(step: &Step<'_>) -> String {
    match step {
        Step::Part(name) => format!("\n{name}"),
        Step::Statement { what, time_us, rows, error } => {
            let outcome = error.map_or_else(|| human::things(*rows, "row"), |error| format!("failed: {error}"));
            format!("    {:MAX_TEXT$}  {:>9}  {outcome}", shortened(what), human::time_us(*time_us as f64))
        }
        Step::Ended { name, time, error: None } => format!("  {name}: {}", human::time_us(time.as_secs_f64() * 1e6)),
        Step::Ended { name, error: Some(error), .. } => format!("  {name}: failed\n{}", indented(&error.to_string())),
    }
}

/// A statement on one line.
fn shortened(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(MAX_TEXT) {
        Some(_) => line.chars().take(MAX_TEXT - 1).chain(std::iter::once('…')).collect(),
        None => line,
    }
}

fn indented(text: &str) -> String {
    text.lines().map(|line| format!("    {line}")).collect::<Vec<_>>().join("\n")
}
