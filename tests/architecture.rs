//! The architecture, held as a test: which layer may import which, and what only one of them may know.

use std::fs;
use std::path::{Path, PathBuf};

/// The layer table of ARCHITECTURE.md: each folder or file below `src/` with what it may import.
const LAYERS: &[(&str, &[&str])] = &[
    ("main", &["cli"]),
    (
        "cli",
        &[
            "analysis", "bundle", "clock", "drivers", "engine", "export", "monitor", "plan", "record", "report",
            "script", "servers", "stats",
        ],
    ),
    ("engine", &["analysis", "clock", "drivers", "monitor", "plan", "record", "script", "servers", "stats"]),
    ("script", &["bundle", "clock", "drivers", "plan", "stats"]),
    ("monitor", &["drivers", "plan", "record"]),
    ("servers", &["plan"]),
    ("drivers", &["clock", "plan"]),
    ("export", &["drivers", "plan", "record", "stats"]),
    ("report", &["analysis", "plan", "record", "stats"]),
    ("analysis", &["plan", "record", "stats"]),
    ("record", &["plan", "stats"]),
    ("stats", &[]),
    ("plan", &[]),
    ("clock", &[]),
    ("bundle", &[]),
];

/// Words that only one layer may know, or none.
const SECRETS: &[(&str, Option<&str>)] = &[("mlua", Some("script")), ("clap", Some("cli")), ("membership", None)];

/// Files over [`LONG`] lines, each with its reason.
const LONG_FILES: &[(&str, &str)] = &[];

/// Lines above which a file needs a reason.
const LONG: usize = 400;

/// One Rust file: its path below `src/` and its text.
struct File {
    path: String,
    text: String,
}

impl File {
    /// The layer that it belongs to.
    fn layer(&self) -> &str {
        self.path.split(['/', '.']).next().unwrap_or_default()
    }

    /// The text without comments, strings kept.
    fn code(&self) -> String {
        self.text.lines().map(|line| line.split("//").next().unwrap_or_default()).collect::<Vec<_>>().join("\n")
    }

    /// The layers that its code imports. A file's tests may start servers besides, since they talk to real ones.
    fn imports(&self) -> Vec<String> {
        let code = self.code();
        let (own, tests) = code.split_once("#[cfg(test)]\nmod tests {").unwrap_or((&code, ""));
        named(own).into_iter().chain(named(tests).into_iter().filter(|layer| layer != "servers")).collect()
    }
}

/// The layers that code names after `crate::`, also within braces.
fn named(code: &str) -> Vec<String> {
    let mut names = Vec::new();
    for (at, _) in code.match_indices("crate::") {
        // `$crate::` and `…_crate::` end in the same letters.
        if code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_') {
            continue;
        }
        let rest = &code[at + "crate::".len()..];
        match rest.strip_prefix('{') {
            Some(group) => names.extend(top_level(group)),
            None => names.push(name(rest)),
        }
    }
    names
}

/// The name that a path begins with.
fn name(path: &str) -> String {
    path.trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}

/// The names that the items of a group of imports begin with.
fn top_level(group: &str) -> Vec<String> {
    let (mut depth, mut items, mut item) = (0, Vec::new(), String::new());
    for c in group.chars() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => items.push(std::mem::take(&mut item)),
            _ => {}
        }
        item.push(c);
    }
    items.push(item);
    items.iter().map(|item| name(item.trim_start_matches([',', ' ', '\n']))).filter(|name| !name.is_empty()).collect()
}

fn files() -> Vec<File> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let (mut folders, mut files) = (vec![root.clone()], Vec::new());
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("src/ can be listed") {
            let path: PathBuf = entry.expect("src/ can be listed").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).expect("a source file is UTF-8");
                let path = path.strip_prefix(&root).expect("it is below").to_string_lossy().replace('\\', "/");
                files.push(File { path, text });
            }
        }
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    files
}

/// Fails with all offences, one a line.
fn none(offences: impl IntoIterator<Item = String>) {
    let offences: Vec<String> = offences.into_iter().collect();
    assert!(offences.is_empty(), "\n{}\n", offences.join("\n"));
}

#[test]
fn each_layer_imports_only_what_it_may() {
    none(files().iter().filter(|file| file.layer() != "lib").flat_map(|file| {
        let layer = file.layer();
        let Some((_, allowed)) = LAYERS.iter().find(|(name, _)| *name == layer) else {
            return vec![format!("src/{}: `{layer}` is not in the table of layers", file.path)];
        };
        let forbidden = |name: &String| {
            name != layer && LAYERS.iter().any(|(known, _)| known == name) && !allowed.contains(&name.as_str())
        };
        let imports = file.imports().into_iter().filter(forbidden);
        imports.map(|name| format!("src/{}: `{layer}` may not import `{name}`", file.path)).collect()
    }));
}

#[test]
fn architecture_md_has_the_same_table() {
    let page = include_str!("../ARCHITECTURE.md");
    none(LAYERS.iter().filter(|(layer, _)| *layer != "main").filter_map(|(layer, allowed)| {
        let Some(row) = page.lines().find(|line| line.starts_with('|') && line.contains(&format!("`{layer}"))) else {
            return Some(format!("ARCHITECTURE.md has no row for `{layer}`"));
        };
        let last = row.trim_end_matches([' ', '|']).rsplit('|').next().unwrap_or_default().trim();
        let mut listed: Vec<&str> = match last {
            "nothing" => Vec::new(),
            "all" => allowed.to_vec(),
            names => names.split(", ").collect(),
        };
        listed.sort_unstable();
        (listed != *allowed).then(|| format!("ARCHITECTURE.md lets `{layer}` import {listed:?}, the test {allowed:?}"))
    }));
}

#[test]
fn what_one_layer_knows_no_other_does() {
    let files = files();
    none(files.iter().filter(|file| !is_test_only(file, &files)).flat_map(|file| {
        let code = file.code();
        let known = SECRETS.iter().filter(|(word, owner)| *owner != Some(file.layer()) && mentions(&code, word));
        known.map(|(word, _)| format!("src/{} knows `{word}`", file.path)).collect::<Vec<_>>()
    }));
}

/// Whether the module above declares a file for tests alone.
fn is_test_only(file: &File, files: &[File]) -> bool {
    let Some((folder, name)) = file.path.trim_end_matches(".rs").rsplit_once('/') else { return false };
    let declared = format!("#[cfg(test)]\nmod {name};");
    files.iter().any(|above| above.path == format!("{folder}/mod.rs") && above.text.contains(&declared))
}

/// Whether `code` has `word` as a word of its own, outside of tests.
fn mentions(code: &str, word: &str) -> bool {
    let code = code.split("#[cfg(test)]").next().unwrap_or_default();
    code.match_indices(word).any(|(at, _)| {
        let inside = |c: char| c.is_alphanumeric() || c == '_';
        !code[..at].ends_with(inside) && !code[at + word.len()..].starts_with(inside)
    })
}

#[test]
fn every_file_says_first_what_it_is_for() {
    none(
        files()
            .iter()
            .filter(|file| !file.text.starts_with("//! "))
            .map(|file| format!("src/{} does not open with `//!`", file.path)),
    );
}

#[test]
fn a_long_file_has_a_reason() {
    let files = files();
    let reason = |path: &str| LONG_FILES.iter().any(|(long, _)| *long == path);
    let long = files.iter().filter(|file| file.text.lines().count() > LONG && !reason(&file.path));
    none(long.map(|file| format!("src/{} has {} lines", file.path, file.text.lines().count())));
    let is_long = |path: &str| files.iter().any(|file| file.path == path && file.text.lines().count() > LONG);
    none(
        LONG_FILES
            .iter()
            .filter(|(path, _)| !is_long(path))
            .map(|(path, _)| format!("src/{path} is not long any more")),
    );
}

#[test]
fn nothing_is_left_to_do() {
    let marks = ["TODO", "FIXME", "XXX", "To come"];
    none(files().iter().flat_map(|file| {
        let found = marks.iter().filter(|mark| file.text.contains(**mark));
        found.map(|mark| format!("src/{} has a `{mark}`", file.path)).collect::<Vec<_>>()
    }));
}
