//! A staircase of loads on a real server.

use std::fs;
use std::process::{Command, Output};

use serde_json::Value;

const OFFICE: &str = r#"
local pg = require("throng.pg")
local seven = pg.statement("seven", "SELECT 7")

return {
  about = "people who ask for one thing",
  needs = { "postgres" },
  load = { users = 2, iterations = 5 },
  scale_to = 40,
  thresholds = { "throughput > 1000000/s" },
  personas = {
    asker = { think = "20ms", operations = { ask = function(user) user:check(user.pg:value(seven) == 7, "seven") end } },
  },
}
"#;

fn scale(arguments: &[&str]) -> (tempfile::TempDir, Output) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    fs::write(folder.path().join("office.lua"), OFFICE).expect("it can be written");
    let output = Command::new(env!("CARGO_BIN_EXE_throng"))
        .args(["scale", "office", "--quiet", "--out", "json=run.json"])
        .args(arguments)
        .current_dir(folder.path())
        .env_remove("DATABASE_URL")
        .output()
        .expect("throng can be started");
    (folder, output)
}

#[test]
fn a_staircase_is_measured_step_by_step_and_has_a_curve() {
    let (folder, output) = scale(&["--steps", "2,4,6,8,10", "--step", "5s", "--scale-target", "300ms"]);
    let said = String::from_utf8_lossy(&output.stdout);
    // The scenario's own threshold is not looked at.
    assert_eq!(output.status.code(), Some(0), "{said}\n{}", String::from_utf8_lossy(&output.stderr));
    let text = fs::read_to_string(folder.path().join("run.json")).expect("a record");
    let record: Value = serde_json::from_str(&text).expect("JSON");
    let scaling = &record["scaling"];
    let steps = scaling["steps"].as_array().expect("a list");
    assert_eq!(steps.iter().map(|step| step["users"].as_u64()).collect::<Vec<_>>(), [2, 4, 6, 8, 10].map(Some));
    for step in steps {
        assert!(step["seconds"].as_f64() >= Some(2.0) && step["throughput_per_s"].as_f64() > Some(0.0), "{step}");
        assert!(step["response_p95_us"].as_u64() > Some(0), "{step}");
    }
    let curve = &scaling["curve"];
    assert!(curve["lambda_per_s"].as_f64() > Some(0.0), "{curve}");
    assert!(curve["sigma"].as_f64() >= Some(0.0) && curve["kappa"].as_f64() >= Some(0.0), "{curve}");
    assert_eq!(curve["extrapolated"], true);
    assert_eq!((&scaling["to"], &scaling["target_us"]), (&40.into(), &300_000.0.into()));
    assert!(scaling["warnings"].to_string().contains("shared this machine"), "{scaling}");
    assert!(said.contains("Scaling to 40 users") && said.contains("what to do: "), "{said}");
}

#[test]
fn thresholds_of_the_command_line_are_looked_at() {
    let (_, output) = scale(&["--steps", "1,2,3,4,5", "--step", "5s", "--threshold", "throughput > 1000000/s"]);
    assert_eq!(output.status.code(), Some(3), "{}", String::from_utf8_lossy(&output.stdout));
}
