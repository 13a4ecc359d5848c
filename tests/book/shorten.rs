//! Commands of the pages made short enough for tests, by one rule.
//!
//! Lengths become one second, users and iterations at most 20, repetitions 2. A run that says nothing of its length is given
//! the scenario's profile `quick`, or else a second or five iterations, whichever its load counts in. pgbench and sysbench play
//! for a second as well.

use std::path::Path;

use throng::bundle;
use throng::plan::{Limits, Scenario};
use throng::script::{Source, load};

/// Flags that say how long a run takes.
const LENGTHS: [&str; 5] = ["--profile", "--duration", "--iterations", "--shared-iterations", "--stage"];

/// Most users and iterations.
const MOST: u64 = 20;

/// The command as it is run in `folder`.
pub fn shorten(line: &str, folder: &Path) -> String {
    let mut words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
    if words.first().is_some_and(|word| word == "pgbench" || word == "sysbench") {
        return others(&words);
    }
    let plays = ["run", "ab"].iter().any(|command| words.get(1).is_some_and(|word| word == command));
    if words.first().is_none_or(|word| word != "throng") || !plays {
        return line.to_owned();
    }
    let says_length = words.iter().any(|word| LENGTHS.contains(&word.as_str()));
    for at in 1..words.len() {
        let value = &words[at];
        let shorter = match words[at - 1].as_str() {
            "--duration" => Some("1s".to_owned()),
            "--ramp-up" | "--warm-up" => Some("0s".to_owned()),
            "--stage" => value.split_once(':').map(|(_, level)| format!("1s:{level}")),
            "--repeat" => Some("2".to_owned()),
            "--users" | "--iterations" | "--shared-iterations" => {
                value.parse::<u64>().ok().map(|number| number.min(MOST).to_string())
            }
            _ => None,
        };
        words[at] = shorter.unwrap_or_else(|| value.clone());
    }
    let Some(scenario) = words.get(2).and_then(|name| scenario(name, folder)) else { return words.join(" ") };
    let mut added = if says_length { Vec::new() } else { length_of(&scenario).to_vec() };
    let has = |words: &[&str], flag: &str| words.contains(&flag);
    let given: Vec<&str> = words.iter().map(String::as_str).collect();
    // A ramp of the scenario's own may be longer than a second.
    let is_short = has(&given, "--duration") || has(&added, "--duration");
    if is_short && scenario.settings.shape.ramp_up.is_some() && !has(&given, "--ramp-up") && !has(&given, "--rate") {
        added.extend(["--ramp-up", "0s"]);
    }
    words.splice(3..3, added.iter().map(|word| (*word).to_owned()));
    words.join(" ")
}

/// The tools that throng is compared with, for a second too.
fn others(words: &[String]) -> String {
    let shorter = |(at, word): (usize, &String)| match word.as_str() {
        word if word.starts_with("--time=") => "--time=1".to_owned(),
        _ if at > 0 && words[at - 1] == "-T" => "1".to_owned(),
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
