//! Lua of the pages, loaded as throng loads a scenario.

use std::collections::BTreeSet;

use throng::bundle;
use throng::plan::Limits;
use throng::script::{Source, load};

use super::page::{Block, Page, project};

/// What a fragment is put into, from the largest to the smallest: most of a scenario, some of its fields, some of its
/// personas, some of a persona's fields, statements of a function.
const FRAMES: [&str; 5] = [
    "local scenario = (function()\n@\nend)()\n\
     scenario.personas = scenario.personas or { p = { run = function() end } }\n\
     scenario.load = scenario.load or { users = 1, iterations = 1 }\nreturn scenario",
    "local function f() end\nlocal look_up, correct, read_note, like_note = f, f, f, f\nreturn { load = { users = 1, iterations = 1 },\n\
     personas = { p = { run = function() end } },\n@\n}",
    "local function f() end\nlocal look_up, correct, read_note, like_note = f, f, f, f\nreturn { load = { users = 1, iterations = 1 }, personas = {\n@\n} }",
    "return { load = { users = 1, iterations = 1 }, personas = { p = {\n@\n} } }",
    "local function fragment(user, ctx, tx)\n@\nend\n\
     return { load = { users = 1, iterations = 1 }, personas = { p = { run = function() end } } }",
];

/// Names that stand for a module without being required, since the text around them did so.
const MODULES: [&str; 5] = ["pg", "gen", "json", "verify", "phase"];

/// Loads a block: a scenario as it is, a fragment in the first frame that takes it.
///
/// # Errors
/// What each frame says of it.
pub fn check(page: &Page, block: &Block) -> Result<(), String> {
    let place = format!("{}:{}", page.name, block.line);
    for name in functions(&block.text) {
        if !is_known(&name) {
            return Err(format!("{place}: there is no `{name}`"));
        }
    }
    let loaded = |text: String| load(&Source::bundled("page", text), Limits::default().memory_bytes);
    if block.is_scenario() {
        return loaded(block.text.clone()).map(drop).map_err(|error| format!("{place}: {error}"));
    }
    // What a list of fields ends with a comma in the middle of a table is the same at its end.
    let tried = FRAMES.map(|frame| loaded(frame.replace('@', block.text.trim_end())));
    if tried.iter().any(Result::is_ok) {
        return Ok(());
    }
    let said: Vec<String> = tried.iter().filter_map(|tried| tried.as_ref().err()).map(ToString::to_string).collect();
    Err(format!("{place}: no frame takes it\n{}", said.join("\n")))
}

/// The functions of throng's modules, and the methods of a user's or context's clients, that a text names.
fn functions(text: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut named: Vec<(String, String)> = MODULES.map(|name| (name.to_owned(), format!("throng.{name}"))).to_vec();
    for line in text.lines() {
        if let Some((name, module)) =
            line.strip_prefix("local ").and_then(|rest| rest.split_once(" = require(\"throng."))
        {
            named.push((name.to_owned(), format!("throng.{}", module.trim_end_matches("\")"))));
        }
    }
    let code: String =
        text.lines().map(|line| line.split("--").next().unwrap_or_default()).collect::<Vec<_>>().join("\n");
    let words: Vec<&str> = code.split(|c: char| !c.is_ascii_alphanumeric() && !"_.:".contains(c)).collect();
    for word in words {
        for (name, module) in &named {
            if let Some(function) = word.strip_prefix(&format!("{name}.")) {
                found.insert(format!("{module}.{function}"));
            }
        }
        for (client, page) in [("pg", "pg"), ("http", "http"), ("ws", "ws")] {
            let method = ["user", "ctx"].iter().find_map(|of| word.strip_prefix(&format!("{of}.{client}:")));
            found.extend(method.map(|method| format!("{page}:{method}")));
        }
    }
    found
}

/// Whether the reference tells of a function or method.
fn is_known(name: &str) -> bool {
    let (page, function) = match name.split_once(':') {
        Some((page, method)) => (page, format!(":{method}(")),
        None => {
            let module = name.strip_prefix("throng.").unwrap_or(name);
            let (page, function) = module.split_once('.').unwrap_or((module, ""));
            (page, format!(".{}", function.split([':', '.']).next().unwrap_or_default()))
        }
    };
    let text = std::fs::read_to_string(project().join(format!("docs/lua-api/{page}.md"))).unwrap_or_default();
    // A module of a scenario's own folder is none of throng's.
    text.contains(&function) || (text.is_empty() && bundle::stdlib(&format!("{page}.lua")).is_none())
}
