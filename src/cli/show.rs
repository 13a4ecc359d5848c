//! `throng show`: what a scenario models, its parameters, profiles and personas, its source.

use super::error::CliError;
use super::exit::ExitStatus;
use super::prepare::load;
use super::table;
use super::terminal::Terminal;
use crate::plan::{PersonaDecl, Scenario, Settings};
use crate::script::Source;

/// Arguments of `throng show`.
#[derive(Debug, clap::Args)]
pub struct ShowArgs {
    /// A bundled scenario or a file
    pub scenario: String,

    /// Print the source alone, to start a scenario of your own from
    #[arg(long)]
    pub source: bool,
}

/// Shows a scenario.
///
/// # Errors
/// When there is none of that name, it cannot be loaded, or standard output not written.
pub fn show(args: &ShowArgs, terminal: &mut Terminal) -> Result<ExitStatus, CliError> {
    let (source, scenario) = load(&args.scenario)?;
    if args.source {
        terminal.print(&source.text)?;
    } else {
        terminal.print(&describe(&source, &scenario))?;
    }
    Ok(ExitStatus::Passed)
}

fn describe(source: &Source, scenario: &Scenario) -> String {
    let mut sections = vec![format!("{}: {}", scenario.name, scenario.about)];
    sections.extend(documentation(&source.text));
    let needs: Vec<&str> = scenario.needs.iter().map(|need| need.name.as_str()).collect();
    if !needs.is_empty() {
        sections.push(format!("Needs {}", needs.join(", ")));
    }
    sections.extend(requirements(scenario));
    let params =
        scenario.params.iter().map(|(name, param)| [format!("  {name}"), param.value.to_string(), param.doc.clone()]);
    sections.extend(section("Parameters", params.collect()));
    let personas =
        scenario.personas.iter().map(|persona| [format!("  {}", persona.name), size(persona), behaviour(persona)]);
    sections.extend(section("Personas", personas.collect()));
    let load = Settings { thresholds: None, ..scenario.settings.clone() };
    sections.extend(section("Load", vec![[format!("  {}", settings(&load))]]));
    let rules = scenario.settings.thresholds.iter().flat_map(|rules| &rules.0);
    sections.extend(section("Thresholds", rules.map(|rule| [format!("  {rule}")]).collect()));
    let profiles = scenario.profiles.iter().map(|(name, profile)| [format!("  {name}"), settings(profile)]);
    sections.extend(section("Profiles", profiles.collect()));
    sections.join("\n\n") + "\n"
}

/// What must be given or there beside the targets, a sentence each.
pub(super) fn requirements(scenario: &Scenario) -> Vec<String> {
    let programs = (!scenario.programs.is_empty())
        .then(|| format!("Starts {}, which takes `--allow-exec`", scenario.programs.join(", ")));
    programs.into_iter().chain(scenario.requires.iter().map(|what| format!("Requires {what}"))).collect()
}

fn section<const N: usize>(title: &str, rows: Vec<[String; N]>) -> Option<String> {
    (!rows.is_empty()).then(|| format!("{title}\n{}", table::plain(None, rows)))
}

/// The comment on top of the file.
fn documentation(text: &str) -> Option<String> {
    let lines: Vec<&str> = text.lines().map_while(|line| line.strip_prefix("---")).collect();
    let dedented = lines.iter().map(|line| line.strip_prefix(' ').unwrap_or(line));
    (!lines.is_empty()).then(|| dedented.collect::<Vec<_>>().join("\n"))
}

fn settings(settings: &Settings) -> String {
    settings.shown().iter().map(|(name, value)| format!("{name} = {value}")).collect::<Vec<_>>().join(", ")
}

fn size(persona: &PersonaDecl) -> String {
    match (persona.users, &persona.load) {
        (Some(users), _) => format!("users {users}"),
        (None, Some(load)) => settings(load),
        (None, None) => format!("share {}", persona.share.unwrap_or(1.0)),
    }
}

fn behaviour(persona: &PersonaDecl) -> String {
    if persona.run {
        return "a flow".to_owned();
    }
    persona.operations.iter().map(|(name, weight)| format!("{name} {weight}")).collect::<Vec<_>>().join(", ")
}
