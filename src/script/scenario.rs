//! Loading a scenario: from the table that its file returns to declarations for the plan and functions to call.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use mlua::{Function, Table, Value};

use super::error::{ScriptError, Thrown};
use super::fields::{Fields, Named, describe};
use super::host::Host;
use super::needs;
use super::operation::OperationCells;
use super::player::{Behaviour, Persona, Step};
use super::source::Source;
use super::state::State;
use super::values::declared;
use crate::plan;
use crate::plan::settings::{Input, Settings, Thresholds};
use crate::plan::{Data, Param, Params, PersonaDecl, Think};

/// A scenario in the Lua state that it was loaded into.
pub struct Loaded {
    /// What it declares.
    pub scenario: plan::Scenario,
    pub(super) state: State,
    pub(super) setup: Option<Function>,
    pub(super) verify: Option<Function>,
    pub(super) teardown: Option<Function>,
    acts: BTreeMap<String, Act>,
}

/// The functions of one persona.
struct Act {
    start: Option<Function>,
    stop: Option<Function>,
    run: Option<Function>,
    /// By name, with their weights.
    operations: Vec<(String, f64, Function)>,
}

/// Loads a scenario into a new state, without any I/O but reading the modules it requires.
///
/// # Errors
/// A file that does not parse or throws, and a table that is not a scenario.
pub fn load(source: &Source, memory_bytes: usize) -> Result<Loaded, ScriptError> {
    let state = State::new(source, memory_bytes)?;
    let value = state.run(source).map_err(|error| ScriptError::new("loading", &error))?;
    let Value::Table(table) = value else {
        let message = format!("{}: a scenario returns one table, this returned {}", source.path, describe(&value));
        let hint = "end the file with `return { personas = { … } }`";
        return Err(ScriptError::invalid(message, Some(hint.to_owned())));
    };
    let located = |thrown: Thrown| ScriptError::new("loading", &thrown.into()).within(&source.path);
    let mut parts = Parts::read(table, source).map_err(located)?;
    parts.scenario.source_hash = state.source_hash(source);
    parts.scenario.validate().map_err(|error| invalid(source, &error))?;
    let Parts { scenario, setup, verify, teardown, acts } = parts;
    Ok(Loaded { scenario, state, setup, verify, teardown, acts })
}

/// An error of the plan, with the file it is in; its hint is on a line of its own already.
fn invalid(source: &Source, error: &plan::PlanError) -> ScriptError {
    ScriptError::invalid(format!("{}: {error}", source.path), None)
}

struct Parts {
    scenario: plan::Scenario,
    setup: Option<Function>,
    verify: Option<Function>,
    teardown: Option<Function>,
    acts: BTreeMap<String, Act>,
}

impl Parts {
    fn read(table: Table, source: &Source) -> Result<Self, Thrown> {
        let mut fields = Fields::new(table, "");
        let mut scenario = plan::Scenario {
            name: source.name.clone(),
            about: fields.opt("about")?.unwrap_or_default(),
            needs: needs::read(fields.opt("needs")?)?,
            params: params(fields.opt("params")?)?,
            settings: settings(fields.opt("load")?, "load")?,
            profiles: profiles(fields.opt("profiles")?)?,
            env: fields.opt("env")?.unwrap_or_default(),
            tables: fields.opt("tables")?.unwrap_or_default(),
            programs: fields.opt("programs")?.unwrap_or_default(),
            requires: fields.opt("requires")?.unwrap_or_default(),
            ..plan::Scenario::default()
        };
        if let Some(rules) = fields.opt::<Vec<String>>("thresholds")? {
            scenario.settings.thresholds = Some(Thresholds(rules));
        }
        if let Some(preset) = fields.opt::<Value>("preset")? {
            let data: Data = declared(&preset, "preset")?;
            let set = scenario.settings.set("preset", Input::Typed(&data), "preset");
            set.map_err(|error| Thrown::misuse(error.to_string()))?;
        }
        if let Some(users) = fields.opt("scale_to")? {
            scenario.settings.scale_to = Some(users);
        }
        let (setup, verify, teardown) = (fields.opt("setup")?, fields.opt("verify")?, fields.opt("teardown")?);
        let mut acts = BTreeMap::new();
        for (name, table) in named_tables(fields.opt("personas")?, "personas")? {
            let (declared, act) = persona(&name, table)?;
            scenario.personas.push(declared);
            acts.insert(name, act);
        }
        fields.finish()?;
        Ok(Self { scenario, setup, verify, teardown, acts })
    }
}

fn persona(name: &str, table: Table) -> Result<(PersonaDecl, Act), Thrown> {
    let path = format!("personas.{name}");
    let mut fields = Fields::new(table, path.as_str());
    let mut operations = operations(fields.opt("operations")?, &format!("{path}.operations"))?;
    operations.sort_by(|a, b| a.0.cmp(&b.0));
    let act = Act { start: fields.opt("start")?, stop: fields.opt("stop")?, run: fields.opt("run")?, operations };
    let load: Option<Table> = fields.opt("load")?;
    let declared = PersonaDecl {
        name: name.to_owned(),
        share: fields.opt("share")?,
        users: fields.opt("users")?,
        load: load.map(|load| settings(Some(load), &format!("{path}.load"))).transpose()?,
        think: fields.opt("think")?,
        run: act.run.is_some(),
        operations: act.operations.iter().map(|(name, weight, _)| (name.clone(), *weight)).collect(),
    };
    fields.finish()?;
    Ok((declared, act))
}

/// Operations are tables with a weight, or bare functions, whose weight is 1.
fn operations(table: Option<Table>, path: &str) -> Result<Vec<(String, f64, Function)>, Thrown> {
    let mut operations = Vec::new();
    for (name, value) in named_values(table, path)? {
        let path = format!("{path}.{name}");
        match value {
            Value::Function(run) => operations.push((name, 1.0, run)),
            Value::Table(table) => {
                let mut fields = Fields::new(table, path);
                operations.push((name, fields.opt("weight")?.unwrap_or(1.0), fields.req("run")?));
                fields.finish()?;
            }
            other => {
                let came = describe(&other);
                return Err(Thrown::misuse(format!("`{path}`: expected a table with `weight` and `run`, got {came}")));
            }
        }
    }
    Ok(operations)
}

fn params(table: Option<Table>) -> Result<Params, Thrown> {
    let mut params = Params::new();
    for (name, table) in named_tables(table, "params")? {
        let path = format!("params.{name}");
        let mut fields = Fields::new(table, path.as_str());
        let value = declared(&fields.req::<Value>("default")?, &format!("{path}.default"))?;
        let doc = fields.opt("doc")?.unwrap_or_default();
        fields.finish()?;
        params.insert(name, Param { value, doc });
    }
    Ok(params)
}

fn profiles(table: Option<Table>) -> Result<BTreeMap<String, Settings>, Thrown> {
    let tables = named_tables(table, "profiles")?;
    tables
        .into_iter()
        .map(|(name, table)| Ok((name.clone(), settings(Some(table), &format!("profiles.{name}"))?)))
        .collect()
}

fn settings(table: Option<Table>, path: &str) -> Result<Settings, Thrown> {
    let Some(table) = table else { return Ok(Settings::default()) };
    let data: Data = declared(&Value::Table(table), path)?;
    Settings::from_data(&data, path).map_err(|error| Thrown::misuse(error.to_string()))
}

fn named_tables(table: Option<Table>, path: &str) -> Result<Vec<(String, Table)>, Thrown> {
    let tables = named_values(table, path)?.into_iter().map(|(name, value)| match value {
        Value::Table(table) => Ok((name, table)),
        other => Err(Thrown::misuse(format!("`{path}.{name}`: expected a table, got {}", describe(&other)))),
    });
    tables.collect()
}

/// The entries of a table with names as keys, in the order of the names: that of a Lua table means nothing.
fn named_values(table: Option<Table>, path: &str) -> Result<Vec<(String, Value)>, Thrown> {
    let mut values = Vec::new();
    for pair in table.iter().flat_map(|table| table.pairs::<Value, Value>()) {
        let (key, value) = pair.map_err(|error| Thrown::misuse(format!("`{path}`: {error}")))?;
        match &key {
            Value::String(name) => values.push((name.to_string_lossy(), value)),
            other => {
                let message = format!("`{path}`: expected names as keys, got {}", describe(other));
                return Err(Thrown::misuse(message));
            }
        }
    }
    values.sort_by(|a, b| a.0.cmp(&b.0));
    Ok(values)
}

impl Named for Think {
    const EXPECTED: &'static str = "a think time such as `\"100ms\"` or `\"50ms..150ms\"`";

    fn named(value: Value) -> Result<Self, super::fields::Mismatch> {
        let text = value.as_string().ok_or(super::fields::Mismatch::Type)?.to_string_lossy();
        text.parse().map_err(|error: plan::units::UnitError| super::fields::Mismatch::Content(error.to_string()))
    }
}

impl Loaded {
    /// Says that the worker's loop has come round.
    pub(super) fn begin_turn(&self) {
        self.state.begin_turn();
    }

    /// The personas of the host's plan, in its order.
    pub(super) fn personas(&self, host: &Host) -> Vec<Rc<Persona>> {
        let personas = host.plan.personas.iter().enumerate();
        personas.filter_map(|(index, persona)| Some(Rc::new(self.persona(index, &persona.name)?))).collect()
    }

    /// What users of a persona do; none if the scenario has none of that name, which a plan made of it rules out.
    fn persona(&self, index: usize, name: &str) -> Option<Persona> {
        let act = self.acts.get(name)?;
        let behaviour = match &act.run {
            Some(run) => Behaviour::Flow(run.clone()),
            None => Behaviour::Mix(steps(name, &act.operations)),
        };
        Some(Persona {
            index,
            name: name.to_owned(),
            start: act.start.clone(),
            stop: act.stop.clone(),
            behaviour,
            counts: RefCell::default(),
        })
    }
}

fn steps(persona: &str, operations: &[(String, f64, Function)]) -> Vec<Step> {
    let mut up_to = 0.0;
    let step = |(name, weight, run): &(String, f64, Function)| {
        up_to += weight;
        Step { up_to, cells: OperationCells::new(persona, name), run: run.clone() }
    };
    operations.iter().map(step).collect()
}
