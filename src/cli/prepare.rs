//! From a scenario's name and all that was set to a plan that can be played.

use std::ffi::OsStr;
use std::path::PathBuf;

use super::config::{self, Config};
use super::environment;
use super::error::CliError;
use super::flags::PlanFlags;
use super::locate::locate;
use super::out::{Output, spare};
use crate::analysis::threshold::{Rule, Thresholds};
use crate::drivers::{Failure, http, postgres, redis};
use crate::monitor::outlines;
use crate::plan::safety;
use crate::plan::target::SecretUrl;
use crate::plan::{Layer, Limits, Machine, Origin, PersonaDecl, Place, Plan, Scenario, Settings, resolve};
use crate::script::{self, Folder, Source};

/// Everything a run needs.
pub struct Prepared {
    /// The scenario's text.
    pub source: Source,
    /// What it declares.
    pub scenario: Scenario,
    /// What will be played.
    pub plan: Plan,
    /// The rules it will be judged by.
    pub thresholds: Thresholds,
}

impl Prepared {
    /// Refuses reports that would take the place of the scenario or its configuration.
    ///
    /// # Errors
    /// The first of them.
    pub fn spare_files<T>(&self, outputs: &[Output<T>], flags: &PlanFlags) -> Result<(), CliError> {
        let scenario = matches!(self.source.folder, Folder::Disk(_)).then(|| PathBuf::from(&self.source.path));
        let files: Vec<PathBuf> = scenario.into_iter().chain(config::file(flags.config.as_deref())).collect();
        spare(outputs, files.iter().map(PathBuf::as_path))
    }
}

/// Finds and loads a scenario, and resolves it with all layers of settings.
///
/// # Errors
/// When anything is wrong that can be known without a target.
pub fn prepare(name: &str, flags: &PlanFlags) -> Result<Prepared, CliError> {
    prepare_source(locate(name)?, flags)
}

/// Loads a scenario, and resolves it with all layers of settings.
///
/// # Errors
/// When anything is wrong that can be known without a target.
pub fn prepare_source(source: Source, flags: &PlanFlags) -> Result<Prepared, CliError> {
    let mut scenario = load_source(&source)?;
    let layers = layers(&mut scenario, flags)?;
    let mut plan = resolve(&scenario, flags.profile.as_deref().filter(|name| !name.is_empty()), &layers, machine())?;
    check_urls(&plan)?;
    plan.allow_exec = flags.allow_exec;
    plan.data = flags.data.clone();
    let playing = playing(&plan, &scenario);
    leave_out_absent(&mut plan, &scenario, &playing, flags)?;
    let thresholds = Thresholds::of(&plan)?;
    thresholds.check(&playing, &outlines(&plan))?;
    thresholds.check_classes(&postgres::condition_names().collect::<Vec<_>>())?;
    Ok(Prepared { source, scenario, plan, thresholds })
}

/// The personas that play.
fn playing(plan: &Plan, scenario: &Scenario) -> Vec<PersonaDecl> {
    let plays = |persona: &&PersonaDecl| plan.personas.iter().any(|playing| playing.name == persona.name);
    scenario.personas.iter().filter(plays).cloned().collect()
}

/// Leaves out the rules on personas that `persona` leaves out: they would meet no sample. One that the command line
/// itself gives is a mistake.
fn leave_out_absent(
    plan: &mut Plan,
    scenario: &Scenario,
    playing: &[PersonaDecl],
    flags: &PlanFlags,
) -> Result<(), CliError> {
    let rules =
        |Settings { thresholds, budget, .. }| [thresholds, budget].into_iter().flatten().flat_map(|rules| rules.0);
    let given: Vec<String> = flags.settings.layers()?.into_iter().flat_map(|layer| rules(layer.settings)).collect();
    let present = |rules: Vec<String>| -> Result<Vec<String>, CliError> {
        let mut left = Vec::new();
        for rule in rules {
            let is_absent = Rule::parse(&rule)?.is_on_another_than(playing, &scenario.personas);
            match is_absent {
                true if given.contains(&rule) => return Err(CliError::Absent { rule }),
                true => {}
                false => left.push(rule),
            }
        }
        Ok(left)
    };
    let thresholds = present(std::mem::take(&mut plan.thresholds))?;
    let budget = present(std::mem::take(&mut plan.budget))?;
    plan.set_thresholds(thresholds);
    plan.set_budget(budget);
    Ok(())
}

/// The plan of a run that nobody plays: its targets, as flags, environment and configuration name them.
///
/// # Errors
/// When there is no target, or anything is wrong that can be known without one.
pub fn prepare_targets(flags: Settings, target: Option<&str>, config: Option<&OsStr>) -> Result<Plan, CliError> {
    let config = Config::find(config)?;
    let mut layers = config.layers("");
    layers.push(environment::layer()?);
    if let Some(target) = target {
        layers.push(config.target(target)?);
    }
    layers.push(Layer { origin: Origin::CommandLine, settings: flags });
    for layer in &mut layers {
        layer.settings = std::mem::take(&mut layer.settings).of_targets();
    }
    let scenario = Scenario::of_targets(layers.iter().map(|layer| &layer.settings));
    if scenario.needs.is_empty() {
        return Err(CliError::NoTarget);
    }
    let plan = resolve(&scenario, None, &layers, machine())?;
    check_urls(&plan)?;
    Ok(plan)
}

/// Makes sure that the URLs of all targets can be understood.
fn check_urls(plan: &Plan) -> Result<(), CliError> {
    type Check = fn(&SecretUrl) -> Result<(), Failure>;
    let targets = &plan.targets;
    let postgres = targets.postgres.iter().map(|(name, target)| (name, &target.url, postgres::check as Check));
    let redis = targets.redis.iter().map(|(name, target)| (name, &target.url, redis::check as Check));
    let http = targets.http.iter().map(|(name, target)| (name, &target.url, http::check as Check));
    check_kinds(plan)?;
    for (target, url, check) in postgres.chain(redis).chain(http) {
        let Some(url) = url else { continue };
        let target = target.clone();
        check(url).map_err(|failure| match Place::port_problem(url) {
            Some(problem) => CliError::Port { target, problem },
            None => CliError::Url { target, source: Box::new(failure) },
        })?;
    }
    Ok(())
}

/// Finds a URL of Redis given for a PostgreSQL, and the other way round.
fn check_kinds(plan: &Plan) -> Result<(), CliError> {
    let starts = |url: Option<&SecretUrl>, schemes: &[&str]| {
        url.is_some_and(|url| schemes.iter().any(|scheme| url.reveal().starts_with(scheme)))
    };
    let wrong = |target: &String, is, needs, flag| CliError::OtherKind { target: target.clone(), is, needs, flag };
    for (name, target) in &plan.targets.postgres {
        if starts(target.url.as_ref(), &["redis://", "rediss://", "redis+unix://", "valkey://"]) {
            return Err(wrong(name, "Redis", "PostgreSQL", "--redis"));
        }
    }
    for (name, target) in &plan.targets.redis {
        if starts(target.url.as_ref(), &["postgres://", "postgresql://"]) {
            return Err(wrong(name, "PostgreSQL", "Redis", "--pg"));
        }
    }
    Ok(())
}

/// Keeps off targets that nobody has said may be used, unless forced, and off programs that nobody has allowed.
///
/// # Errors
/// The first such target, or what takes `--allow-exec`.
pub fn refuse_danger(plan: &Plan, scenario: &Scenario) -> Result<(), CliError> {
    if let Some(danger) = safety::unallowed(plan, scenario) {
        return Err(danger.into());
    }
    match safety::danger(plan) {
        Some(danger) if !plan.force => Err(danger.into()),
        _ => Ok(()),
    }
}

/// Makes sure that what throng can't start itself is there.
///
/// # Errors
/// The first HTTP target without a URL.
pub fn require_urls(plan: &Plan) -> Result<(), CliError> {
    match plan.targets.http.iter().find(|(_, target)| target.url.is_none()) {
        Some((target, _)) => Err(CliError::NoUrl { target: target.clone() }),
        None => Ok(()),
    }
}

/// Finds and loads a scenario.
///
/// # Errors
/// When there is none of that name, or it cannot be loaded.
pub fn load(name: &str) -> Result<(Source, Scenario), CliError> {
    let source = locate(name)?;
    let scenario = load_source(&source)?;
    Ok((source, scenario))
}

fn load_source(source: &Source) -> Result<Scenario, CliError> {
    Ok(script::load(source, Limits::default().memory_bytes)?.scenario)
}

/// All layers above the scenario and its profile, the weakest first.
///
/// A target that was asked for by name is stronger than the environment: a
/// `DATABASE_URL` that happens to be set must not lead elsewhere.
/// What a suite shortens it shortens in all of them but the command line, which means what it says.
fn layers(scenario: &mut Scenario, flags: &PlanFlags) -> Result<Vec<Layer>, CliError> {
    let config = Config::find(flags.config.as_deref())?;
    config.check_scenarios(&scenario.name)?;
    let mut layers = config.layers(&scenario.name);
    let parts = flags.suite.iter().flat_map(|run| &run.parts);
    layers.extend(parts.map(|part| Layer { origin: Origin::Suite, settings: part.settings.clone() }));
    layers.push(environment::layer()?);
    if let Some(target) = flags.target.as_deref().filter(|name| !name.is_empty()) {
        layers.push(config.target(target)?);
    }
    if let Some(run) = &flags.suite {
        run.shortening.apply(scenario, &mut layers)?;
    }
    let mut given = flags.settings.layers()?;
    if flags.suite.is_some() {
        // Meant for other runs; that some run uses each of them is seen to where all are known.
        for layer in &mut given {
            layer.settings.take_unused_urls(scenario);
        }
    }
    layers.extend(given);
    Ok(layers)
}

fn machine() -> Machine {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    Machine { cores, seed: random_seed() }
}

/// A seed that nobody chose.
pub fn random_seed() -> u64 {
    // Short enough to be typed again, and exact in every reader of JSON.
    u64::from(rand::random::<u32>())
}
