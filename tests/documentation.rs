//! What the pages show must work: every command is run, every piece of Lua is loaded, and the book is whole.
//!
//! `THRONG_UPDATE_DOCS=1 cargo test --test documentation pictures` draws the pictures anew, with `THRONG_UPDATE_DOCS=samples` from new
//! measurements. `book/mod.rs` says what a page may say of its blocks, and `book/shorten.rs` how long runs are made short.

mod book;
mod support;

use std::cmp::Reverse;
use std::fs;
use std::io::Write;
use std::sync::Mutex;
use std::time::Instant;

use book::page::{Page, pages, project};
use book::session::{self, Told};
use book::unrun::UNRUN;
use book::{built, lua, stall};
use support::some_at_a_time::some_at_a_time;

/// Says something that the test harness does not keep to itself.
fn say(line: &str) {
    // Nobody is left to tell if this cannot be printed.
    let _ = writeln!(std::io::stderr(), "{line}");
}

/// Whether only some pages are looked at.
fn is_part() -> bool {
    std::env::var("ONLY_PAGES").is_ok_and(|only| !only.is_empty())
}

/// Pages at a time: what is run mostly waits.
const AT_A_TIME: usize = 4;

/// `ONLY_PAGES=recipes` has the tests look at the pages whose names contain that.
fn asked_for() -> Vec<Page> {
    let only = std::env::var("ONLY_PAGES").unwrap_or_default();
    pages().into_iter().filter(|page| page.name.contains(&only)).collect()
}

#[test]
fn every_command_of_the_pages_runs_and_every_scenario_is_rehearsed() {
    let mut pages = asked_for();
    // The longest first, so that nobody waits for one in the end.
    pages.sort_by_key(|page| Reverse(session::seconds(page)));
    let all_told = Mutex::new(Told::default());
    some_at_a_time(
        AT_A_TIME,
        pages,
        || (),
        |(), page| {
            let begun = Instant::now();
            let told = session::play(&page);
            if told.run > 0 {
                say(&format!("{}: {} commands, {:.0} s", page.name, told.run, begun.elapsed().as_secs_f64()));
            }
            all_told.lock().expect("no page has failed").add(told);
        },
    );
    let told = all_told.into_inner().expect("no page has failed");
    for unrun in &UNRUN {
        let count = told.left.iter().filter(|left| left.place() == unrun.place()).count();
        if count > 0 {
            say(&format!("not run: {} ({count}): {}", unrun.place(), unrun.why));
        }
        assert!(count > 0 || is_part(), "no page has the command any more: {}", unrun.place());
    }
    say(&format!(
        "{} commands were run, {} not; {} scenarios were rehearsed",
        told.run,
        told.left.len(),
        told.rehearsed
    ));
    assert!(told.run > 3 && told.rehearsed > 3 || is_part());
}

#[test]
fn every_run_in_the_summaries_of_scenarios_can_be_planned() {
    let mut seen = 0;
    for page in asked_for() {
        for command in page.indented_commands() {
            session::plan(&page.name, &format!("throng {command}"));
            seen += 1;
        }
    }
    say(&format!("{seen} runs of the scenarios' summaries were planned; tests/scenarios.rs plays the scenarios"));
    assert!(seen > 3 || is_part());
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
