//! The texts that throng carries: bundled scenarios, the standard library, templates.
//!
//! Read from disk in debug builds, so that an edit shows at once, and embedded
//! in release builds, so that one binary carries all. Imports nothing.

use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "scripts/"]
#[include = "*.lua"]
struct Scripts;

#[derive(RustEmbed)]
#[folder = "stdlib/"]
#[include = "*.lua"]
struct Stdlib;

#[derive(RustEmbed)]
#[folder = "templates/"]
struct Templates;

/// Names of the bundled scenarios, in order. What lies in a folder is a part of one.
pub fn scenarios() -> Vec<String> {
    let names = Scripts::iter().filter_map(|path| path.strip_suffix(".lua").map(str::to_owned));
    let mut names: Vec<String> = names.filter(|name| !name.contains('/')).collect();
    names.sort();
    names
}

/// The text of a bundled scenario.
pub fn scenario(name: &str) -> Option<String> {
    script(&format!("{name}.lua"))
}

/// The text of a bundled scenario or a part of one, by its path below `scripts/`.
pub fn script(path: &str) -> Option<String> {
    text(Scripts::get(path)?)
}

/// The text of a template that `throng new` fills in; one of those in `templates/`.
pub fn template(name: &str) -> Option<String> {
    text(Templates::get(name)?)
}

/// The text of a standard library file, by its path below `stdlib/`.
pub fn stdlib(path: &str) -> Option<String> {
    text(Stdlib::get(path)?)
}

/// Names under which `require` finds the standard library's modules, in order.
pub fn stdlib_modules() -> Vec<String> {
    let mut names: Vec<String> = Stdlib::iter()
        .filter(|path| !path.contains("/meta/"))
        .filter_map(|path| path.strip_suffix(".lua").map(|path| path.replace('/', ".")))
        .collect();
    names.sort();
    names
}

/// What an editor needs to know the API: the type stubs, and the modules in Lua, which carry their own types.
/// Path below `stdlib/` and text, in order.
pub fn stubs() -> Vec<(String, String)> {
    let mut stubs: Vec<(String, String)> =
        Stdlib::iter().filter_map(|path| Some((path.to_string(), stdlib(&path)?))).collect();
    stubs.sort();
    stubs
}

fn text(file: rust_embed::EmbeddedFile) -> Option<String> {
    String::from_utf8(file.data.into_owned()).ok()
}
