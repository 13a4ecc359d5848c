//! Reports of a real run: what the run wrote, `throng report` writes again.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use throng::report::FORMATS;

fn throng(folder: &Path, args: &[String]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_throng"));
    command.current_dir(folder).args(args).env_remove("DATABASE_URL").env_remove("REDIS_URL");
    let output = command.output().expect("the binary was built with this test");
    assert!(output.status.success(), "{args:?}\n{}", String::from_utf8_lossy(&output.stderr));
    output
}

/// `--out` of every format, into files of this name.
fn everything(name: &str) -> impl Iterator<Item = String> {
    FORMATS.iter().flat_map(move |format| ["--out".to_owned(), format!("{}={name}.{}", format.name, format.name)])
}

#[test]
fn a_report_made_later_is_the_one_that_the_run_wrote() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let run = ["run", "membership", "--profile", "quick", "--quiet"].map(str::to_owned);
    let printed = throng(folder.path(), &run.into_iter().chain(everything("run")).collect::<Vec<_>>());
    let report = ["report", "run.json"].map(str::to_owned);
    throng(folder.path(), &report.iter().cloned().chain(everything("again")).collect::<Vec<_>>());
    for format in FORMATS {
        let read =
            |name: &str| fs::read(folder.path().join(format!("{name}.{}", format.name))).expect("it was written");
        assert!(!read("run").is_empty(), "{}", format.name);
        assert!(read("again") == read("run"), "{} differs", format.name);
    }
    assert_eq!(throng(folder.path(), &report).stdout, printed.stdout);
}

#[test]
fn a_run_on_github_actions_annotates_what_failed_and_adds_to_the_summary() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let summary = folder.path().join("summary.md");
    fs::write(&summary, "before\n").expect("it can be written");
    let mut command = Command::new(env!("CARGO_BIN_EXE_throng"));
    command.current_dir(folder.path()).env_remove("DATABASE_URL").env_remove("REDIS_URL");
    command.env("GITHUB_ACTIONS", "true").env("GITHUB_STEP_SUMMARY", &summary);
    command.args(["run", "membership", "--profile", "quick", "--quiet", "--threshold", "throughput < 1/s"]);
    let output = command.output().expect("the binary was built with this test");
    assert_eq!(output.status.code(), Some(3));
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(said.contains("\n::error title=membership%3A throughput < 1/s::observed "), "{said}");
    let summary = fs::read_to_string(&summary).expect("it is there");
    assert!(summary.starts_with("before\n# membership: failed\n"), "{summary}");
}
