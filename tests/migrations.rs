//! Rehearsed migrations: a sound one passes, and every bug or change that is planted is found and named.

use std::fs;
use std::path::{Path, PathBuf};
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

/// A bundled scenario beside its parts, which does `tamper` between the load and `verify`.
fn tampered(name: &str, tamper: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let scripts = Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts");
    fs::create_dir(folder.path().join(name)).expect("the folder is new");
    for part in fs::read_dir(scripts.join(name)).expect("the scenario has parts") {
        let part = part.expect("the folder can be listed");
        fs::copy(part.path(), folder.path().join(name).join(part.file_name())).expect("the part can be copied");
    }
    fs::copy(scripts.join(format!("{name}.lua")), folder.path().join(format!("{name}.lua")))
        .expect("the scenario can be copied");
    let file = folder.path().join("tampered.lua");
    let text = format!(
        "local scenario = require('{name}')
         local verify = scenario.verify
         scenario.verify = function(ctx)
           {tamper}
           verify(ctx)
         end
         return scenario"
    );
    fs::write(&file, text).expect("the scenario can be written");
    (folder, file)
}

#[test]
fn a_sound_migration_passes_every_step() {
    for scenario in ["game_migration", "pg_migration"] {
        let said = play(scenario, &[], 0);
        for phase in ["backfill", "dual_write", "shadow_read", "cutover", "validation", "rollback", "cutover_again"] {
            assert!(said.contains(&format!(" {phase} ")), "{scenario}: no phase `{phase}`:\n{said}");
        }
    }
}

#[test]
fn every_planted_bug_is_found_before_the_cutover_and_its_rows_are_named() {
    for (fault, named) in [
        ("lost_write", ["shadow_read:", "in the"].as_slice()),
        ("stale_read", &["shadow_read:", "the target is behind: version"]),
        ("timezone", &["shadow_read:", "changed (", "_at: source"]),
        ("dropped_rows", &["shadow_read:", "missing in the target"]),
    ] {
        for scenario in ["game_migration", "pg_migration"] {
            let said = finds(scenario, &["--param", &format!("sabotage={fault}")], named);
            assert!(said.contains("cutover: not done, since rows differ"), "{said}");
        }
    }
}

#[test]
fn one_row_that_was_changed_lost_or_added_after_the_load_is_named() {
    for (scenario, tamper, named) in [
        (
            "game_migration",
            "ctx.pg:execute([[UPDATE hokm_results SET moves = moves || 'A' WHERE id = 'old-7']])",
            "results old-7: changed (moves: source",
        ),
        (
            "game_migration",
            "ctx.pg:execute([[DELETE FROM hokm_players WHERE id = 99]])",
            "players 99: missing in the target",
        ),
        ("game_migration", "ctx.redis:del('throng:hokm:players:98')", "players 98: in the target only"),
        (
            "pg_migration",
            "ctx.pg.new:execute([[UPDATE shop_orders SET placed_at = placed_at + interval '1 microsecond' WHERE id = 7]])",
            "orders 7: changed (placed_at: source",
        ),
        (
            "pg_migration",
            "ctx.pg:execute([[UPDATE shop_customers SET name = '' WHERE id = 5]])",
            "customers 5: changed (name: source",
        ),
    ] {
        let (_folder, file) = tampered(scenario, tamper);
        finds(file.to_str().expect("temporary paths are UTF-8"), &[], &[named]);
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
