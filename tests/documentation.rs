//! What the pages show must work: every command is run, every piece of Lua is loaded, and the book is whole.
//!
//! `THRONG_UPDATE_DOCS=1 cargo test --test documentation pictures` draws the pictures anew, with `THRONG_UPDATE_DOCS=samples` from new
//! measurements. `book/mod.rs` says what a page may say of its blocks, and `book/shorten.rs` how long runs are made short.

mod book;
mod support;

use std::fs;
use std::io::Write;
use std::process::Command;
use std::sync::Mutex;

use book::page::{Page, pages, project};
use book::session::{self, Told};
use book::{built, lua, stall};
use support::some_at_a_time::some_at_a_time;

/// Says something that the test harness does not keep to itself.
fn say(line: &str) {
    // Nobody is left to tell if this cannot be printed.
    let _ = writeln!(std::io::stderr(), "{line}");
}

/// Pages at a time: what is run mostly waits.
const AT_A_TIME: usize = 3;

/// `ONLY_PAGES=recipes` has the tests look at the pages whose names contain that.
fn asked_for() -> Vec<Page> {
    let only = std::env::var("ONLY_PAGES").unwrap_or_default();
    pages().into_iter().filter(|page| page.name.contains(&only)).collect()
}

#[test]
fn every_command_of_the_pages_runs() {
    let told = Mutex::new(Told::default());
    some_at_a_time(
        AT_A_TIME,
        asked_for(),
        || (),
        |(), page| {
            let page = session::play(&page);
            let mut told = told.lock().expect("no page has failed");
            told.run += page.run;
            told.read += page.read;
            told.left.extend(page.left);
        },
    );
    let mut told = told.into_inner().expect("no page has failed");
    told.left.sort();
    told.left.iter().for_each(|line| say(line));
    say(&format!("{} commands were run, {} only read", told.run, told.read));
    assert!(told.run > 3 || !std::env::var("ONLY_PAGES").unwrap_or_default().is_empty());
}

#[test]
fn every_command_in_running_text_is_understood() {
    for page in asked_for() {
        for command in page.indented_commands() {
            session::read(&page.name, &format!("throng {command}"));
        }
    }
}

#[test]
fn every_piece_of_lua_loads() {
    let mut seen = 0;
    let mut wrong = Vec::new();
    for page in asked_for() {
        for block in page.blocks().iter().filter(|block| block.language == "lua") {
            wrong.extend(lua::check(&page, block).err());
            seen += 1;
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
    say(&format!("{seen} pieces of Lua were loaded"));
}

#[test]
fn every_scenario_of_the_pages_can_be_rehearsed() {
    let (postgres, redis) = (support::postgres(), support::redis());
    let folder = tempfile::tempdir().expect("a temporary folder");
    for page in asked_for() {
        for block in page.blocks().iter().filter(|block| block.is_scenario()) {
            let place = format!("{}:{}", page.name, block.line);
            let path = folder.path().join("page.lua");
            fs::write(&path, &block.text).expect("it can be written");
            let rehearsed = block.only_read.is_none();
            let command = if rehearsed { "rehearse" } else { "check" };
            let mut throng = Command::new(env!("CARGO_BIN_EXE_throng"));
            throng.arg(command).arg(&path).current_dir(folder.path());
            throng.env("DATABASE_URL", postgres.url().reveal()).env("REDIS_URL", redis.url().reveal());
            let output = throng.output().expect("throng can be started");
            let said = [output.stdout, output.stderr].concat();
            assert!(output.status.success(), "{place}: {command}\n{}", String::from_utf8_lossy(&said));
            block.only_read.iter().for_each(|why| say(&format!("{place}: only checked: {why}")));
        }
    }
}

#[test]
fn the_book_is_built_without_a_warning_and_no_link_leads_nowhere() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let said = built::build(folder.path());
    assert!(said.is_empty(), "mdBook says: {said:#?}");
    let broken = built::broken_links(folder.path());
    assert!(broken.is_empty(), "{broken:#?}");
    for page in ["README.md", "CONTRIBUTING.md", "ARCHITECTURE.md"] {
        let text = fs::read_to_string(project().join(page)).expect("it is part of the project");
        let broken = built::broken_files(page, &text);
        assert!(broken.is_empty(), "{broken:#?}");
    }
}

#[test]
fn every_page_is_a_chapter() {
    let summary = fs::read_to_string(project().join("docs/SUMMARY.md")).expect("the book has a summary");
    for page in pages() {
        let chapter = page.name.strip_prefix("docs/").filter(|name| *name != "SUMMARY.md");
        assert!(chapter.is_none_or(|name| summary.contains(&format!("({name})"))), "{} is in no chapter", page.name);
    }
}

#[test]
fn the_pictures_show_what_was_measured() {
    let update = std::env::var("THRONG_UPDATE_DOCS").unwrap_or_default();
    if update == "samples" {
        stall::keep(&stall::measure());
    }
    let numbers = stall::kept();
    for (path, picture) in stall::pictures(&numbers) {
        if !update.is_empty() {
            fs::write(&path, &picture).expect("the picture can be written");
        }
        let found = fs::read_to_string(&path).unwrap_or_default();
        let hint = "THRONG_UPDATE_DOCS=1 cargo test --test documentation pictures";
        assert!(found == picture, "{} is out of date\nhint: {hint}", path.display());
    }
    // What docs/load-models.md says of them: a stall of a fifth of the time, of which the population shows next to nothing.
    let percentile = |load: &str, at: f64| stall::figure(&numbers, load, "percentile", at);
    assert!(percentile("arrivals", 90.0) > 500.0 && percentile("arrivals", 95.0) > 1000.0, "{numbers:?}");
    assert!(percentile("population", 99.0) < 100.0 && percentile("population", 99.9) > 1000.0, "{numbers:?}");
    assert!(stall::figure(&numbers, "population", "ended", 5.0) < 20.0, "{numbers:?}");
}
