//! The scenarios in `examples/trouble/`, each about one trouble, play on servers that throng starts for them.

use std::fs;
use std::path::Path;
use std::process::Command;

/// Checks a scenario and plays it for a moment.
fn play(scenario: &str) {
    for args in [&["check", scenario][..], &["run", scenario, "--profile", "quick", "--quiet"]] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_throng"));
        command.current_dir(env!("CARGO_MANIFEST_DIR")).args(args).env_remove("DATABASE_URL").env_remove("REDIS_URL");
        let output = command.output().expect("the binary was built with this test");
        let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
        assert_eq!(output.status.code(), Some(0), "{args:?}\n{said}");
    }
}

#[test]
fn every_trouble_plays() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/trouble");
    let entries = fs::read_dir(folder).expect("there are examples");
    let paths = entries.map(|entry| entry.expect("the folder can be listed").path().display().to_string());
    let scenarios: Vec<String> = paths.filter(|path| path.ends_with(".lua")).collect();
    assert!(!scenarios.is_empty());
    scenarios.iter().for_each(|scenario| play(scenario));
}
