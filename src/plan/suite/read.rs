//! From the tables of a file to a suite, and the rules it must keep.

use std::collections::BTreeSet;

use super::super::Data;
use super::super::nearest::hint_for;
use super::keys::{Keys, ReadSettings};
use super::{Play, Shortening, Suite, SuiteError, SuiteRun, Variant};

impl Suite {
    /// Reads what a file says; its settings are read by `read`.
    ///
    /// # Errors
    /// The first thing that is wrong, with its name.
    pub fn from_data(name: &str, data: Data, read: ReadSettings<'_>) -> Result<Self, SuiteError> {
        let mut keys = Keys::new(data, "", "a suite")?;
        let mut suite = Self {
            name: name.to_owned(),
            about: keys.text("about")?.unwrap_or_default(),
            play: keys.play()?.unwrap_or_default(),
            baseline: keys.text("baseline")?,
            ..Self::default()
        };
        for (place, table) in keys.tables("runs")?.into_iter().enumerate() {
            suite.runs.push(run(place + 1, table, read)?);
        }
        for (name, path, table) in keys.named("groups")? {
            suite.groups.insert(name, group(table, &path)?);
        }
        for (name, path, table) in keys.named("modes")? {
            suite.modes.insert(name, variant(table, &path, "a mode", read)?);
        }
        for (name, path, table) in keys.named("environments")? {
            suite.environments.insert(name, variant(table, &path, "an environment", read)?);
        }
        suite.part = keys.part(read)?;
        suite.validate()?;
        Ok(suite)
    }

    fn validate(&self) -> Result<(), SuiteError> {
        if self.runs.is_empty() {
            return Err(SuiteError::NoRuns);
        }
        let mut names = BTreeSet::new();
        for run in &self.runs {
            if !names.insert(&run.name) {
                return Err(SuiteError::TwoRuns { name: run.name.clone() });
            }
        }
        if let Some(name) = &self.baseline {
            self.check_run(name, "`baseline`")?;
        }
        for (kind, variants) in [("modes", &self.modes), ("environments", &self.environments)] {
            for (name, variant) in variants {
                let place = format!("`{kind}.{name}`");
                for run in variant.only.iter().flatten().chain(variant.runs.keys()) {
                    self.check_run(run, &place)?;
                }
                if let Some(scale) = variant.scale {
                    Shortening::check(scale, &place)?;
                }
            }
        }
        self.check_groups()
    }

    /// Makes sure that there is a run of that name.
    pub(super) fn check_run(&self, name: &str, place: &str) -> Result<(), SuiteError> {
        if self.runs.iter().any(|run| run.name == name) {
            return Ok(());
        }
        let hint = hint_for(name, self.runs.iter().map(|run| run.name.as_str()));
        Err(SuiteError::UnknownRun { place: place.to_owned(), name: name.to_owned(), hint })
    }

    fn check_groups(&self) -> Result<(), SuiteError> {
        let named: Vec<&str> = self.runs.iter().filter_map(|run| run.group.as_deref()).collect();
        let unknown = |place: String, name: &str, known: Vec<&str>| {
            Err(SuiteError::UnknownGroup { place, name: name.to_owned(), hint: hint_for(name, known) })
        };
        if let Some(name) = self.groups.keys().find(|name| !named.contains(&name.as_str())) {
            return unknown("`groups`".to_owned(), name, named);
        }
        let mut over = BTreeSet::new();
        let mut before = None;
        for run in &self.runs {
            let group = run.group.as_deref();
            if let Some(name) = group.filter(|name| !self.groups.contains_key(*name)) {
                let known = self.groups.keys().map(String::as_str).collect();
                return unknown(format!("run `{}`", run.name), name, known);
            }
            if group != before {
                over.extend(before);
                if let Some(group) = group.filter(|name| over.contains(name)) {
                    return Err(SuiteError::Scattered { group: group.to_owned(), run: run.name.clone() });
                }
            }
            before = group;
        }
        Ok(())
    }
}

fn run(number: usize, table: Data, read: ReadSettings<'_>) -> Result<SuiteRun, SuiteError> {
    let mut keys = Keys::new(table, "runs", "a run")?;
    let name = keys.text("name")?.ok_or(SuiteError::Missing { number, key: "name" })?;
    // It is the name of a file.
    let fits = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if name.is_empty() || name.starts_with('-') || !name.chars().all(fits) {
        return Err(SuiteError::BadName { name });
    }
    keys.call(&format!("runs.{name}"));
    let scenario = keys.text("scenario")?.ok_or(SuiteError::Missing { number, key: "scenario" })?;
    Ok(SuiteRun {
        name,
        about: keys.text("about")?.unwrap_or_default(),
        scenario,
        group: keys.text("group")?,
        scales: keys.texts("scales")?.unwrap_or_default(),
        part: keys.part(read)?,
    })
}

fn group(table: Data, path: &str) -> Result<Play, SuiteError> {
    let mut keys = Keys::new(table, path, "a group")?;
    // Whoever makes a group wants its runs together.
    let play = keys.play()?.unwrap_or(Play::SideBySide);
    keys.finish()?;
    Ok(play)
}

fn variant(table: Data, path: &str, place: &'static str, read: ReadSettings<'_>) -> Result<Variant, SuiteError> {
    let mut keys = Keys::new(table, path, place)?;
    let mut variant = Variant {
        about: keys.text("about")?.unwrap_or_default(),
        only: keys.texts("only")?,
        scale: keys.percent("scale")?,
        ..Variant::default()
    };
    for (name, path, table) in keys.named("runs")? {
        variant.runs.insert(name, Keys::new(table, &path, "a run of a mode or environment")?.part(read)?);
    }
    variant.part = keys.part(read)?;
    Ok(variant)
}
