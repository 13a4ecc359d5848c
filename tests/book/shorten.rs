//! Commands of the pages made short enough for tests, by one rule.
//!
//! Lengths become one second, users and iterations at most 20, repetitions 2, or 3 for a baseline, which is the least for a verdict. A
//! run that says nothing of its length is given the scenario's profile `quick`, or else a second or five iterations, whichever its
//! load counts in. The runs of an experiment have but a few iterations each, stairs are as low and short as throng takes them, suites
//! are scaled down. pgbench, sysbench and Locust play for a second or two as well.

use std::path::Path;

use throng::bundle;
use throng::plan::{Limits, Scenario};
use throng::script::{Source, load};

/// Flags that say how long a run takes.
const LENGTHS: [&str; 5] = ["--profile", "--duration", "--iterations", "--shared-iterations", "--stage"];

/// Most users and iterations.
const MOST: u64 = 20;

/// The least staircase.
const STAIRS: [&str; 4] = ["--steps", "1,2,3,4,5", "--step", "5s"];

/// A suite with as few users as all its scenarios play with, and everything as short as can be.
const SUITE: [&str; 6] = ["--users", "18", "--connections", "20", "--scale", "0.01%"];

/// What is played of the bundled suite: the others of its runs are the same longer, but for one whose `setup` computes for longer in a
/// build without optimisation than throng lets it.
const RUNS: [&str; 4] = ["--only", "baseline", "--only", "endurance"];

/// The command as it is run in `folder`.
pub fn command(line: &str, folder: &Path) -> String {
    let mut words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
    let word = |at: usize| words.get(at).map_or("", String::as_str);
    match (word(0), word(1), word(2)) {
        ("pgbench" | "sysbench" | "locust", ..) => others(&words),
        ("throng", "run" | "ab", _) => {
            if word(1) == "ab" {
                add(&mut words, &["--repeat", "2"]);
            }
            shorten_flags(&mut words);
            lengthless(&mut words, folder);
            words.join(" ")
        }
        ("throng", "scale", _) => {
            shorten_flags(&mut words);
            add(&mut words, &STAIRS);
            words.join(" ")
        }
        ("throng", "suite", name) if !name.starts_with('-') && !words.iter().any(|word| word == "--check") => {
            let runs: &[&str] = if name == "comprehensive" { &RUNS } else { &[] };
            add(&mut words, &[SUITE.as_slice(), runs].concat());
            words.join(" ")
        }
        _ => line.to_owned(),
    }
}

/// About how many seconds a command takes then.
pub fn seconds(command: &str) -> u32 {
    let words: Vec<&str> = command.split_whitespace().take(3).collect();
    match words.as_slice() {
        ["throng", "scale", _] => 30,
        ["throng", "suite" | "ab", _] => 15,
        ["throng", "run", name] if name.contains("migration") => 15,
        ["throng", "run", _] if command.contains("--repeat") => 10,
        ["throng", "run", _] => 4,
        _ => 1,
    }
}

/// The text of a scenario in which what is a length and no more (`"5s"`) is a fifth of a second.
pub fn lengths(text: &str) -> String {
    let is_length = |word: &str| {
        let number = word.strip_suffix(['s', 'm', 'h']);
        number.is_some_and(|number| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()))
    };
    let pieces: Vec<&str> = text.split('"').map(|piece| if is_length(piece) { "200ms" } else { piece }).collect();
    pieces.join("\"")
}

/// Puts flags behind what is played, in the place of those that are there.
fn add(words: &mut Vec<String>, flags: &[&str]) {
    for flag in flags.chunks(2) {
        if let Some(at) = words.iter().position(|word| word == flag[0]) {
            words.drain(at..(at + 2).min(words.len()));
        }
    }
    words.splice(3..3, flags.iter().map(|word| (*word).to_owned()));
}

/// Makes what flags say small.
fn shorten_flags(words: &mut [String]) {
    for at in 1..words.len() {
        let value = &words[at];
        let shorter = match words[at - 1].as_str() {
            "--duration" => Some("1s".to_owned()),
            "--ramp-up" | "--warm-up" => Some("0s".to_owned()),
            "--stage" => value.split_once(':').map(|(_, level)| format!("1s:{level}")),
            "--repeat" if words[1] == "run" => Some("3".to_owned()),
            "--users" | "--iterations" | "--shared-iterations" => {
                value.parse::<u64>().ok().map(|number| number.min(MOST).to_string())
            }
            // No fixed port is free for sure.
            "--out" if value.starts_with("prometheus=:") => Some("prometheus=:0".to_owned()),
            _ => None,
        };
        words[at] = shorter.unwrap_or_else(|| value.clone());
    }
}

/// Makes the play of a scenario short by what the command does not say.
fn lengthless(words: &mut Vec<String>, folder: &Path) {
    let Some(scenario) = words.get(2).and_then(|name| scenario(name, folder)) else { return };
    let has = |flag: &str| words.iter().any(|word| word == flag);
    let is_several = words[1] == "ab";
    let mut added = Vec::new();
    if !LENGTHS.iter().any(|flag| has(flag)) {
        added.extend(length_of(&scenario));
    }
    let quick = scenario.profiles.get("quick").filter(|_| is_several);
    if quick.is_some_and(|quick| quick.shape.iterations.is_some()) && !has("--iterations") {
        added.extend(["--iterations", "5", "--ramp-up", "0s"]);
    } else if quick.is_some_and(|quick| quick.shape.duration.is_some()) && !has("--duration") {
        added.extend(["--duration", "1s"]);
    }
    // A ramp of the scenario's own may be longer than a second.
    let is_short = has("--duration") || added.contains(&"--duration");
    if is_short && scenario.settings.shape.ramp_up.is_some() && !has("--ramp-up") && !has("--rate") {
        added.extend(["--ramp-up", "0s"]);
    }
    words.splice(3..3, added.into_iter().map(str::to_owned));
}

/// The tools that throng is compared with, for a second too.
fn others(words: &[String]) -> String {
    let shorter = |(at, word): (usize, &String)| match word.as_str() {
        word if word.starts_with("--time=") => "--time=1".to_owned(),
        _ if at > 0 && words[at - 1] == "-T" => "1".to_owned(),
        _ if at > 0 && words[at - 1] == "--run-time" => "2s".to_owned(),
        _ => word.clone(),
    };
    words.iter().enumerate().map(shorter).collect::<Vec<_>>().join(" ")
}

fn scenario(name: &str, folder: &Path) -> Option<Scenario> {
    let files = [folder.join(name), folder.join(format!("{name}.lua"))];
    let file = files.iter().filter(|path| path.is_file()).find_map(|path| Source::file(path).ok());
    let source = file.or_else(|| bundle::scenario(name).map(|text| Source::bundled(name, text)))?;
    Some(load(&source, Limits::default().memory_bytes).ok()?.scenario)
}

fn length_of(scenario: &Scenario) -> &'static [&'static str] {
    let shape = &scenario.settings.shape;
    match () {
        () if scenario.profiles.contains_key("quick") => &["--profile", "quick"],
        () if shape.duration.is_some() => &["--duration", "1s"],
        () if shape.iterations.is_some() => &["--iterations", "5"],
        () => &[],
    }
}
