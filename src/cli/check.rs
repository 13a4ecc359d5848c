//! `throng check`: scenarios loaded and validated without a target, and the plan that results.

use super::error::CliError;
use super::exit::ExitStatus;
use super::flags::{PlanFlags, SettingFlags};
use super::prepare::{Prepared, prepare};
use super::show::requirements;
use super::table;
use super::terminal::Terminal;
use crate::plan::load::Schedule;
use crate::plan::{Group, Plan};

/// Arguments of `throng check`.
#[derive(Debug, clap::Args)]
pub struct CheckArgs {
    /// Bundled scenarios or files
    #[arg(required = true)]
    pub scenarios: Vec<String>,

    /// What is set
    #[command(flatten)]
    pub flags: PlanFlags,
}

/// Checks scenarios, the first wrong one ends it; prints the plan of each with where every value came from.
///
/// # Errors
/// When a scenario, or one of its profiles, cannot be played; or standard output not written.
pub fn check(args: CheckArgs, terminal: &mut Terminal) -> Result<ExitStatus, CliError> {
    for (position, name) in args.scenarios.iter().enumerate() {
        let prepared = prepare(name, &args.flags)?;
        check_profiles(name, &prepared, &args.flags)?;
        if position > 0 {
            terminal.line("")?;
        }
        terminal.print(&describe(&prepared))?;
    }
    Ok(ExitStatus::Passed)
}

/// The profiles that were not asked for must be playable too. What the command line sets is for the one that was.
fn check_profiles(name: &str, prepared: &Prepared, flags: &PlanFlags) -> Result<(), CliError> {
    if flags.profile.is_some() {
        return Ok(());
    }
    for profile in prepared.scenario.profiles.keys() {
        let alone = PlanFlags { profile: Some(profile.clone()), settings: SettingFlags::default(), ..flags.clone() };
        prepare(name, &alone)
            .map_err(|error| CliError::Profile { profile: profile.clone(), source: Box::new(error) })?;
    }
    Ok(())
}

fn describe(prepared: &Prepared) -> String {
    let plan = &prepared.plan;
    let title = match &plan.profile {
        Some(profile) => format!("{}, profile {profile}: {}", plan.scenario, plan.about),
        None => format!("{}: {}", plan.scenario, plan.about),
    };
    let rows =
        plan.origins.iter().map(|(field, value, origin)| [field.clone(), value.clone(), origin.place().to_owned()]);
    let mut loads = vec![groups(plan)];
    loads.extend(requirements(&prepared.scenario));
    let settings = table::plain(Some(["setting", "value", "from"]), rows);
    format!("{title}\n\n{}\n\n{settings}\n", loads.join("\n"))
}

/// Each population: its load, and who plays it.
fn groups(plan: &Plan) -> String {
    let describe = |group: &Group| {
        let cycle = &group.assignment.cycle;
        let open = matches!(group.load.schedule(plan.warm_up), Schedule::Open(_));
        let counts = plan.personas.iter().zip(0u16..).filter_map(|(persona, index)| {
            let count = cycle.iter().filter(|entry| **entry == index).count();
            let share = match open {
                true => format!("{:.3} %", 100.0 * count as f64 / cycle.len() as f64),
                false => group.users_of(index).to_string(),
            };
            (count > 0).then(|| format!("{} {}", persona.name, share.replace(".000", "")))
        });
        format!("load      {}\npersonas  {}", group.load, counts.collect::<Vec<_>>().join(", "))
    };
    plan.groups.iter().map(describe).collect::<Vec<_>>().join("\n")
}
