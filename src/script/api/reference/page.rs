//! The reference in `docs/lua-api/`, written from the stubs.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use super::stub::{self, Item, Kind, Part, Stub};

/// Set to write the pages instead of comparing them.
const UPDATE: &str = "THRONG_UPDATE_DOCS";

#[test]
fn the_pages_say_what_the_stubs_say() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/lua-api");
    let stubs: Vec<Stub> = stub::native().into_iter().chain(stub::stdlib()).collect();
    let mut pages: Vec<(String, String)> = stubs.iter().map(|stub| (format!("{}.md", stub.name), page(stub))).collect();
    pages.push(("README.md".to_owned(), contents(&stubs)));
    if std::env::var_os(UPDATE).is_some() {
        fs::create_dir_all(&folder).expect("the folder can be made");
        for (name, text) in &pages {
            fs::write(folder.join(name), text).expect("pages can be written");
        }
    }
    for (name, text) in &pages {
        let found = fs::read_to_string(folder.join(name)).unwrap_or_default();
        assert!(found == *text, "docs/lua-api/{name} is out of date\nhint: {UPDATE}=1 cargo test --lib reference");
    }
    for entry in fs::read_dir(&folder).expect("the folder can be listed") {
        let name = entry.expect("the folder can be listed").file_name();
        assert!(pages.iter().any(|(page, _)| **page == *name), "docs/lua-api/{} has no stub", name.display());
    }
}

fn contents(stubs: &[Stub]) -> String {
    let mut text =
        "# What scripts can call\n\nWritten from the stubs in `stdlib/throng/meta/`, which `throng new` also \
                    gives to editors, and from the modules in `stdlib/`.\n\n| page | what |\n|---|---|\n"
            .to_owned();
    for stub in stubs {
        let _ = writeln!(text, "| [{}]({}.md) | {} |", title(stub), stub.name, summary(stub));
    }
    text
}

/// The first sentence.
fn summary(stub: &Stub) -> String {
    let doc = stub.items.first().map(|item| item.doc.join(" ")).unwrap_or_default();
    let end = [". ", "  "].iter().filter_map(|end| doc.find(end)).min().unwrap_or(doc.len());
    doc[..end].trim_end_matches('.').to_owned()
}

fn title(stub: &Stub) -> String {
    stub.module.clone().unwrap_or_else(|| stub.name.clone())
}

fn page(stub: &Stub) -> String {
    let mut text = format!("# {}\n", title(stub));
    for item in &stub.items {
        describe(item, &mut text);
    }
    text
}

fn describe(item: &Item, text: &mut String) {
    let heading = match &item.kind {
        Kind::Module => String::new(),
        Kind::Class(name, None) | Kind::Alias(name, _) => format!("\n## {name}\n"),
        Kind::Class(name, Some(parent)) => format!("\n## {name}: {parent}\n"),
        Kind::Function(name, arguments) => format!("\n### {name}{arguments}\n"),
    };
    *text += &heading;
    if let Kind::Alias(_, of) = &item.kind {
        let _ = writeln!(text, "\n`{of}`");
    }
    if !item.doc.is_empty() {
        let _ = writeln!(text, "\n{}", item.doc.join("\n"));
    }
    let parts: Vec<String> = item.parts.iter().map(part).chain(item.returns.iter().map(result)).collect();
    if !parts.is_empty() {
        let _ = writeln!(text, "\n{}", parts.join("\n"));
    }
}

fn part(part: &Part) -> String {
    format!("- `{}` (`{}`){}", part.name, part.of, explained(&part.doc))
}

fn result(part: &Part) -> String {
    let name = if part.name.is_empty() { String::new() } else { format!(" `{}`", part.name) };
    format!("- returns{name} (`{}`){}", part.of, explained(&part.doc))
}

fn explained(doc: &str) -> String {
    if doc.is_empty() { String::new() } else { format!(": {doc}") }
}
