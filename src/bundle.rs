//! The texts that throng carries: bundled scenarios and suites, the standard library, templates.
//!
//! Read from disk in debug builds, so that an edit shows at once, and embedded
//! in release builds, so that one binary carries all. Imports nothing.

use std::collections::BTreeSet;

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
#[folder = "suites/"]
#[include = "*.toml"]
struct Suites;

#[derive(RustEmbed)]
#[folder = "templates/"]
struct Templates;

/// The folder that holds what several scenarios beside it share.
const SHARED_PARTS: &str = "parts";

/// Names of the bundled scenarios, in order: their paths below `scripts/` without the extension, such as `bench/tpcb`.
///
/// A folder named after a scenario beside it holds the parts of that one, and a folder `parts` those that several
/// share; neither is searched.
pub fn scenarios() -> Vec<String> {
    let files: BTreeSet<String> =
        Scripts::iter().filter_map(|path| path.strip_suffix(".lua").map(str::to_owned)).collect();
    let is_part = |name: &str| {
        let mut folders = name.match_indices('/').map(|(end, _)| &name[..end]);
        folders.any(|folder| files.contains(folder) || folder.rsplit('/').next() == Some(SHARED_PARTS))
    };
    files.iter().filter(|name| !is_part(name)).cloned().collect()
}

/// The text of a bundled scenario.
pub fn scenario(name: &str) -> Option<String> {
    scenarios().iter().any(|known| known == name).then(|| script(&format!("{name}.lua"))).flatten()
}

/// The text of a bundled scenario or a part of one, by its path below `scripts/`.
pub fn script(path: &str) -> Option<String> {
    text(Scripts::get(path)?)
}

/// Names of the bundled suites, in order.
pub fn suites() -> Vec<String> {
    let mut names: Vec<String> =
        Suites::iter().filter_map(|path| path.strip_suffix(".toml").map(str::to_owned)).collect();
    names.sort();
    names
}

/// The text of a bundled suite.
pub fn suite(name: &str) -> Option<String> {
    text(Suites::get(&format!("{name}.toml"))?)
}

/// The text of a template that a command fills in; one of those in `templates/`.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scenarios_in_folders_are_found_and_their_parts_are_not() {
        let names = scenarios();
        assert!(names.contains(&"membership".to_owned()) && names.contains(&"bench/tpcb".to_owned()), "{names:?}");
        assert!(script("membership/audit.lua").is_some() && scenario("membership/audit").is_none());
        assert!(names.iter().all(|name| !name.contains("parts/") && scenario(name).is_some()), "{names:?}");
    }
}
