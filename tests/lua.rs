//! What scripts can call, tested by scripts: every file below `tests/lua/` is a scenario whose operations are tests.
//!
//! A new test is a new function in a file, a new file is found by itself; `tests/lua/support/` helps them.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use throng::engine::{Step, rehearse};
use throng::plan::{self, Limits, Machine};
use throng::script::{self, Folder, Source};

/// All test files in a folder and those below it.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("the folder is part of the project") {
        let path = entry.expect("the folder can be listed").path();
        if path.is_dir() && !path.ends_with("support") {
            found.extend(files(&path));
        } else if path.extension().is_some_and(|extension| extension == "lua") {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// Plays the tests of a file, and returns what failed.
fn play(root: &Path, file: &Path) -> Vec<String> {
    let name = file.strip_prefix(root).expect("the file was found there").display().to_string();
    let text = fs::read_to_string(file).expect("the file can be read");
    // All files require from the same folder, however deep they lie.
    let source = Source { name: name.clone(), path: name.clone(), text, folder: Folder::Disk(root.to_owned()) };
    let failed = Arc::new(Mutex::new(Vec::new()));
    let to = failed.clone();
    let outcome =
        script::load(&source, Limits::default().memory_bytes).map_err(|error| error.to_string()).and_then(|loaded| {
            let machine = Machine { cores: 1, seed: 1 };
            let mut plan = plan::resolve(&loaded.scenario, None, &[], machine).map_err(|error| error.to_string())?;
            plan.allow_exec = true;
            let tell = move |step: Step<'_>| {
                if let Step::Ended { name: test, error: Some(error), .. } = step {
                    to.lock().expect("no teller panics").push(format!("{name}: {test}: {error}"));
                }
            };
            rehearse(plan, &source, tell).map_err(|error| error.to_string())
        });
    let mut failed = failed.lock().expect("no teller panics").clone();
    if let Err(error) = outcome {
        failed.push(format!("{}: {error}", source.name));
    }
    failed
}

#[test]
fn every_lua_test_passes() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/lua");
    let files = files(&root);
    assert!(!files.is_empty());
    let failed: Vec<String> = files.iter().flat_map(|file| play(&root, file)).collect();
    assert!(failed.is_empty(), "{} tests failed:\n{}", failed.len(), failed.join("\n"));
}
