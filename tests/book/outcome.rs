//! What a command promises to whoever types it, asked of what it did.
//!
//! It ends with status 0, or 3 where its comment says that it must fail, and writes the files that it names. What the page says
//! of its output (`says`) is asked of the block as a whole.

use std::fs;
use std::path::Path;

use serde_json::Value;

/// What a command did.
pub struct Outcome {
    /// Its exit status.
    pub status: Option<i32>,
    /// All that it said.
    pub said: String,
}

/// Reports that no file is left of.
const NO_FILES: [&str; 2] = ["prometheus=", "otlp="];

/// Holds what a command did against what it promises.
///
/// # Errors
/// What it did not keep.
pub fn check(command: &str, outcome: &Outcome, folder: &Path, record: &Path) -> Result<(), String> {
    let expected = if command.contains("must fail") { 3 } else { 0 };
    let is_right = match outcome.status {
        Some(status) if status == expected => true,
        Some(3) => failed_by_chance(command, outcome, record),
        _ => false,
    };
    if !is_right {
        return Err(format!("it ended with {:?} instead of {expected}", outcome.status));
    }
    match promised(command).find(|path| !is_there(&folder.join(path))) {
        Some(path) => Err(format!("it left no `{path}`")),
        None => Ok(()),
    }
}

/// The files and folders that a command is to write.
fn promised(command: &str) -> impl Iterator<Item = &str> {
    let words: Vec<&str> = command.split(" # ").next().unwrap_or_default().split_whitespace().collect();
    let pairs: Vec<(&str, &str)> = words.windows(2).map(|pair| (pair[0], pair[1])).collect();
    pairs.into_iter().filter_map(|(flag, value)| match flag {
        "--out" if NO_FILES.iter().any(|format| value.starts_with(format)) => None,
        "--out" => Some(value.split_once('=').map_or(value, |(_, path)| path)),
        "--records" | "--init" => Some(value),
        _ => None,
    })
}

/// Whether something is there, and not empty.
fn is_there(path: &Path) -> bool {
    if path.is_dir() {
        return fs::read_dir(path).is_ok_and(|mut entries| entries.next().is_some());
    }
    fs::metadata(path).is_ok_and(|file| file.len() > 0)
}

/// Whether nothing failed but what the machine's pace decides, which says nothing about the page: limits on times and rates, and
/// of two sides one that was slower as well.
fn failed_by_chance(command: &str, outcome: &Outcome, record: &Path) -> bool {
    let compares = ["throng ab ", "throng compare ", "--against "].iter().any(|words| command.contains(words));
    let is_slower = compares && outcome.said.contains("worse (exit status 3)");
    is_slower || !command.contains("must fail") && (failed_by_time(record) || broke_limits(&outcome.said))
}

/// Whether several runs broke limits, be it for want of samples in so short a play, and nothing else.
fn broke_limits(said: &str) -> bool {
    let mut failed = said.lines().filter_map(|line| line.split_once("(failed: ")).map(|(_, why)| why).peekable();
    let is_limit =
        |why: &str| (why.starts_with("threshold `") || why.starts_with("budget `")) && !why.contains("verify");
    failed.peek().is_some() && failed.all(is_limit)
}

/// Whether the last run broke nothing but limits on times and rates.
fn failed_by_time(record: &Path) -> bool {
    let text = fs::read_to_string(record).unwrap_or_default();
    let record: Value = serde_json::from_str(&text).unwrap_or_default();
    let all = |list: &str| record[list].as_array().cloned().unwrap_or_default();
    let broken: Vec<Value> = all("thresholds").into_iter().filter(|rule| rule["passed"] == false).collect();
    let by_time = broken.iter().all(|rule| rule["unit"] == "us" || rule["unit"] == "per_s");
    record["exit_code"] == 3 && !broken.is_empty() && by_time && all("checks").iter().all(|c| c["passed"] == true)
}
