//! Every bundled scenario and example plays against real servers, and `verify` sees what was tampered with.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The binary, from the project's folder, without the configuration of the machine.
fn throng(args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_throng"));
    command.current_dir(env!("CARGO_MANIFEST_DIR")).args(args).env_remove("DATABASE_URL").env_remove("REDIS_URL");
    command.output().expect("the binary was built with this test")
}

/// Asserts the exit status, showing what the program said if it is another.
fn expect_status(args: &[&str], status: i32) -> Output {
    let output = throng(args);
    let said = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert_eq!(output.status.code(), Some(status), "{args:?}\n{}\n{}", said(&output.stdout), said(&output.stderr));
    output
}

/// Scenarios of a folder of the project: the Lua files right in it.
fn scenarios(folder: &str) -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let entries = fs::read_dir(root.join(folder)).expect("the folder is part of the project");
    let mut files: Vec<PathBuf> = entries
        .map(|entry| entry.expect("the folder can be listed").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "lua"))
        .collect();
    files.sort();
    assert!(!files.is_empty(), "`{folder}` holds no scenario");
    files
}

/// Plays each scenario of a folder in its `quick` profile.
fn play_all(folder: &str) {
    for file in scenarios(folder) {
        let path = file.to_str().expect("paths of the project are UTF-8");
        expect_status(&["check", path], 0);
        expect_status(&["run", path, "--profile", "quick", "--quiet"], 0);
    }
}

/// A scenario that is `membership`, but whose data are changed by `sql` between the load and `verify`.
fn tampered(sql: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let scripts = Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts");
    fs::create_dir(folder.path().join("membership")).expect("the folder is new");
    for part in ["membership.lua", "membership/audit.lua", "membership/tables.lua", "membership/work.lua"] {
        fs::copy(scripts.join(part), folder.path().join(part)).expect("the part can be copied");
    }
    let file = folder.path().join("tampered.lua");
    let text = format!(
        r#"local scenario = require("membership")
           local verify = scenario.verify
           scenario.verify = function(ctx)
             ctx.pg:script([[{sql}]])
             verify(ctx)
           end
           return scenario"#
    );
    fs::write(&file, text).expect("the scenario can be written");
    (folder, file)
}

#[test]
fn every_bundled_scenario_plays_and_verifies() {
    play_all("scripts");
}

#[test]
fn scenarios_play_and_verify_however_their_statements_travel() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let notes = folder.path().join("notes.lua");
    fs::copy(root.join("templates/scenario.lua"), &notes).expect("the template can be copied");
    let notes = notes.to_str().expect("temporary folders are UTF-8");
    for statements in ["simple", "unnamed"] {
        for scenario in ["membership", notes, "examples/transfer.lua", "examples/cache_aside.lua"] {
            expect_status(&["run", scenario, "--profile", "quick", "--quiet", "--statements", statements], 0);
        }
    }
}

#[test]
fn every_example_plays_and_verifies() {
    play_all("examples");
}

#[test]
fn a_bundled_scenario_plays_by_its_name() {
    expect_status(&["run", "membership", "--profile", "quick", "--users", "2", "--iterations", "2", "--quiet"], 0);
}

#[test]
fn verify_finds_what_was_tampered_with() {
    for (sql, found) in [
        (
            "DELETE FROM member_employments WHERE id = (SELECT max(id) FROM member_employments WHERE entered_by IS NOT NULL)",
            "employments",
        ),
        (
            "INSERT INTO member_employments (member_id, organization_id, title) SELECT 2, 1, 'twice' FROM generate_series(1, 2)",
            "more than one current",
        ),
        ("UPDATE file_attachments SET content = content || '\\x00' WHERE id = 1", "altered"),
        (
            "ALTER TABLE member_employments DROP CONSTRAINT member_employments_member_id_fkey; UPDATE member_employments SET member_id = 0 WHERE id = 1",
            "without member",
        ),
    ] {
        let (_folder, file) = tampered(sql);
        let path = file.to_str().expect("temporary paths are UTF-8");
        let output = expect_status(&["run", path, "--profile", "quick"], 3);
        let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
        // Where the report breaks its lines depends on the length of the path.
        let words = said.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(words.contains(found), "`{found}` is not named:\n{said}");
    }
}
