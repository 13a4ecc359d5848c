//! One Lua state and its sandbox.
//!
//! Scripts see an environment of their own: the base library without loaders,
//! `string`, `table`, `math`, `utf8`, and a `require` that finds throng's modules
//! and the scenario's own folder. There is no `io`, `os`, `debug`, `package` or
//! `coroutine`, since a user is one coroutine already and a call that waits
//! inside another could not find its way back. Globals are refused, because
//! state in them would be shared by all users of a worker; libraries are
//! read-only for the same reason.

use std::rc::Rc;
use std::time::Duration;

use mlua::chunk::ChunkMode;
use mlua::debug::HookTriggers;
use mlua::{Lua, LuaOptions, StdLib, Table, Value, VmState};
use sha2::{Digest, Sha256};

use super::error::{ScriptError, Thrown, thrown};
use super::source::Source;
use super::turn::Turn;
use super::{api, place, read_only, require};
use crate::plan::nearest::nearest;

/// How tracebacks name the prelude, so that they can leave it out.
pub(super) const PRELUDE_NAME: &str = "[throng]";

/// How many instructions run between two looks at the clock: some milliseconds' worth.
const HOOK_EVERY: u32 = 1_000_000;

/// How long a script may run on a processor without giving way; the watchdog ends a worker that stands still a little later.
const RUNAWAY_AFTER: Duration = Duration::from_secs(3);

/// A sandboxed Lua state with throng's modules.
pub struct State {
    lua: Lua,
    env: Table,
    /// For the hook that ends runaway scripts.
    turn: Rc<Turn>,
    /// What the scenario has required of its own.
    parts: require::Parts,
}

impl State {
    /// An empty state for scenarios of `source`'s folder, with at most `memory_bytes` of Lua memory.
    ///
    /// # Errors
    /// When the state can't be set up, which only a want of memory explains.
    pub fn new(source: &Source, memory_bytes: usize) -> Result<Self, ScriptError> {
        Self::build(source, memory_bytes).map_err(|error| ScriptError::new("loading", &error))
    }

    fn build(source: &Source, memory_bytes: usize) -> mlua::Result<Self> {
        let libraries = StdLib::STRING | StdLib::TABLE | StdLib::MATH | StdLib::UTF8 | StdLib::COROUTINE;
        let lua = Lua::new_with(libraries, LuaOptions::new().thread_pool_size(64))?;
        lua.set_memory_limit(memory_bytes)?;
        let library = library(&lua)?;
        let env = seal(&lua, &library)?;
        let parts = require::install(&lua, &library, &env, source.folder.clone())?;
        install_prelude(&lua, &library)?;
        let state = Self { lua, env, turn: Rc::new(Turn::new()), parts };
        state.install_hook()?;
        Ok(state)
    }

    /// The Lua state itself.
    pub fn lua(&self) -> &Lua {
        &self.lua
    }

    /// The SHA-256, in hex, of the scenario's text and of the files beside it that it has required so far.
    pub fn source_hash(&self, source: &Source) -> String {
        let mut hash = Sha256::new();
        hash.update(&source.text);
        for (name, text) in self.parts.borrow().iter() {
            hash.update(format!("\0{name}\0"));
            hash.update(text);
        }
        hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// Says that the worker's loop has come round.
    pub fn begin_turn(&self) {
        self.turn.begin();
    }

    /// Runs the text of `source` and returns what it returns.
    pub fn run(&self, source: &Source) -> mlua::Result<Value> {
        self.begin_turn();
        run_chunk(&self.lua, &self.env, &source.path, &source.text)
    }

    /// Ends scripts that never give way. A script that catches the error and goes on, or loops within one
    /// call of C, is left to the watchdog of the session.
    fn install_hook(&self) -> mlua::Result<()> {
        let turn = self.turn.clone();
        self.lua.set_global_hook(HookTriggers::new().every_nth_instruction(HOOK_EVERY), move |lua, _| {
            let ran = turn.ran();
            if ran <= RUNAWAY_AFTER {
                return Ok(VmState::Continue);
            }
            Err(Thrown::Runaway { seconds: ran.as_secs(), place: place::current(lua) }.into())
        })
    }
}

/// Whether an error came from the hook that ends runaway scripts.
pub fn is_runaway(error: &mlua::Error) -> bool {
    matches!(thrown(error), Some(Thrown::Runaway { .. }))
}

pub(super) fn run_chunk(lua: &Lua, env: &Table, path: &str, text: &str) -> mlua::Result<Value> {
    if text.as_bytes().starts_with(BYTECODE) {
        let message = format!("{path}: attempt to load a binary chunk");
        return Err(Thrown::misuse_with(message, "a scenario is Lua source, not what `luac` makes of it").into());
    }
    let chunk = lua.load(text).set_name(format!("@{path}")).set_mode(ChunkMode::Text).set_environment(env.clone());
    let chunk = chunk.into_function()?;
    chunk.call(()).map_err(|error| place::located(error, &chunk))
}

/// How bytecode begins.
const BYTECODE: &[u8] = b"\x1b";

/// Names of the base library that are safe as they are.
const BASE: &[&str] = &[
    "_VERSION",
    "getmetatable",
    "ipairs",
    "next",
    "pairs",
    "rawequal",
    "rawget",
    "rawlen",
    "select",
    "setmetatable",
    "tonumber",
    "tostring",
    "type",
];

/// Libraries, which scripts see read-only.
const LIBRARIES: &[&str] = &["math", "string", "table", "utf8"];

/// What would differ from run to run.
const UNSEEDED: &[&str] = &["random", "randomseed"];

/// Names that other Lua programs have and scenarios don't, with what to use instead.
const ABSENT: &[(&str, &str)] = &[
    ("io", "read and write files of the run's own folder with `throng.file`"),
    ("os", "use `throng.time` for the time and `throng.env` for the environment"),
    ("debug", "print with `throng.log`, or try the scenario with `throng rehearse`"),
    ("package", "`require` finds the modules in the scenario's own folder"),
    ("coroutine", "each user is a coroutine already: write its steps one after the other"),
    ("load", "write the code as a function"),
    ("dofile", "use `require`"),
    ("loadfile", "use `require`"),
    ("collectgarbage", "memory is looked after by throng"),
];

/// What scripts find without requiring it.
fn library(lua: &Lua) -> mlua::Result<Table> {
    let globals = lua.globals();
    let library = lua.create_table()?;
    for name in BASE {
        library.raw_set(*name, globals.raw_get::<Value>(*name)?)?;
    }
    globals.raw_get::<Table>("string")?.raw_set("dump", Value::Nil)?;
    refuse_chance(lua, &globals.raw_get("math")?)?;
    for name in LIBRARIES {
        library.raw_set(*name, read_only::library(lua, name, &globals.raw_get(*name)?)?)?;
    }
    // Methods of strings are found without it being seen.
    lua.load("return getmetatable('')").eval::<Table>()?.raw_set("__metatable", false)?;
    library.raw_set("rawset", lua.create_function(read_only::raw_set)?)?;
    library
        .raw_set("print", lua.create_function(|lua, values: mlua::Variadic<Value>| api::log::print(lua, &values))?)?;
    Ok(library)
}

/// Takes the random numbers out of `math`, since no seed of the run reaches them.
fn refuse_chance(lua: &Lua, math: &Table) -> mlua::Result<()> {
    for name in UNSEEDED {
        math.raw_set(*name, Value::Nil)?;
    }
    let meta = lua.create_table()?;
    let absent = |_: &Lua, (_, name): (Table, Value)| match name.as_string().map(|name| name.to_string_lossy()) {
        Some(name) if UNSEEDED.contains(&name.as_str()) => Err(Thrown::misuse_with(
            format!("`math.{name}` is not available to scenarios: the run's seed would not reach it"),
            "use `user.random`, or `throng.gen` for data by an index",
        )
        .into()),
        _ => Ok(Value::Nil),
    };
    meta.raw_set("__index", lua.create_function(absent)?)?;
    math.set_metatable(Some(meta))
}

fn install_prelude(lua: &Lua, library: &Table) -> mlua::Result<()> {
    let open = lua.create_function(api::error::open)?;
    let raise = lua.create_function(|_, error: Value| api::error::raise(&error))?;
    let prelude = lua.load(include_str!("prelude.lua")).set_name(format!("={PRELUDE_NAME}"));
    prelude.call::<()>((library.clone(), open, raise))
}

/// The environment of scripts: the library, with variables refused that it does not have, to be read or made.
fn seal(lua: &Lua, library: &Table) -> mlua::Result<Table> {
    let meta = lua.create_table()?;
    meta.raw_set(
        "__index",
        lua.create_function(|_, (library, name): (Table, Value)| Err::<Value, _>(undefined(&library, &name)))?,
    )?;
    library.set_metatable(Some(meta))?;
    let refuse = |_: &Lua, (_, name, _): (Table, Value, Value)| Err::<(), _>(global(&name));
    let env = read_only::front(lua, library, lua.create_function(refuse)?)?;
    library.raw_set("_G", &env)?;
    Ok(env)
}

fn undefined(env: &Table, name: &Value) -> mlua::Error {
    let name = name.as_string().map(|name| name.to_string_lossy()).unwrap_or_else(|| "?".to_owned());
    let message = format!("there is no variable `{name}`");
    if let Some((_, instead)) = ABSENT.iter().find(|(absent, _)| *absent == name) {
        return Thrown::misuse_with(format!("`{name}` is not available to scenarios"), *instead).into();
    }
    let known: Vec<String> = env.pairs::<String, Value>().filter_map(|pair| pair.ok().map(|(key, _)| key)).collect();
    match nearest(&name, known.iter().map(String::as_str)) {
        Some(nearest) => Thrown::misuse_with(message, format!("did you mean `{nearest}`?")).into(),
        None => Thrown::misuse(message).into(),
    }
}

fn global(name: &Value) -> mlua::Error {
    let name = name.as_string().map(|name| name.to_string_lossy()).unwrap_or_else(|| "?".to_owned());
    Thrown::misuse_with(
        format!("`{name}` is assigned as a global, which all users of a worker would share"),
        format!("write `local {name} = …`, or keep it in `user.state`"),
    )
    .into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::script::error::classify;

    /// What becomes of a script in a state of so much memory.
    fn refusal(text: &str, memory_bytes: usize) -> String {
        let source = Source::bundled("test", text);
        let state = State::new(&source, memory_bytes).unwrap();
        classify(&state.run(&source).unwrap_err()).message
    }

    #[test]
    fn a_script_that_never_gives_way_is_ended_even_where_it_catches_errors() {
        for text in [
            "while true do end",
            "local function f() while true do end end while true do pcall(f) end",
            "local function f() while true do end end while true do xpcall(f, function() end) end",
        ] {
            let refusal = refusal(text, 16 << 20);
            assert!(refusal.contains("without giving way"), "{text}: {refusal}");
            assert!(refusal.starts_with("scripts/test.lua:1: "), "{text}: {refusal}");
        }
    }

    #[test]
    fn a_script_that_allocates_without_end_is_ended_with_what_to_change() {
        for text in [
            "local t = {} for i = 1, math.huge do t[i] = ('x'):rep(1000) .. i end",
            "return ('x'):rep(1 << 30)",
            "local s = 'x' while true do s = s .. s end",
        ] {
            let refusal = refusal(text, 16 << 20);
            assert!(refusal.starts_with("scripts/test.lua"), "{text}: {refusal}");
            assert!(refusal.contains("`memory_limit`"), "{text}: {refusal}");
        }
    }

    #[test]
    fn bytecode_is_not_loaded() {
        let refusal = refusal("\u{1b}Lua", 16 << 20);
        assert_eq!(refusal, "scripts/test.lua: attempt to load a binary chunk");
    }
}
