//! `require`: throng's own modules, the standard library, and files beside the scenario.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

use mlua::{Lua, Table, Value};

use super::error::Thrown;
use super::source::{Folder, without_mark};
use super::state::run_chunk;
use super::{api, read_only};
use crate::bundle;
use crate::plan::nearest::nearest;

/// The texts of the files beside the scenario that were required, by module name.
pub type Parts = Rc<RefCell<BTreeMap<String, String>>>;

/// Puts `require` into the sandbox's library, for scripts in `env`; returns where it notes what was required.
pub fn install(lua: &Lua, library: &Table, env: &Table, folder: Folder) -> mlua::Result<Parts> {
    // `None` while a module is being loaded.
    let loaded: RefCell<HashMap<String, Option<Value>>> = RefCell::default();
    let parts = Parts::default();
    let (noted, within) = (parts.clone(), env.clone());
    let require = lua.create_function(move |lua, name: String| {
        match loaded.borrow().get(&name) {
            Some(Some(value)) => return Ok(value.clone()),
            Some(None) => return Err(circle(&name)),
            None => {}
        }
        loaded.borrow_mut().insert(name.clone(), None);
        let found = find_module(lua, &within, &folder, &name, &noted);
        match &found {
            Ok(value) => loaded.borrow_mut().insert(name, Some(value.clone())),
            Err(_) => loaded.borrow_mut().remove(&name),
        };
        found
    })?;
    library.raw_set("require", require)?;
    Ok(parts)
}

fn circle(name: &str) -> mlua::Error {
    Thrown::misuse_with(
        format!("module `{name}` requires itself, directly or through others"),
        "move what both need into a module of its own",
    )
    .into()
}

/// Path and text of a file in the scenario's folder.
fn beside(folder: &Folder, relative: &str) -> Result<Option<(String, String)>, Thrown> {
    let path = match folder {
        Folder::Disk(folder) => folder.join(relative),
        Folder::Bundled(folder) => {
            let path = format!("{folder}/{relative}");
            let path = path.trim_start_matches('/');
            return Ok(bundle::script(path).map(|text| (format!("scripts/{path}"), text)));
        }
    };
    if !path.is_file() {
        return Ok(None);
    }
    let text =
        std::fs::read_to_string(&path).map_err(|error| Thrown::misuse(format!("{}: {error}", path.display())))?;
    Ok(Some((path.display().to_string(), without_mark(text))))
}

fn find_module(lua: &Lua, env: &Table, folder: &Folder, name: &str, parts: &Parts) -> mlua::Result<Value> {
    if let Some(module) = api::MODULES.iter().find(|module| module.name == name) {
        return read_only::library(lua, name, &(module.make)(lua)?).map(Value::Table);
    }
    let relative = format!("{}.lua", name.replace('.', "/"));
    // Stubs are for editors, and empty.
    let text = if relative.contains("/meta/") { None } else { bundle::stdlib(&relative) };
    if let Some(text) = text {
        return match run_chunk(lua, env, &format!("stdlib/{relative}"), &text)? {
            Value::Table(module) => read_only::library(lua, name, &module).map(Value::Table),
            other => Ok(other),
        };
    }
    let plain = name
        .split('.')
        .all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-".contains(&b)));
    if !plain {
        return Err(Thrown::misuse_with(
            format!("`require(\"{name}\")` is not a module name"),
            "use letters, digits and `_`, with dots between folders",
        )
        .into());
    }
    if let Some((path, text)) = beside(folder, &relative)? {
        let value = run_chunk(lua, env, &path, &text)?;
        parts.borrow_mut().insert(name.to_owned(), text);
        return Ok(value);
    }
    let message = format!("module `{name}` was found neither in throng nor in the scenario's folder");
    let known = api::MODULES.iter().map(|module| module.name.to_owned()).chain(bundle::stdlib_modules());
    let known: Vec<String> = known.collect();
    Err(match nearest(name, known.iter().map(String::as_str)) {
        Some(nearest) => Thrown::misuse_with(message, format!("did you mean `{nearest}`?")),
        None => Thrown::misuse_with(message, format!("expected it in `{relative}` beside the scenario")),
    }
    .into())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::super::scenario::load;
    use super::super::source::Source;

    const MEMORY: usize = 64 << 20;

    #[test]
    fn the_hash_of_a_source_changes_with_every_part_it_requires() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
        write("main.lua", "require('part.deep') return { personas = { p = { operations = { o = function() end } } } }");
        fs::create_dir(folder.path().join("part")).unwrap();
        let hash_with = |part: &str| {
            write("part/deep.lua", part);
            load(&Source::file(&folder.path().join("main.lua")).unwrap(), MEMORY).unwrap().scenario.source_hash
        };
        let (one, other) = (hash_with("return 1"), hash_with("return 2"));
        assert_ne!(one, other);
        assert_eq!(one, hash_with("return 1"));
    }

    #[test]
    fn files_that_require_each_other_in_a_circle_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
        write("main.lua", "require('a')");
        write("a.lua", "require('b')");
        write("b.lua", "require('a')");
        let error = load(&Source::file(&folder.path().join("main.lua")).unwrap(), MEMORY).err().unwrap();
        assert!(error.to_string().contains("requires itself"), "{error}");
    }
}
