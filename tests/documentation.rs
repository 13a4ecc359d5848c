//! What the pages show must work: every command is one, and the README's scenario is played by `throng check`.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

/// The README and the pages of `docs/`, by name.
fn pages() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut pages = vec![root.join("README.md"), root.join("CONTRIBUTING.md")];
    let docs = fs::read_dir(root.join("docs")).expect("docs/ can be listed");
    pages.extend(docs.map(|entry| entry.expect("docs/ can be listed").path()).filter(|path| path.is_file()));
    let named = |path: &Path| path.strip_prefix(root).expect("it is below").display().to_string();
    pages.iter().map(|path| (named(path), fs::read_to_string(path).expect("a page is UTF-8"))).collect()
}

fn throng(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_throng")).args(arguments).output().expect("throng can be started")
}

/// The blocks of a page fenced as `language`.
fn blocks<'a>(page: &'a str, language: &str) -> Vec<&'a str> {
    let fence = format!("```{language}\n");
    page.split(fence.as_str()).skip(1).filter_map(|rest| rest.split("\n```").next()).collect()
}

/// The words of a command line, as a shell takes them apart.
fn words(line: &str) -> Vec<String> {
    shlex::split(line.split(" # ").next().unwrap_or_default())
        .unwrap_or_else(|| panic!("{line}: an open quotation mark"))
}

#[test]
fn every_command_of_the_pages_is_understood() {
    let pages = pages();
    let lines = pages.iter().flat_map(|(page, text)| {
        let lines = blocks(text, "console").into_iter().flat_map(str::lines);
        lines.filter_map(move |line| line.strip_prefix("$ throng ").map(|line| (page, line)))
    });
    let mut seen = 0;
    for (page, line) in lines {
        let words = words(line);
        // With `--help` at the end of its flags a command is read as a whole, and does nothing.
        let (flags, rest) = words.split_at(words.iter().position(|word| word == "--").unwrap_or(words.len()));
        let arguments: Vec<&str> =
            flags.iter().map(String::as_str).chain(["--help"]).chain(rest.iter().map(String::as_str)).collect();
        let output = throng(&arguments);
        assert!(output.status.success(), "{page}: throng {line}\n{}", String::from_utf8_lossy(&output.stderr));
        seen += 1;
    }
    assert!(seen > 3, "only {seen} commands were found");
}

#[test]
fn every_scenario_of_the_pages_can_be_checked() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let pages = pages();
    let scenarios = pages.iter().flat_map(|(page, text)| {
        let whole = |block: &&str| block.contains("\nreturn {") && block.contains("personas");
        blocks(text, "lua").into_iter().filter(whole).map(move |block| (page, block))
    });
    let mut seen = 0;
    for (page, scenario) in scenarios {
        let path = folder.path().join("page.lua");
        fs::write(&path, scenario).expect("it can be written");
        let output = throng(&["check", &path.display().to_string()]);
        assert!(output.status.success(), "{page}:\n{}", String::from_utf8_lossy(&output.stderr));
        seen += 1;
    }
    assert!(seen > 0, "the README has a scenario");
}
