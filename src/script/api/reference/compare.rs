//! What is registered against what the stubs say.

use std::collections::BTreeSet;
use std::rc::Rc;

use mlua::{AnyUserData, Lua, Table, UserData, Value};

use super::stub::{self, Kind};
use crate::plan::{Limits, settings};
use crate::script::api::{MODULES, file, http, pg, redis, user, ws};
use crate::script::random::{self, Stream};
use crate::script::source::Source;
use crate::script::state::State;
use crate::script::user::User;

/// Classes whose objects a chunk can make.
const OBJECTS: &[(&str, &str)] = &[
    ("throng.gen.Distribution", "require('throng.gen').uniform(1, 2)"),
    ("throng.gen.Rows", "require('throng.gen').rows(1, { 'x' })"),
    ("throng.gen.Sequence", "require('throng.gen').sequence('x')"),
    ("throng.hash.Stream", "require('throng.hash').stream('sha256')"),
    ("throng.metrics.Metric", "require('throng.metrics').counter('x')"),
    ("throng.shared.Barrier", "require('throng.shared').barrier('x', 1)"),
    ("throng.shared.Counter", "require('throng.shared').counter('x')"),
    ("throng.shared.Map", "require('throng.shared').map('x')"),
    ("throng.shared.Queue", "require('throng.shared').queue('x')"),
];

/// Classes whose objects take any method, because it is a command of Redis, and methods that are none.
const OPEN: &[(&str, &[&str])] = &[
    ("throng.redis.Client", &["call", "pipeline", "script", "subscribe", "transaction"]),
    ("throng.redis.Queue", &["call"]),
];

/// A state for chunks.
fn state() -> State {
    State::new(&Source::bundled("chunk", ""), Limits::default().memory_bytes).expect("an empty state can be made")
}

fn run(state: &State, text: &str) -> Value {
    state.run(&Source::bundled("chunk", format!("return {text}"))).expect("the chunk runs")
}

fn functions(prefix: &str, table: &Table) -> Vec<String> {
    let pairs = table.pairs::<String, Value>().map(|pair| pair.expect("keys of modules are strings"));
    pairs.filter(|(_, value)| value.is_function()).map(|(name, _)| format!("{prefix}{name}")).collect()
}

fn methods_of(object: &AnyUserData, class: &str) -> Vec<String> {
    let index: Table = object.metatable().and_then(|meta| meta.get("__index")).expect("the class has methods only");
    functions(&format!("{class}:"), &index)
}

/// The methods of a class whose objects need a server.
fn methods<T: UserData + 'static>(lua: &Lua, class: &str) -> Vec<String> {
    methods_of(&lua.create_proxy::<T>().expect("the state has room for it"), class)
}

/// All functions and methods that scripts can call.
fn registered(state: &State) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for module in MODULES {
        let table = (module.make)(state.lua()).expect("modules can be made without a run");
        let short = module.name.rsplit('.').next().unwrap_or(module.name);
        names.extend(functions(&format!("{short}."), &table));
    }
    let user = Rc::new(User::new(0, 0, Stream::numbered(0, 0)));
    let random = random::object(state.lua(), &user).expect("a state has room for it");
    let objects = OBJECTS.iter().map(|(class, chunk)| (*class, run(state, chunk)));
    for (class, object) in objects.chain([("throng.Random", random)]) {
        names.extend(methods_of(object.as_userdata().expect("objects are userdata"), class));
    }
    names.extend(pg::METHODS.iter().map(|method| format!("throng.pg.Client:{method}")));
    names.extend(methods::<file::Writer>(state.lua(), "throng.file.Writer"));
    names.extend(methods::<pg::Listener>(state.lua(), "throng.pg.Listener"));
    names.extend(ws::METHODS.iter().map(|method| format!("throng.ws.Client:{method}")));
    names.extend(ws::SOCKET_METHODS.iter().map(|method| format!("throng.ws.Socket:{method}")));
    names.extend(http::METHODS.iter().map(|method| format!("throng.http.Client:{method}")));
    names.extend(http::RESPONSE_METHODS.iter().map(|method| format!("throng.http.Response:{method}")));
    names.extend(methods::<redis::Script>(state.lua(), "throng.redis.Script"));
    names.extend(methods::<redis::Subscription>(state.lua(), "throng.redis.Subscription"));
    for (class, own) in OPEN {
        names.extend(own.iter().map(|method| format!("{class}:{method}")));
    }
    names.extend(functions("throng.User:", &user::methods(state.lua()).expect("a state has room for them")));
    names
}

#[test]
fn every_function_has_a_stub_and_every_stub_a_function() {
    let registered = registered(&state());
    // The sandbox's own version of a function of Lua.
    let stubbed: BTreeSet<String> = stub::native()
        .iter()
        .flat_map(|stub| &stub.items)
        .filter_map(|item| match &item.kind {
            Kind::Function(name, _) if name != "error" && !is_command(name) => Some(name.clone()),
            _ => None,
        })
        .collect();
    let missing: Vec<_> = registered.difference(&stubbed).collect();
    let stale: Vec<_> = stubbed.difference(&registered).collect();
    assert!(missing.is_empty() && stale.is_empty(), "without a stub: {missing:#?}\nonly in stubs: {stale:#?}");
}

/// Whether a method is a command of Redis.
fn is_command(name: &str) -> bool {
    let Some((class, method)) = name.split_once(':') else { return false };
    OPEN.iter().any(|(open, own)| *open == class && !own.contains(&method))
}

#[test]
fn every_module_has_a_stub() {
    let modules: BTreeSet<&str> = MODULES.iter().map(|module| module.name).collect();
    let stubs = stub::native();
    assert_eq!(stubs.iter().filter_map(|stub| stub.module.as_deref()).collect::<BTreeSet<_>>(), modules);
}

#[test]
fn the_stub_of_settings_names_every_setting() {
    let known: BTreeSet<String> = settings::all().iter().map(|setting| setting.name.to_owned()).collect();
    assert_eq!(fields("throng.Settings"), known);
}

#[test]
fn the_stub_of_a_scenario_names_every_key() {
    assert_eq!(fields("throng.Scenario"), keys("{ oops = 1 }"));
    assert_eq!(fields("throng.Persona"), keys("{ personas = { p = { oops = 1 } } }"));
    assert_eq!(
        fields("throng.Operation"),
        keys("{ personas = { p = { operations = { o = { run = print, oops = 1 } } } } }")
    );
    assert_eq!(fields("throng.Param"), keys("{ params = { x = { default = 1, oops = 1 } } }"));
}

/// The fields of a class in the stubs.
fn fields(class: &str) -> BTreeSet<String> {
    let stubs = stub::native();
    let mut items = stubs.iter().flat_map(|stub| &stub.items);
    let item = items.find(|item| matches!(&item.kind, Kind::Class(name, _) if name == class));
    let parts = &item.unwrap_or_else(|| panic!("there is no class `{class}`")).parts;
    parts.iter().map(|part| part.name.trim_end_matches('?').to_owned()).collect()
}

/// The keys that loading names when it meets one it does not know.
fn keys(scenario: &str) -> BTreeSet<String> {
    let source = Source::bundled("scenario", format!("return {scenario}"));
    let refused = crate::script::load(&source, Limits::default().memory_bytes).err().expect("it has an unknown key");
    let hint = refused.hint.clone().unwrap_or_default();
    let list = hint.strip_prefix("it may have: ").unwrap_or_else(|| panic!("{}: {hint}", refused.message));
    list.split(", ").map(str::to_owned).collect()
}
