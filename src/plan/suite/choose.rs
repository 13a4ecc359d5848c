//! What of a suite is played, in which mode and environment.

use super::super::nearest::hint_for;
use super::super::units::Percent;
use super::{Part, Play, Shortening, Suite, SuiteError, SuiteRun, Variant};

/// What was asked for.
#[derive(Debug, Clone, Default)]
pub struct Choice {
    /// A mode of the suite.
    pub mode: Option<String>,
    /// An environment of the suite.
    pub environment: Option<String>,
    /// Only these runs, if any are named.
    pub only: Vec<String>,
    /// How long everything takes, compared with what the file says; stronger than the mode's and the environment's.
    pub scale: Option<Percent>,
}

/// What is played.
#[derive(Debug, Clone)]
pub struct Chosen {
    /// Runs in the order in which they are played, those of one group together.
    pub groups: Vec<(Play, Vec<ChosenRun>)>,
    /// How long everything takes, compared with what the file says.
    pub scale: Option<Percent>,
}

/// A run, and all that the suite says of it.
#[derive(Debug, Clone)]
pub struct ChosenRun {
    /// The run as the file has it.
    pub run: SuiteRun,
    /// What the suite says of it, the weaker first.
    pub parts: Vec<Part>,
    /// How it is shortened.
    pub shortening: Shortening,
}

impl ChosenRun {
    /// The profile that is in force.
    pub fn profile(&self) -> Option<&str> {
        self.parts.iter().rev().find_map(|part| part.profile.as_deref())
    }

    /// The target of `throng.toml` that is in force.
    pub fn target(&self) -> Option<&str> {
        self.parts.iter().rev().find_map(|part| part.target.as_deref())
    }
}

impl Suite {
    /// Picks what was asked for.
    ///
    /// # Errors
    /// When there is no such mode, environment or run, or nothing is left.
    pub fn choose(&self, choice: &Choice) -> Result<Chosen, SuiteError> {
        let mode = choice.mode.as_deref().map(|name| self.mode(name)).transpose()?;
        let environment = choice.environment.as_deref().map(|name| self.environment(name)).transpose()?;
        for name in &choice.only {
            self.check_run(name, "`--only`")?;
        }
        if let Some(scale) = choice.scale {
            Shortening::check(scale, "`--scale`")?;
        }
        let variants: Vec<&Variant> = [mode, environment].into_iter().flatten().collect();
        let scale = choice.scale.or_else(|| variants.iter().rev().find_map(|variant| variant.scale));
        let wanted = |run: &&SuiteRun| {
            let allowed =
                variants.iter().filter_map(|variant| variant.only.as_ref()).all(|only| only.contains(&run.name));
            allowed && (choice.only.is_empty() || choice.only.contains(&run.name))
        };
        let mut groups: Vec<(Option<&str>, Play, Vec<ChosenRun>)> = Vec::new();
        for run in self.runs.iter().filter(wanted) {
            let group = run.group.as_deref();
            let chosen = self.chosen(run, &variants, scale);
            match groups.last_mut().filter(|(last, ..)| *last == group) {
                Some((_, _, runs)) => runs.push(chosen),
                None => {
                    let play = group.and_then(|name| self.groups.get(name).copied()).unwrap_or(self.play);
                    groups.push((group, play, vec![chosen]));
                }
            }
        }
        if groups.is_empty() {
            let named = choice.mode.iter().chain(&choice.environment).map(|name| format!("`{name}`"));
            return Err(SuiteError::NothingChosen { place: named.collect::<Vec<_>>().join(" and ") });
        }
        Ok(Chosen { groups: groups.into_iter().map(|(_, play, runs)| (play, runs)).collect(), scale })
    }

    fn chosen(&self, run: &SuiteRun, variants: &[&Variant], scale: Option<Percent>) -> ChosenRun {
        let mut parts = vec![self.part.clone(), run.part.clone()];
        for variant in variants {
            parts.push(variant.part.clone());
            parts.extend(variant.runs.get(&run.name).cloned());
        }
        ChosenRun { run: run.clone(), parts, shortening: Shortening { scale, params: run.scales.clone() } }
    }

    fn mode(&self, name: &str) -> Result<&Variant, SuiteError> {
        self.modes.get(name).ok_or_else(|| {
            let hint = hint_for(name, self.modes.keys().map(String::as_str).collect::<Vec<_>>());
            SuiteError::UnknownMode { name: name.to_owned(), hint }
        })
    }

    fn environment(&self, name: &str) -> Result<&Variant, SuiteError> {
        self.environments.get(name).ok_or_else(|| {
            let hint = hint_for(name, self.environments.keys().map(String::as_str).collect::<Vec<_>>());
            SuiteError::UnknownEnvironment { name: name.to_owned(), hint }
        })
    }
}
