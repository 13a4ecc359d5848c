//! Rehearsed migrations: a sound one passes every step, and every bug that is planted is found and its rows are named.

use std::process::Command;

/// What decides how long a run takes; large enough that every step has something to do.
const SHORT: [&str; 4] = ["--profile", "quick", "--param", "phase=200ms"];

/// Plays a scenario, and returns what the program said in words parted by single blanks, since where lines break
/// depends on their length.
fn play(scenario: &str, more: &[&str], status: i32) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_throng"))
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .args(["run", scenario])
        .args(SHORT)
        .args(more)
        .env_remove("DATABASE_URL")
        .env_remove("REDIS_URL")
        .output()
        .expect("the binary was built with this test");
    let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    assert_eq!(output.status.code(), Some(status), "{scenario} {more:?}\n{said}");
    said.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Asserts that a run fails, and that each of `named` is said; returns all that was.
fn finds(scenario: &str, more: &[&str], named: &[&str]) -> String {
    let said = play(scenario, more, 3);
    for words in named {
        assert!(said.contains(words), "{scenario} {more:?}: `{words}` is not named:\n{said}");
    }
    said
}

#[test]
fn a_sound_migration_passes_every_step() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("record.json");
    for scenario in ["game_migration", "pg_migration"] {
        let said = play(scenario, &["--out", &format!("json={}", file.display())], 0);
        let record = std::fs::read_to_string(&file).expect("the record");
        let record: throng::record::Record = serde_json::from_str(&record).expect("a record");
        for phase in ["backfill", "dual_write", "shadow_read", "cutover", "validation", "rollback", "cutover_again"] {
            assert!(record.phases.iter().any(|played| played.name == phase), "{scenario}: no phase `{phase}`:\n{said}");
            let done: u64 =
                record.operations.iter().filter(|done| done.phase == phase).map(|done| done.succeeded).sum();
            assert!(done > 0, "{scenario}: nobody did anything in phase `{phase}`:\n{said}");
        }
    }
}

#[test]
fn every_planted_bug_is_found_before_the_cutover_and_its_rows_are_named() {
    for (fault, named) in [
        // The row that takes no writes is behind if it was there before, else missing in the target.
        ("lost_write", ["shadow_read:", "in the"].as_slice()),
        ("stale_read", &["shadow_read:", "the target is behind: version"]),
        ("timezone", &["shadow_read:", "changed (", "_at: source"]),
        ("dropped_rows", &["shadow_read:", "missing in the target"]),
    ] {
        for scenario in ["game_migration", "pg_migration"] {
            // On a busy machine little is done in the usual phase, and a bug that nobody comes across is not found.
            let longer = ["--param", &format!("sabotage={fault}"), "--param", "phase=500ms"];
            let said = finds(scenario, &longer, named);
            assert!(said.contains("cutover: not done, since rows differ"), "{said}");
        }
    }
}

#[test]
fn a_rollback_without_writes_to_the_source_loses_them_and_says_which() {
    let without = ["--param", "mirror_back=false"];
    finds("pg_migration", &without, &["rollback: customers", "writes lost", "rollback_writes_lost{of=orders} counter"]);
}

#[test]
fn writes_that_have_no_patience_for_a_cutover_are_refused_and_none_is_lost() {
    // Users who do not think are refused again and again until the pause is over: more than the thresholds allow.
    let impatient = ["--param", "patience=0ms", "--users", "4", "--think", "none"];
    finds("pg_migration", &impatient, &["cutover_refused{phase=", "raised refused", "✓ verify"]);
}
