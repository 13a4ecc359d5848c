//! Every run of a suite as a plan, before the first of them is played.

use sha2::{Digest, Sha256};

use super::args::SuiteArgs;
use super::find::Found;
use crate::cli::error::CliError;
use crate::cli::prepare::{Prepared, prepare_source, refuse_danger, require_urls};
use crate::plan::suite::{Choice, ChosenRun, Play};
use crate::plan::units::Percent;
use crate::plan::{Origin, Place, Plan};

/// All that is to be played.
pub struct Ready {
    /// Runs that follow each other, or are played side by side.
    pub groups: Vec<(Play, Vec<ReadyRun>)>,
    /// How long everything takes, compared with what the file says.
    pub scale: Option<Percent>,
}

/// A run that can be played.
pub struct ReadyRun {
    /// What the suite says of it.
    pub chosen: ChosenRun,
    /// What will be played.
    pub prepared: Prepared,
    /// Tells this run with all that is in force from any other: a record of the same key need not be made again.
    pub key: String,
}

impl ReadyRun {
    /// Its name within the suite.
    pub fn name(&self) -> &str {
        &self.chosen.run.name
    }
}

impl Ready {
    /// All runs in order.
    pub fn runs(&self) -> impl Iterator<Item = &ReadyRun> {
        self.groups.iter().flat_map(|(_, runs)| runs)
    }
}

/// Makes the plans.
///
/// # Errors
/// When anything is wrong with any run that can be known without a target.
pub fn ready(found: &Found, args: &SuiteArgs) -> Result<Ready, CliError> {
    // What is wrong with a flag is no run's fault.
    args.settings.layer()?;
    let scale = args.scale.as_deref().map(str::parse).transpose().map_err(|source| CliError::Scale { source })?;
    let choice =
        Choice { mode: args.mode.clone(), environment: args.environment.clone(), only: args.only.clone(), scale };
    let chosen = found.suite.choose(&choice)?;
    let mut groups = Vec::new();
    for (play, runs) in chosen.groups {
        let mut ready = Vec::new();
        for chosen in runs {
            let name = chosen.run.name.clone();
            let run = prepare_run(found, args, chosen)
                .map_err(|source| CliError::OfRun { run: name, source: Box::new(source) })?;
            ready.push(run);
        }
        if play == Play::SideBySide {
            keep_apart(&ready)?;
        }
        groups.push((play, ready));
    }
    let ready = Ready { groups, scale: chosen.scale };
    check_urls(&ready, args)?;
    Ok(ready)
}

/// Refuses a URL on the command line that no run uses.
fn check_urls(ready: &Ready, args: &SuiteArgs) -> Result<(), CliError> {
    let given = args.settings.layer()?.settings;
    let unused = ready.runs().map(|run| given.clone().take_unused_urls(&run.prepared.scenario));
    let by_none = unused.reduce(|by_all, by_this| by_all.into_iter().filter(|url| by_this.contains(url)).collect());
    match by_none.into_iter().flatten().next() {
        Some((kind, _)) => Err(CliError::UnusedUrl { kind: kind.name() }),
        None => Ok(()),
    }
}

fn prepare_run(found: &Found, args: &SuiteArgs, chosen: ChosenRun) -> Result<ReadyRun, CliError> {
    let source = found.scenario(&chosen.run.scenario)?;
    let mut prepared = prepare_source(source, &args.flags(&chosen))?;
    prepared.plan.force = args.force;
    if !args.check {
        require_urls(&prepared.plan)?;
        refuse_danger(&prepared.plan, &prepared.scenario)?;
    }
    let key = key(&found.suite.name, &chosen.run.name, &prepared.plan);
    Ok(ReadyRun { chosen, prepared, key })
}

/// A hash over all that is in force. A seed that nobody chose is another one each time, and makes no other run.
fn key(suite: &str, run: &str, plan: &Plan) -> String {
    let mut hash = Sha256::new();
    let mut add = |text: &str| {
        hash.update(text);
        hash.update([0]);
    };
    for text in [env!("CARGO_PKG_VERSION"), suite, run, &plan.scenario, &plan.source_hash] {
        add(text);
    }
    add(plan.profile.as_deref().unwrap_or_default());
    add(if plan.allow_exec { "exec" } else { "" });
    plan.groups.iter().for_each(|group| add(&group.load.to_string()));
    for (field, value, _) in
        plan.origins.iter().filter(|(field, _, origin)| field != "seed" || *origin != Origin::Default)
    {
        add(field);
        add(value);
    }
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Refuses runs side by side that would make and drop each other's data.
fn keep_apart(runs: &[ReadyRun]) -> Result<(), CliError> {
    for (place, first) in runs.iter().enumerate() {
        for second in &runs[place + 1..] {
            let (a, b) = (&first.prepared.plan, &second.prepared.plan);
            let same_data = a.scenario == b.scenario || a.tables.iter().any(|table| b.tables.contains(table));
            if let Some(address) = shared_address(a, b).filter(|_| same_data) {
                let (first, second) = (first.name().to_owned(), second.name().to_owned());
                return Err(CliError::SameData { first, second, address });
            }
        }
    }
    Ok(())
}

/// A target that two plans have in common. One that throng starts belongs to its run alone.
fn shared_address(a: &Plan, b: &Plan) -> Option<String> {
    let urls = |plan: &Plan| -> Vec<_> {
        let postgres = plan.targets.postgres.values().filter_map(|target| target.url.clone());
        let redis = plan.targets.redis.values().filter_map(|target| target.url.clone());
        postgres.chain(redis).map(|url| (Place::of(&url), url)).collect()
    };
    let others = urls(b);
    let common = urls(a).into_iter().find(|(place, _)| others.iter().any(|(other, _)| place.is_same_data(other)));
    common.map(|(_, url)| url.to_string())
}
