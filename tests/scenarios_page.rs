//! `docs/scenarios.md` is written from the scenarios themselves, and shows what they report.
//!
//! `THRONG_UPDATE_DOCS=1 cargo test --test scenarios_page` writes it anew and plays the scenarios that have no sample
//! report yet; with `THRONG_UPDATE_DOCS=samples` it plays all.

mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use support::celery::Worker;
use support::scenarios::Page;
use throng::bundle;
use throng::plan::{Limits, Scenario};
use throng::script::{Source, load};
use throng::servers::{RedisOptions, ThrowawayRedis};

/// What stands above this line is written by hand.
const MARK: &str = "<!-- From here on written by tests/scenarios_page.rs from the scenarios in scripts/. -->\n";

/// What asks for the page to be written.
const UPDATE: &str = "THRONG_UPDATE_DOCS";

/// The sections of the report that a sample shows.
const SHOWN: [&str; 4] = ["Phases", "Operations", "Metrics", "Checks"];

fn page_path() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/scenarios.md")
}

/// What the page says of a scenario, above its sample.
fn description(name: &str) -> String {
    let source = Source::bundled(name, bundle::scenario(name).expect("it was listed"));
    let scenario = load(&source, Limits::default().memory_bytes).expect("bundled scenarios load").scenario;
    let words: Vec<&str> = source.text.lines().map_while(|line| line.strip_prefix("---")).collect();
    let words: Vec<&str> = words.iter().map(|line| line.strip_prefix(' ').unwrap_or(line)).collect();
    format!("## {name}\n\n{}\n\n{}", words.join("\n"), parameters(&scenario))
}

fn parameters(scenario: &Scenario) -> String {
    let mut text = "| parameter | default | what |\n|---|---|---|\n".to_owned();
    for (name, param) in &scenario.params {
        text.push_str(&format!("| `{name}` | `{}` | {} |\n", param.value, param.doc));
    }
    let profiles: Vec<String> = scenario.profiles.keys().map(|name| format!("`{name}`")).collect();
    format!("{text}\nProfiles: {}.\n\n", profiles.join(", "))
}

/// The sample reports of a page, by the name of their scenario.
fn samples(page: &str) -> Vec<(&str, &str)> {
    let chapters = page.split("\n## ").skip(1);
    chapters
        .filter_map(|chapter| {
            let (name, rest) = chapter.split_once('\n')?;
            let sample = rest.split_once("\n```text\n")?.1.split_once("\n```")?.0;
            Some((name, sample))
        })
        .collect()
}

/// Plays a scenario for a moment, and returns the sections of its report that are shown.
fn play(name: &str) -> String {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let report = folder.path().join("report.txt");
    let mut command = Command::new(env!("CARGO_BIN_EXE_throng"));
    command.args(["run", name, "--profile", "quick", "--seed", "1", "--workers", "1", "--quiet", "--out"]);
    command.arg(format!("text={}", report.display()));
    let needed = Page::of(name).play;
    let redis = needed.celery.then(|| ThrowawayRedis::start(&RedisOptions::default()).expect("Redis starts"));
    let _worker = redis.as_ref().map(|redis| Worker::start(redis.url().reveal()));
    command.args(redis.as_ref().map(|redis| format!("--redis={}", redis.url().reveal()))).args(&needed.arguments);
    for variable in ["DATABASE_URL", "REDIS_URL", UPDATE] {
        command.env_remove(variable);
    }
    let output = command.output().expect("the binary was built with this test");
    assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
    let text = fs::read_to_string(report).expect("the report was written");
    let shown = |section: &&str| SHOWN.iter().any(|title| section.trim_start().starts_with(title));
    text.split("\n\n").filter(shown).map(str::trim_end).collect::<Vec<_>>().join("\n\n")
}

#[test]
fn the_page_shows_every_scenario_as_it_is() {
    let path = page_path();
    let page = fs::read_to_string(&path).expect("the page is part of the project");
    let (head, _) = page.split_once(MARK).expect("the page has a part written by hand");
    let known = samples(&page);
    let known = |name: &str| known.iter().find(|(known, _)| *known == name).map(|(_, sample)| (*sample).to_owned());
    let update = std::env::var(UPDATE).ok().filter(|update| !update.is_empty());
    let chapters = bundle::scenarios().into_iter().map(|name| {
        let sample = match update.as_deref() {
            Some("samples") => play(&name),
            Some(_) => known(&name).unwrap_or_else(|| play(&name)),
            None => known(&name).unwrap_or_default(),
        };
        format!("\n{}```text\n{sample}\n```\n", description(&name))
    });
    let written = format!("{head}{MARK}{}", chapters.collect::<String>());
    if update.is_some() {
        fs::write(&path, written).expect("the page can be written");
        return;
    }
    assert!(samples(&written).iter().all(|(_, sample)| !sample.is_empty()), "a scenario has no sample report yet");
    assert_eq!(written, page, "write the page anew: THRONG_UPDATE_DOCS=1 cargo test --test scenarios_page");
}
