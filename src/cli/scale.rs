//! `throng scale`: a scenario played by more and more users, and the curve through what they got done.
//!
//! One run, whose load is a staircase: so all steps meet the same server with the same data, and setup is paid for
//! once. The rest is `throng run`; the curve is a section of its report wherever a load is a staircase.

use super::error::CliError;
use super::exit::ExitStatus;
use super::prepare::{Prepared, prepare};
use super::run::{RunArgs, play};
use super::terminal::Terminal;
use crate::analysis::threshold::Thresholds;
use crate::analysis::{LEAST_LOADS, MOST_STEPS};
use crate::monitor::outlines;
use crate::plan::Settings;
use crate::plan::units::parse_duration;

/// Arguments of `throng scale`.
#[derive(Debug, clap::Args)]
pub struct ScaleArgs {
    /// Numbers of users to play, at least five
    #[arg(long, value_name = "N,N,…", value_delimiter = ',', default_value = "25,50,100,200,400,800")]
    pub steps: Vec<u64>,

    /// How long each is held, at least 5s; the first fifth of it settles and is left out
    #[arg(long, value_name = "TIME", default_value = "10s")]
    pub step: String,

    /// What `throng run` takes
    #[command(flatten)]
    pub run: RunArgs,
}

/// Shorter steps have no intervals left to measure once they have settled.
const LEAST_STEP_S: u64 = 5;

/// Plays the staircase. Thresholds and budget are not looked at, since the last steps are there to be too much;
/// those of the command line are.
///
/// # Errors
/// As `throng run`, and when the steps make no staircase.
pub fn scale(mut args: ScaleArgs, terminal: &mut Terminal) -> Result<ExitStatus, CliError> {
    refuse_load(&args.run.flags.settings.layer()?.settings)?;
    let stages = stages(&args.steps, &args.step)?;
    args.run.flags.settings.give("users", vec![args.steps[0].to_string()]);
    args.run.flags.settings.give("stages", stages);
    let Settings { thresholds, budget, .. } = args.run.flags.settings.layer()?.settings;
    let mut prepared: Prepared = prepare(&args.run.scenario, &args.run.flags)?;
    prepared.plan.thresholds = thresholds.unwrap_or_default().0;
    prepared.plan.budget = budget.unwrap_or_default().0;
    prepared.thresholds = Thresholds::of(&prepared.plan)?;
    prepared.thresholds.check(&prepared.scenario.personas, &outlines(&prepared.plan))?;
    play(prepared, &args.run, terminal)
}

/// Refuses what would say otherwise than the steps who comes when.
fn refuse_load(given: &Settings) -> Result<(), CliError> {
    match given.shape.keys().first() {
        Some(key) => Err(CliError::ScaleSetting {
            flag: format!("--{}", key.name().replace('_', "-").replace("stages", "stage")),
        }),
        None => Ok(()),
    }
}

/// The stages of a load that jumps to each number of users and holds it.
fn stages(steps: &[u64], length: &str) -> Result<Vec<String>, CliError> {
    let wrong = |problem: String, hint: &str| CliError::Steps { problem, hint: hint.to_owned() };
    let rises = steps.windows(2).all(|pair| pair[0] < pair[1]);
    if steps.len() < LEAST_LOADS || steps[0] == 0 || !rises {
        let given: Vec<String> = steps.iter().map(u64::to_string).collect();
        let problem =
            format!("`--steps {}`: a curve needs at least {LEAST_LOADS} numbers of users that rise", given.join(","));
        return Err(wrong(problem, "such as `--steps 10,25,50,100,200`"));
    }
    if steps.len() > MOST_STEPS {
        let problem = format!("`--steps` names {} numbers of users: a staircase has at most {MOST_STEPS}", steps.len());
        return Err(wrong(problem, "leave some out: six or eight make a good curve"));
    }
    let time = parse_duration(length).map_err(|error| wrong(format!("`--step`: {error}"), ""))?;
    if time.as_secs() < LEAST_STEP_S {
        return Err(wrong(
            format!("`--step {length}` is too short to measure anything"),
            "give at least `5s`, better `10s`",
        ));
    }
    let jump = |users: &u64| [format!("0s:{users}"), format!("{length}:{users}")];
    Ok(steps.iter().flat_map(jump).skip(1).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_number_of_users_is_jumped_to_and_held() {
        let stages = stages(&[10, 25, 50, 100, 200], "10s").expect("a staircase");
        assert_eq!(stages[..4], ["10s:10", "0s:25", "10s:25", "0s:50"]);
        assert_eq!(stages.len(), 9);
    }

    #[test]
    fn more_steps_than_the_analysis_reads_are_refused() {
        let steps: Vec<u64> = (1..=MOST_STEPS as u64 + 1).collect();
        let error = stages(&steps, "10s").expect_err("too many");
        assert!(error.to_string().contains("names 41 numbers of users: a staircase has at most 40"), "{error}");
        assert!(stages(&steps[1..], "10s").is_ok());
    }
}
