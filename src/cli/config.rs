//! `throng.toml`: settings for all scenarios, for one, and named targets; values may name [`variables`].

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use super::error::CliError;
use super::known_scenarios::KnownScenarios;
use super::tables;
use super::variables;
use crate::analysis::threshold::Rule;
use crate::plan::nearest::{hint_for, nearest};
use crate::plan::{Data, Layer, Origin, Settings, settings};

const FILE_NAME: &str = "throng.toml";
/// The tables that are no settings.
const TARGETS: &str = "targets";
const SCENARIOS: &str = "scenarios";

/// The settings that say where a server is.
const URLS: [&str; 3] = ["postgres", "redis", "http"];

/// What a configuration file says.
#[derive(Debug, Default)]
pub struct Config {
    for_all: Settings,
    scenarios: Vec<(String, Settings)>,
    targets: Vec<(String, Settings)>,
    /// Where it is, unless there is none.
    path: Option<PathBuf>,
    /// Targets with a kind of server whose URL names a variable that is not set.
    unset: Vec<(String, &'static str)>,
}

impl Config {
    /// Reads `path`, or else the nearest `throng.toml`, here or in a folder above; none is fine.
    ///
    /// # Errors
    /// When a file is there, or was asked for, and cannot be read or is wrong.
    pub fn find(path: Option<&OsStr>) -> Result<Self, CliError> {
        let Some(path) = file(path) else { return Ok(Self::default()) };
        let problem = |problem: String| CliError::Config { path: path.clone(), problem };
        let text = std::fs::read_to_string(&path).map_err(|error| problem(error.to_string()))?;
        let config = Self::parse(&text).map_err(problem)?;
        Ok(Self { path: Some(path), ..config })
    }

    fn parse(text: &str) -> Result<Self, String> {
        let mut fields = tables::read(text)?;
        let told = told_urls(fields.get(TARGETS));
        let targets = named(fields.remove(TARGETS), TARGETS)?;
        let scenarios = named(fields.remove(SCENARIOS), SCENARIOS)?;
        check_tables(&fields)?;
        let for_all = variables::settings(&Data::Map(fields), "", &variables::of_process)?;
        let all = scenarios.iter().chain(&targets).map(|(_, settings)| settings).chain([&for_all]);
        all.into_iter().try_for_each(check_rules)?;
        let is_set = |(target, kind): &(String, &'static str)| {
            targets.iter().any(|(name, settings)| name == target && settings.names().contains(kind))
        };
        let unset = told.into_iter().filter(|url| !is_set(url)).collect();
        Ok(Self { for_all, scenarios, targets, path: None, unset })
    }

    /// What it sets for a scenario, the weaker first.
    pub fn layers(&self, scenario: &str) -> Vec<Layer> {
        let own = self.scenarios.iter().filter(|(name, _)| name == scenario).map(|(_, settings)| settings);
        let file = |settings: &Settings| Layer { origin: Origin::File, settings: settings.clone() };
        std::iter::once(&self.for_all).chain(own).map(file).collect()
    }

    /// Refuses a table for a scenario that is neither `playing` nor bundled nor a file beside the configuration or below.
    ///
    /// # Errors
    /// The first such table, with the nearest name.
    pub fn check_scenarios(&self, playing: &str) -> Result<(), CliError> {
        let Some(path) = self.path.as_ref().filter(|_| self.scenarios.iter().any(|(name, _)| name != playing)) else {
            return Ok(());
        };
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let known = KnownScenarios::beside(folder);
        let is_known = |name: &String| name == playing || known.may_be_more || known.names.contains(name);
        match self.scenarios.iter().find(|(name, _)| !is_known(name)) {
            Some((name, _)) => {
                let names = known.names.iter().map(String::as_str).chain([playing]);
                let hint = hint_for(name, names);
                Err(CliError::NoSuchScenario { path: path.clone(), name: name.clone(), hint })
            }
            None => Ok(()),
        }
    }

    /// The settings of a named target.
    ///
    /// # Errors
    /// When there is no such target, or one of its URLs lacks a variable: nothing weaker may take the place of a server
    /// that was asked for by name.
    pub fn target(&self, name: &str) -> Result<Layer, CliError> {
        if let Some((_, kind)) = self.unset.iter().find(|(target, _)| target == name) {
            return Err(CliError::UnsetTarget { name: name.to_owned(), kind });
        }
        match self.targets.iter().find(|(known, _)| known == name) {
            Some((_, settings)) => Ok(Layer { origin: Origin::File, settings: settings.clone() }),
            None => {
                let hint = hint_for(name, self.targets.iter().map(|(known, _)| known.as_str()));
                Err(CliError::UnknownTarget { name: name.to_owned(), hint })
            }
        }
    }
}

/// Refuses rules that can't be read, while it is still known where they stand.
fn check_rules(settings: &Settings) -> Result<(), String> {
    let mut rules = [&settings.thresholds, &settings.budget].into_iter().flatten().flat_map(|rules| &rules.0);
    rules.try_for_each(|rule| Rule::parse(rule).map(drop)).map_err(|error| error.to_string())
}

/// Refuses a table that is neither a setting nor one of those that hold settings, whose name may have been meant.
fn check_tables(fields: &BTreeMap<String, Data>) -> Result<(), String> {
    for (name, value) in fields {
        let meant = nearest(name, [TARGETS, SCENARIOS]).filter(|_| matches!(value, Data::Map(_)));
        if let Some(meant) = meant.filter(|_| settings::find(name).is_none()) {
            return Err(format!("there is no setting `{name}`\nhint: did you mean `{meant}`?"));
        }
    }
    Ok(())
}

/// The configuration file that is read, if any: the one that was named, or the nearest.
pub fn file(named: Option<&OsStr>) -> Option<PathBuf> {
    match named {
        Some(path) => Some(PathBuf::from(path)),
        None => std::env::current_dir().ok().as_deref().and_then(nearest_file),
    }
}

fn nearest_file(folder: &Path) -> Option<PathBuf> {
    folder.ancestors().map(|folder| folder.join(FILE_NAME)).find(|path| path.is_file())
}

/// The targets that say where a kind of server is, and that kind.
fn told_urls(targets: Option<&Data>) -> Vec<(String, &'static str)> {
    let Some(Data::Map(targets)) = targets else { return Vec::new() };
    let urls = |fields: &Data| match fields {
        Data::Map(fields) => URLS.into_iter().filter(|kind| fields.contains_key(*kind)).collect(),
        _ => Vec::new(),
    };
    targets.iter().flat_map(|(name, fields)| urls(fields).into_iter().map(|kind| (name.clone(), kind))).collect()
}

/// A table of tables of settings.
fn named(table: Option<Data>, what: &str) -> Result<Vec<(String, Settings)>, String> {
    match table {
        None => Ok(Vec::new()),
        Some(Data::Map(entries)) => entries
            .iter()
            .map(|(name, fields)| {
                let settings = variables::settings(fields, &format!("{what}.{name}"), &variables::of_process);
                settings.map(|settings| (name.clone(), settings))
            })
            .collect(),
        Some(other) => Err(format!("`{what}`: expected a table, got {}", other.kind())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_hold_for_all_for_one_scenario_and_for_a_target() {
        let config = Config::parse(
            r#"
            workers = 2
            stages = [{ duration = "1m", users = 50 }, "0s:0"]

            [scenarios.membership]
            params = { members = 100 }

            [targets.staging]
            postgres = "postgres://staging/app"
            connections = 10
            "#,
        )
        .expect("a good file");
        let names = |layers: &[Layer]| layers.iter().map(|layer| layer.settings.names()).collect::<Vec<_>>();
        assert_eq!(names(&config.layers("membership")), [vec!["stages", "workers"], vec!["params"]]);
        assert_eq!(names(&config.layers("other")), [["stages", "workers"]]);
        assert_eq!(names(&[config.target("staging").expect("named")]), [["postgres", "connections"]]);
        let error = Config::parse("[targets.s]\npostgres = \"postgres://me:${NO_SUCH_VARIABLE}@127.0.0.1/x\"")
            .expect("a good file")
            .target("s")
            .expect_err("no weaker layer may say where it is")
            .to_string();
        assert!(
            error.starts_with("target `s` of throng.toml: its `postgres` names a variable that is not set"),
            "{error}"
        );
        let error = config.target("stagin").expect_err("not named").to_string();
        assert_eq!(error, "there is no target `stagin` in throng.toml\nhint: did you mean `staging`?");
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (text, message) in [
            ("user = 5", "there is no setting `user`\nhint: did you mean `users`?"),
            ("users = 'five'", "`users`: expected a whole number, not negative, got the string `five`"),
            (
                "[targets.a]\npostgress = ''",
                "there is no setting `targets.a.postgress`\nhint: did you mean `postgres`?",
            ),
            ("targets = 5", "`targets`: expected a table, got a whole number"),
            (
                "[scenarios.office]\nbudget = ['respons.p95 < 1ms']",
                "threshold: there is no figure `respons`\n  respons.p95 < 1ms\n  ^^^^^^^^^^^\nhint: did you mean `response`?",
            ),
            ("[scenario.office]\nusers = 5", "there is no setting `scenario`\nhint: did you mean `scenarios`?"),
        ] {
            assert_eq!(Config::parse(text).map(|_| ()).expect_err(text), message);
        }
        assert!(Config::parse("users = ").map(|_| ()).expect_err("half a line").contains("line 1"));
        let unfinished = "users = 5\npostgres = \"postgres://me:secret@db";
        let problem = Config::parse(unfinished).map(|_| ()).expect_err("a string without an end");
        assert!(problem.starts_with("line 2: ") && !problem.contains("secret"), "{problem}");
    }
}
