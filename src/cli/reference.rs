//! Tests only: `docs/command-line.md` says what clap, the settings, the variables and the exit status say.
//!
//! `THRONG_UPDATE_DOCS=1 cargo test --lib reference` writes the page anew.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use clap::{Arg, Command, CommandFactory};

use super::args::Cli;
use super::environment::{OTHERS, PARAM_PREFIX, variable};
use super::exit::ExitStatus;
use crate::plan::settings;

/// Set to write the page instead of comparing it.
const UPDATE: &str = "THRONG_UPDATE_DOCS";

const HEAD: &str = "\
<!-- Written by `THRONG_UPDATE_DOCS=1 cargo test --lib reference` from what the program itself reads. -->
# Command line

Every command with its flags, the settings that most of them take, the environment, and the exit status. `throng COMMAND --help`
prints the same.
";

const SETTINGS: &str = "
## Settings

Each is a flag of the commands that take settings, a variable, and a key of `load`, of a profile, of `throng.toml` and of a suite;
[Configuration](configuration.md) has their defaults and which place is stronger.
";

const VARIABLES: &str = "
## Environment

Besides the variables of settings. They may stand in a `.env` file too. A variable that begins with `THRONG_` and is none of
these is an error.

| variable | what |
|---|---|
";

#[test]
fn the_page_says_what_the_program_reads() {
    let path = project().join("docs/command-line.md");
    let page = page();
    if std::env::var_os(UPDATE).is_some() {
        fs::write(&path, &page).expect("the page can be written");
    }
    let found = fs::read_to_string(&path).unwrap_or_default();
    assert!(found == page, "docs/command-line.md is out of date\nhint: {UPDATE}=1 cargo test --lib reference");
}

/// A variable that is read anywhere is a setting's, or has a row of its own.
#[test]
fn every_variable_that_is_read_is_on_the_page() {
    let page = page();
    let mut seen = 0;
    for file in sources(&project().join("src")) {
        let text = fs::read_to_string(&file).expect("sources are UTF-8");
        let read = ["var_os(\"", "var(\"", "env = \""].iter().flat_map(|before| text.split(before).skip(1));
        // Names of a standard's own, which are not all read in one way.
        let standard = text.split("\"OTEL_").skip(1).map(|rest| format!("OTEL_{rest}"));
        for name in read.map(str::to_owned).chain(standard) {
            let name = name.split('"').next().unwrap_or_default();
            let is_variable =
                !name.is_empty() && !name.ends_with('_') && name.chars().all(|c| c.is_ascii_uppercase() || c == '_');
            // What Rust's own search for programs needs is nothing to set for throng.
            if is_variable && name != "PATH" {
                assert!(page.contains(&format!("`{name}`")), "{}: `{name}` is read", file.display());
                seen += 1;
            }
        }
    }
    assert!(seen > 3, "only {seen} variables were found");
}

fn project() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("it can be listed").map(|entry| entry.expect("it can be listed").path());
    let (folders, files): (Vec<_>, Vec<_>) = entries.partition(|path| path.is_dir());
    files.into_iter().chain(folders.iter().flat_map(|folder| sources(folder))).collect()
}

fn page() -> String {
    let mut program = Cli::command();
    program.build();
    let mut text = HEAD.to_owned();
    exit_statuses(&mut text);
    text += "\n## Of every command\n";
    flags(&program, program.get_arguments(), "", &mut text);
    for command in program.get_subcommands().filter(|command| command.get_name() != "help") {
        describe(command, &mut text);
    }
    text += SETTINGS;
    let run = program.find_subcommand("run").expect("there is such a command");
    flags(run, run.get_arguments().filter(|arg| is_setting(arg)), " variable |", &mut text);
    text += VARIABLES;
    let _ = writeln!(text, "| `{PARAM_PREFIX}<NAME>` | a parameter of the scenario, its name in capitals |");
    for (name, what) in OTHERS {
        let _ = writeln!(text, "| `{name}` | {what} |");
    }
    text
}

fn exit_statuses(text: &mut String) {
    *text += "\n## Exit status\n\n| status | meaning |\n|---|---|\n";
    for status in ExitStatus::ALL {
        let _ = writeln!(text, "| {} | {} |", status.code(), status.meaning());
    }
}

fn describe(command: &Command, text: &mut String) {
    let name = command.get_name();
    let about = command.get_about().map(ToString::to_string).unwrap_or_default();
    let usage = command.clone().render_usage().to_string().replace("Usage: ", "");
    let _ = write!(text, "\n## throng {name}\n\n{}.\n\n```text\n{usage}\n```\n", sentence(&about));
    let own = |arg: &&Arg| !takes_settings(command) || !is_setting(arg);
    flags(command, command.get_arguments().filter(own), "", text);
    if takes_settings(command) {
        *text += "\nAnd every [setting](#settings).\n";
    }
}

/// The table of arguments and flags; with a further column, the variable of the setting that a flag is.
fn flags<'a>(command: &Command, args: impl Iterator<Item = &'a Arg>, column: &str, text: &mut String) {
    let of_all = |arg: &&Arg| command.get_name() == "throng" || !arg.is_global_set();
    let rows: Vec<String> = args.filter(of_all).filter(|arg| !arg.is_hide_set()).map(|arg| row(arg, column)).collect();
    if !rows.is_empty() {
        let rule = if column.is_empty() { "" } else { "---|" };
        let _ = write!(text, "\n| flag |{column} what |\n|---|{rule}---|\n{}", rows.concat());
    }
}

fn row(arg: &Arg, column: &str) -> String {
    let values =
        arg.get_value_names().unwrap_or_default().iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
    let takes = arg.get_action().takes_values();
    let mut names: Vec<String> = arg.get_short().map(|short| format!("-{short}")).into_iter().collect();
    names.extend(arg.get_long().map(|long| if takes { format!("--{long} {values}") } else { format!("--{long}") }));
    if names.is_empty() {
        names.push(values);
    }
    let names: Vec<String> = names.iter().map(|name| format!("`{}`", cell(name))).collect();
    let mut what = sentence(&arg.get_help().map(ToString::to_string).unwrap_or_default());
    let defaults: Vec<String> = arg.get_default_values().iter().map(|value| value.display().to_string()).collect();
    if takes && !defaults.is_empty() && !arg.is_hide_default_value_set() {
        let _ = write!(what, "; `{}` unless given", defaults.join(","));
    }
    let variable = match column {
        "" => String::new(),
        _ => format!(" `{}` |", variable(arg.get_id().as_str())),
    };
    format!("| {} |{variable} {} |\n", names.join(", "), cell(&what))
}

fn is_setting(arg: &Arg) -> bool {
    settings::find(arg.get_id().as_str()).is_some()
}

fn takes_settings(command: &Command) -> bool {
    settings::all().iter().all(|setting| command.get_arguments().any(|arg| arg.get_id() == setting.name))
}

/// Help begins with a capital or not, as it was written; the page begins with one.
fn sentence(text: &str) -> String {
    let mut letters = text.trim_end_matches('.').chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// What would end a cell, or be taken for HTML.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}
