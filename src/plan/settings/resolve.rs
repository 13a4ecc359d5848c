//! From a scenario and layers of settings to a plan.

use std::time::Duration;

use super::super::load::{Key, Load, LoadError};
use super::super::nearest::hint_for;
use super::super::scenario::{PersonaDecl, Scenario};
use super::super::{Explaining, Monitoring, Origin, PersonaPlan, Plan, PlanError, Think};
use super::bounds::{bounded, limits, positive};
use super::layers::{Layer, Merged, merge};
use super::origins::origins;
use super::targets::{check_urls, name_urls, targets, workers};
use super::{OnScriptBug, Settings, params, population};

/// Default of how long unfinished iterations may go on: long enough for any ordinary statement.
const GRACEFUL_STOP: Duration = Duration::from_secs(30);
/// The default of `scale_target`: the upper bound of what is rated good.
pub const SCALE_TARGET: Duration = Duration::from_millis(500);
/// The default of `scale_to`, as a multiple of the users played.
const SCALE_FACTOR: u64 = 10;

/// What the plan takes from the machine it is made on.
#[derive(Debug, Clone, Copy)]
pub struct Machine {
    /// Processor cores that may be used.
    pub cores: usize,
    /// The seed to use if none is given.
    pub seed: u64,
}

/// Makes the plan of a run: the scenario, its profile, and `stronger` layers in the order of their strength.
pub fn resolve(
    scenario: &Scenario,
    profile: Option<&str>,
    stronger: &[Layer],
    machine: Machine,
) -> Result<Plan, PlanError> {
    scenario.validate()?;
    let mut layers = vec![Layer { origin: Origin::Scenario, settings: scenario.settings.clone() }];
    if let Some(name) = profile {
        layers.push(Layer { origin: Origin::Profile, settings: scenario.profile(name)?.clone() });
    }
    layers.extend_from_slice(stronger);
    for layer in &mut layers {
        check_urls(scenario, layer)?;
        name_urls(scenario, &mut layer.settings);
    }
    let mut merged = merge(&layers)?;

    let personas = chosen_personas(scenario, &merged.settings)?;
    let load = shared_load(&personas, &mut merged)?;
    let groups = population::groups(&personas, load.as_ref())?;
    let users = groups.iter().map(|group| group.load.users()).sum::<u64>();
    let warm_up = merged.settings.warm_up.unwrap_or_default();
    if !warm_up.is_zero() && groups.iter().any(|group| !group.load.has_starting_level()) {
        return Err(PlanError::NothingToWarmUp);
    }

    let mut params = scenario.params.clone();
    if let Some(given) = &merged.settings.params {
        params::apply(&mut params, given)?;
    }
    let settings = &merged.settings;
    let targets = targets(scenario, settings)?;
    let thinking: Vec<_> = personas.iter().map(|persona| think_of(persona, &merged)).collect();
    let personas = personas
        .iter()
        .zip(&thinking)
        .map(|(persona, (think, _))| PersonaPlan {
            name: persona.name.clone(),
            mix: !persona.run,
            think: think.clone(),
        })
        .collect();
    let mut plan = Plan {
        scenario: scenario.name.clone(),
        about: scenario.about.clone(),
        run_id: String::new(),
        source_hash: scenario.source_hash.clone(),
        profile: profile.map(str::to_owned),
        params,
        personas,
        groups,
        warm_up,
        graceful_stop: settings.graceful_stop.unwrap_or(GRACEFUL_STOP),
        workers: workers(&merged, users, &targets, machine.cores)?,
        seed: settings.seed.unwrap_or(machine.seed),
        targets,
        monitor: Monitoring {
            big_keys: settings.big_keys.unwrap_or(0),
            ..Monitoring::without(settings.no_monitor.as_ref().map_or(&[], |unwatched| &unwatched.0))
        },
        explain: explaining(settings),
        limits: limits(settings)?,
        thresholds: thresholds(settings),
        budget: settings.budget.clone().unwrap_or_default().0,
        preset: settings.preset.clone().unwrap_or_default(),
        scale_to: bounded("scale_to", settings.scale_to, u64::MAX)?.unwrap_or(users.saturating_mul(SCALE_FACTOR)),
        scale_target: positive("scale_target", settings.scale_target)?.unwrap_or(SCALE_TARGET),
        env: scenario.env.clone(),
        tables: scenario.tables.clone(),
        allow_exec: false,
        data: None,
        force: false,
        stop_on_script_bug: settings.on_script_bug.unwrap_or_default() == OnScriptBug::Stop,
        origins: Vec::new(),
    };
    plan.origins = origins(&plan, &merged, &thinking);
    Ok(plan)
}

fn explaining(settings: &Settings) -> Explaining {
    let default = Explaining::default();
    Explaining {
        which: settings.explain.unwrap_or(default.which),
        over: settings.explain_over.unwrap_or(default.over),
        params: settings.explain_params.unwrap_or(default.params),
    }
}

/// The preset's rules, if they are asked for, and then the others.
fn thresholds(settings: &Settings) -> Vec<String> {
    let of_preset = settings.preset.iter().flat_map(|preset| preset.rules()).map(|rule| (*rule).to_owned());
    of_preset.chain(settings.thresholds.clone().unwrap_or_default().0).collect()
}

fn chosen_personas<'a>(scenario: &'a Scenario, settings: &Settings) -> Result<Vec<&'a PersonaDecl>, PlanError> {
    let mut all: Vec<_> = scenario.personas.iter().collect();
    all.sort_by(|a, b| a.name.cmp(&b.name));
    let Some(chosen) = &settings.persona else { return Ok(all) };
    if let Some(name) = chosen.0.iter().find(|name| !all.iter().any(|persona| persona.name == **name)) {
        let hint = hint_for(name, all.iter().map(|persona| persona.name.as_str()));
        return Err(PlanError::UnknownPersona { name: name.clone(), hint });
    }
    Ok(all.into_iter().filter(|persona| chosen.0.contains(&persona.name)).collect())
}

/// The load of the personas that have none of their own; `None` if there are no such personas.
fn shared_load(personas: &[&PersonaDecl], merged: &mut Merged) -> Result<Option<Load>, PlanError> {
    if personas.iter().all(|persona| persona.load.is_some()) {
        let names = merged.settings.shape.keys().into_iter().map(|key| key.name());
        return match names.map(|name| (name, merged.origins[name])).find(|(_, origin)| *origin > Origin::Scenario) {
            Some((name, origin)) => Err(PlanError::LoadForNobody { name, place: origin.place() }),
            None => Ok(None),
        };
    }
    // Where every persona has a fixed number, that is how many users there are.
    let shape = &mut merged.settings.shape;
    if shape.users.is_none() && shape.rate.is_none() && shape.stages.is_none() {
        let fixed: Option<Vec<u64>> =
            personas.iter().filter(|persona| persona.load.is_none()).map(|persona| persona.users).collect();
        shape.users = fixed.map(|users| users.iter().sum());
    }
    shape.load().map(Some).map_err(|source| PlanError::Load { hint: load_hint(&source, merged), source })
}

/// Says where the keys of a wrong load came from, unless the error has a hint of its own.
fn load_hint(error: &LoadError, merged: &Merged) -> String {
    let keys = match error {
        LoadError::Conflict(first, second) => vec![*first, *second],
        LoadError::Missing { present, .. } => vec![*present],
        LoadError::Zero(key) | LoadError::TooMuch { key, .. } => vec![*key],
        LoadError::RampTooLong => vec![Key::RampUp, Key::Duration],
        LoadError::Empty | LoadError::NoStages => return String::new(),
    };
    let places: Option<Vec<_>> = keys.iter().map(|key| Some(merged.origins.get(key.name())?.place())).collect();
    match (keys.as_slice(), places.as_deref()) {
        ([_, _], Some([first, second])) if first == second => format!("\nhint: both come from {first}"),
        ([a, b], Some([first, second])) => {
            format!("\nhint: `{}` comes from {first}, `{}` from {second}", a.name(), b.name())
        }
        ([key], Some([place])) => format!("\nhint: `{}` comes from {place}", key.name()),
        _ => String::new(),
    }
}

/// A persona's own thinking is weaker than what a layer above the scenario says for all, and stronger than what the scenario says.
fn think_of(persona: &PersonaDecl, merged: &Merged) -> (Think, Origin) {
    let for_all = merged.settings.think.clone().zip(merged.origins.get("think").copied());
    match (for_all, persona.think.clone()) {
        (Some((think, origin)), None) => (think, origin),
        (Some((think, origin)), Some(_)) if origin > Origin::Scenario => (think, origin),
        (_, Some(think)) => (think, Origin::Scenario),
        (None, None) => (Think::None, Origin::Default),
    }
}

#[cfg(test)]
mod tests {
    use super::super::Input;
    use super::*;
    use crate::plan::scenario::{Need, TargetKind};
    use crate::plan::{Data, Param};

    const MACHINE: Machine = Machine { cores: 4, seed: 7 };

    fn settings(pairs: &[(&str, &str)]) -> Settings {
        let mut settings = Settings::default();
        for (name, value) in pairs {
            settings.set(name, Input::Text(value), name).expect(name);
        }
        settings
    }

    fn flags(pairs: &[(&str, &str)]) -> Vec<Layer> {
        vec![Layer { origin: Origin::CommandLine, settings: settings(pairs) }]
    }

    fn office() -> Scenario {
        let persona = |name: &str, share, think: Option<&str>| PersonaDecl {
            name: name.to_owned(),
            share: Some(share),
            think: think.map(|think| think.parse().expect("a think time")),
            operations: vec![("work".to_owned(), 1.0)],
            ..PersonaDecl::default()
        };
        Scenario {
            name: "office".to_owned(),
            needs: vec![Need::new("postgres", TargetKind::Postgres)],
            params: [("rows".to_owned(), Param { value: Data::Int(100), doc: String::new() })].into(),
            settings: settings(&[("users", "50"), ("iterations", "50"), ("thresholds", "errors.rate < 1%")]),
            profiles: [("quick".to_owned(), settings(&[("users", "10"), ("params", "rows=5")]))].into(),
            personas: vec![
                persona("read", 50.0, Some("100ms")),
                persona("write", 20.0, None),
                persona("mixed", 25.0, None),
                persona("files", 5.0, None),
            ],
            ..Scenario::default()
        }
    }

    fn plan(profile: Option<&str>, pairs: &[(&str, &str)]) -> Result<Plan, String> {
        resolve(&office(), profile, &flags(pairs), MACHINE).map_err(|error| error.to_string())
    }

    fn origin(plan: &Plan, name: &str) -> Option<(String, Origin)> {
        plan.origins.iter().find(|(field, ..)| field == name).map(|(_, value, origin)| (value.clone(), *origin))
    }

    #[test]
    fn a_plan_has_defaults_for_all_that_nobody_set() {
        let plan = plan(None, &[]).expect("a plan");
        let names: Vec<_> = plan.personas.iter().map(|persona| persona.name.as_str()).collect();
        assert_eq!(names, ["files", "mixed", "read", "write"]);
        assert_eq!((plan.workers, plan.seed, plan.scale_to), (4, 7, 500));
        assert_eq!(plan.thresholds, ["errors.rate < 1%"]);
        assert!(plan.stop_on_script_bug && plan.targets.postgres["postgres"].url.is_none());
        let cycle = &plan.groups[0].assignment.cycle;
        let counts: Vec<_> = (0..4).map(|index| cycle.iter().filter(|persona| **persona == index).count()).collect();
        assert_eq!(counts, [3, 12, 25, 10]);
    }

    #[test]
    fn layers_override_and_say_so() {
        let plan = plan(
            Some("quick"),
            &[("iterations", "3"), ("think", "none"), ("persona", "read,mixed"), ("postgres", "postgres://me:pw@db/x")],
        )
        .expect("a plan");
        assert_eq!(plan.groups[0].load.to_string(), "10 users × 3 iterations");
        assert_eq!(plan.personas.len(), 2);
        assert!(plan.personas.iter().all(|persona| persona.think == Think::None));
        assert_eq!(plan.params["rows"].value, Data::Int(5));
        let row = |value: &str, origin| Some((value.to_owned(), origin));
        assert_eq!(origin(&plan, "users"), row("10", Origin::Profile));
        assert_eq!(origin(&plan, "iterations"), row("3", Origin::CommandLine));
        assert_eq!(origin(&plan, "params.rows"), row("5", Origin::Profile));
        assert_eq!(origin(&plan, "postgres"), row("postgres://me:***@db/x", Origin::CommandLine));
        assert_eq!(origin(&plan, "graceful_stop"), row("30s", Origin::Default));
    }

    #[test]
    fn every_url_keeps_its_own_origin_and_the_stronger_one_counts() {
        let mut scenario = office();
        scenario.needs.push(Need::new("replica", TargetKind::Postgres));
        let layer = |origin, url| Layer { origin, settings: settings(&[("postgres", url)]) };
        let layers = [
            layer(Origin::File, "postgres=postgres://file"),
            layer(Origin::Environment, "postgres://environment"),
            layer(Origin::File, "replica=postgres://replica"),
        ];
        let plan = resolve(&scenario, None, &layers, MACHINE).expect("a plan");
        let row = |url: &str, origin| Some((url.to_owned(), origin));
        assert_eq!(origin(&plan, "postgres"), row("postgres://environment", Origin::Environment));
        assert_eq!(origin(&plan, "replica"), row("postgres://replica", Origin::File));
    }

    #[test]
    fn what_cannot_be_played_is_refused() {
        for (pairs, message) in [
            (
                vec![("rate", "5/s")],
                "`rate` needs `duration` or `stages` of a rate\nhint: `rate` comes from the command line",
            ),
            (vec![("persona", "reed")], "there is no persona `reed`\nhint: did you mean `read`?"),
            (vec![("redis", "redis://x")], "scenario `office` uses no redis target\nhint: "),
            (vec![("postgres", "replica=postgres://x")], "scenario `office` uses no postgres target `replica`\nhint: "),
            (vec![("workers", "9"), ("users", "4")], "`workers` is 9, more than the 4 users"),
            (vec![("workers", "9"), ("connections", "2")], "`workers` is 9, more than the 2 connections"),
            (vec![("scale_to", "0")], "`scale_to` must be at least 1, not 0"),
            (vec![("connections", "0")], "`connections` must be between 1 and 100000, not 0"),
            (vec![("statement_timeout", "0s")], "`statement_timeout`: must be more than zero"),
            (vec![("stages", "1m:5"), ("warm_up", "1s")], "`warm_up` plays the level that the stages start from"),
            (vec![("params", "row=1")], "there is no parameter `row`\nhint: did you mean `rows`?"),
        ] {
            let error = plan(None, &pairs).map(|_| ()).expect_err(message);
            assert!(error.starts_with(message), "{error}");
        }
        assert!(plan(Some("quik"), &[]).map(|_| ()).expect_err("no profile").contains("did you mean `quick`?"));
    }

    #[test]
    fn never_more_workers_than_users_or_connections() {
        let workers = |pairs: &[(&str, &str)]| plan(None, pairs).expect("a plan").workers;
        assert_eq!(workers(&[("users", "3")]), 3);
        assert_eq!(workers(&[("connections", "2")]), 2);
        let file = Layer { origin: Origin::File, settings: settings(&[("workers", "9"), ("users", "3")]) };
        assert_eq!(resolve(&office(), None, &[file], MACHINE).expect("a plan").workers, 3);
        assert_eq!(workers(&[("connections", "2"), ("pool", "user")]), 4);
    }

    #[test]
    fn a_persona_with_a_load_of_its_own_has_all_its_users() {
        let mut scenario = office();
        scenario.personas[1].share = None;
        scenario.personas[1].load = Some(settings(&[("users", "3"), ("duration", "1s")]));
        let plan = resolve(&scenario, None, &[], MACHINE).expect("a plan");
        let index =
            plan.personas.iter().zip(0u16..).find(|(persona, _)| persona.name == "write").map(|(_, index)| index);
        assert_eq!(plan.groups.last().zip(index).map(|(group, index)| group.users_of(index)), Some(3));
        let shared: u64 = (0..4).map(|index| plan.groups[0].users_of(index)).sum();
        assert_eq!(shared, 50);
    }

    #[test]
    fn fixed_personas_alone_say_how_many_users_there_are() {
        let mut scenario = office();
        scenario.settings = settings(&[("duration", "5s")]);
        for persona in &mut scenario.personas {
            (persona.share, persona.users) = (None, Some(2));
        }
        let plan = resolve(&scenario, None, &[], MACHINE).expect("a plan");
        assert_eq!(plan.groups[0].load.to_string(), "8 users for 5s");
    }
}
