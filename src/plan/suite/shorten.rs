//! Shorter runs of the same users: every length in proportion, but for a least.

use std::time::Duration;

use super::super::load::{Shape, Stage, Stages};
use super::super::nearest::hint_for;
use super::super::settings::{ParamInput, Settings};
use super::super::units::{Percent, format_duration, parse_duration};
use super::super::{Data, Layer, Scenario};
use super::SuiteError;

/// No length becomes shorter than this, unless it was: nothing can be told of less.
pub const LEAST: Duration = Duration::from_secs(1);

/// How much shorter a run is to be, and what of it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Shortening {
    /// The part that is left; all of it if there is none.
    pub scale: Option<Percent>,
    /// Parameters that are lengths: where there are any, they are shortened instead of the load.
    pub params: Vec<String>,
}

impl Shortening {
    /// Makes sure that a scale shortens.
    ///
    /// # Errors
    /// When it is nothing, or more than all.
    pub fn check(scale: Percent, place: &str) -> Result<(), SuiteError> {
        match scale.fraction() {
            fraction if fraction > 0.0 && fraction <= 1.0 => Ok(()),
            _ => Err(SuiteError::BadScale { place: place.to_owned(), value: scale.to_string() }),
        }
    }

    /// Shortens a scenario and layers of settings over it. Users, rates and pauses stay as they are.
    ///
    /// # Errors
    /// When a parameter that is to be shortened is no length, or is not there.
    pub fn apply(&self, scenario: &mut Scenario, layers: &mut [Layer]) -> Result<(), SuiteError> {
        let no_length = |name: &str, got: &str| SuiteError::NoLength { name: name.to_owned(), got: got.to_owned() };
        for name in &self.params {
            let param = scenario.params.get(name).ok_or_else(|| {
                let hint = hint_for(name, scenario.params.keys().map(String::as_str).collect::<Vec<_>>());
                SuiteError::NoParam { name: name.clone(), hint }
            })?;
            shorter(&param.value, 1.0).ok_or_else(|| no_length(name, &format!("`{}`", param.value)))?;
        }
        let Some(by) = self.scale.map(Percent::fraction) else { return Ok(()) };
        let settings = std::iter::once(&mut scenario.settings)
            .chain(scenario.profiles.values_mut())
            .chain(layers.iter_mut().map(|layer| &mut layer.settings));
        if self.params.is_empty() {
            settings.for_each(|settings| load(settings, by));
            scenario.personas.iter_mut().filter_map(|persona| persona.load.as_mut()).for_each(|own| load(own, by));
            return Ok(());
        }
        for settings in settings {
            let given = settings.params.iter_mut().flat_map(|params| &mut params.0);
            for (name, value) in given.filter(|(name, _)| self.params.contains(name)) {
                *value = shorter_input(value, by).ok_or_else(|| no_length(name, &format!("`{value}`")))?;
            }
        }
        for name in &self.params {
            if let Some(param) = scenario.params.get_mut(name) {
                param.value = shorter(&param.value, by).unwrap_or(Data::Nil);
            }
        }
        Ok(())
    }
}

/// The lengths of a load and of its warm-up.
fn load(settings: &mut Settings, by: f64) {
    let shape: &mut Shape = &mut settings.shape;
    for length in [&mut shape.duration, &mut shape.ramp_up, &mut settings.warm_up].into_iter().flatten() {
        *length = time(*length, by);
    }
    for number in [&mut shape.iterations, &mut shape.shared_iterations].into_iter().flatten() {
        *number = count(*number, by);
    }
    match &mut shape.stages {
        Some(Stages::Users(stages)) => stages.iter_mut().for_each(|stage| stage_time(stage, by)),
        Some(Stages::Rate(stages)) => stages.iter_mut().for_each(|stage| stage_time(stage, by)),
        None => {}
    }
}

fn stage_time<T>(stage: &mut Stage<T>, by: f64) {
    stage.duration = time(stage.duration, by);
}

/// In whole milliseconds, so that it reads well. What was not longer than another is not longer afterwards.
fn time(length: Duration, by: f64) -> Duration {
    let scaled = Duration::from_millis((length.as_secs_f64() * by * 1000.0).round() as u64);
    scaled.max(length.min(LEAST))
}

fn count(number: u64, by: f64) -> u64 {
    ((number as f64 * by).round() as u64).max(number.min(1))
}

/// A parameter's value, if it is a length: a time, or a number of things to do.
fn shorter(value: &Data, by: f64) -> Option<Data> {
    match value {
        Data::Int(number) => {
            u64::try_from(*number).ok().and_then(|number| i64::try_from(count(number, by)).ok()).map(Data::Int)
        }
        Data::Float(number) => Some(Data::Float(number * by)),
        Data::Bytes(bytes) => {
            let length = parse_duration(std::str::from_utf8(bytes).ok()?).ok()?;
            Some(Data::text(format_duration(time(length, by))))
        }
        _ => None,
    }
}

fn shorter_input(value: &ParamInput, by: f64) -> Option<ParamInput> {
    match value {
        ParamInput::Typed(data) => shorter(data, by).map(ParamInput::Typed),
        ParamInput::Text(text) => {
            let number =
                || text.parse().map(Data::Float).ok().filter(|data| matches!(data, Data::Float(n) if n.is_finite()));
            let data = text.parse().map(Data::Int).ok().or_else(number).unwrap_or_else(|| Data::text(text));
            shorter(&data, by).map(|data| ParamInput::Text(data.to_string()))
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::plan::settings::Input;
    use crate::plan::{Origin, Param, PersonaDecl};

    fn settings(pairs: &[(&str, &str)]) -> Settings {
        let mut settings = Settings::default();
        for (name, value) in pairs {
            settings.set(name, Input::Text(value), name).expect(name);
        }
        settings
    }

    fn shortening(scale: &str, params: &[&str]) -> Shortening {
        let params = params.iter().map(|name| (*name).to_owned()).collect();
        Shortening { scale: Some(scale.parse().expect("a percentage")), params }
    }

    #[test]
    fn every_length_of_every_layer_is_shortened_and_nothing_else() {
        let own =
            PersonaDecl { load: Some(settings(&[("users", "1"), ("iterations", "1")])), ..PersonaDecl::default() };
        let mut scenario = Scenario {
            settings: settings(&[("users", "50"), ("duration", "5m"), ("ramp_up", "10s"), ("think", "100ms")]),
            profiles: [("staged".to_owned(), settings(&[("stages", "2m:50, 0s:0"), ("rate", "5/s")]))].into(),
            personas: vec![own],
            ..Scenario::default()
        };
        let settings = settings(&[("warm_up", "500ms"), ("iterations", "70"), ("graceful_stop", "30s")]);
        let mut layers = [Layer { origin: Origin::Suite, settings }];
        shortening("10%", &[]).apply(&mut scenario, &mut layers).expect("it can be shortened");
        let shown = |settings: &Settings| {
            let pairs = settings.shown().into_iter().map(|(name, value)| format!("{name}={value}"));
            pairs.collect::<Vec<_>>().join(" ")
        };
        assert_eq!(shown(&scenario.settings), "users=50 duration=30s ramp_up=1s think=100ms");
        assert_eq!(shown(&scenario.profiles["staged"]), "stages=12s:50, 0s:0 rate=5/s");
        assert_eq!(scenario.personas[0].load.as_ref().map(shown), Some("users=1 iterations=1".to_owned()));
        assert_eq!(shown(&layers[0].settings), "iterations=7 warm_up=500ms graceful_stop=30s");
    }

    #[test]
    fn parameters_that_are_lengths_are_shortened_instead_of_the_load() {
        let param = |value| Param { value, doc: String::new() };
        let params = [("phase", Data::text("1m")), ("games", Data::Int(500)), ("city", Data::text("Ashford"))];
        let scenario = || Scenario {
            settings: settings(&[("duration", "10m")]),
            params: params.clone().into_iter().map(|(name, value)| (name.to_owned(), param(value))).collect(),
            ..Scenario::default()
        };
        let mut shortened = scenario();
        let mut layers = [Layer { origin: Origin::Suite, settings: settings(&[("params", "phase=2m")]) }];
        shortening("5%", &["phase", "games"]).apply(&mut shortened, &mut layers).expect("they are lengths");
        assert_eq!(shortened.params["phase"].value, Data::text("3s"));
        assert_eq!(shortened.params["games"].value, Data::Int(25));
        assert_eq!(layers[0].settings.shown(), [("params", "phase=6s".to_owned())]);
        assert_eq!(shortened.settings, scenario().settings);
        for (written, shortened) in [("2.5", "0.125"), ("40", "2"), ("1m", "3s"), ("nan", "")] {
            let shorter = shorter_input(&ParamInput::Text(written.to_owned()), 0.05).map(|input| input.to_string());
            assert_eq!(shorter.unwrap_or_default(), shortened, "{written}");
        }
        for (name, message) in [
            ("city", "`scales`: parameter `city` is `Ashford`, not a length"),
            ("fase", "`scales`: the scenario has no parameter `fase`"),
        ] {
            let error = shortening("5%", &[name]).apply(&mut scenario(), &mut []).expect_err(name).to_string();
            assert!(error.starts_with(message), "{error}");
        }
    }

    proptest! {
        /// So a load that could be played still can: a ramp-up within its duration stays within it.
        #[test]
        fn what_is_not_longer_than_another_is_not_longer_afterwards(
            a in 0u64..10_000_000, b in 0u64..10_000_000, by in 0.0001f64..1.0
        ) {
            let (short, long) = (Duration::from_millis(a.min(b)), Duration::from_millis(a.max(b)));
            prop_assert!(time(short, by) <= time(long, by));
            prop_assert!(time(long, by) <= long);
            prop_assert!(time(long, by) >= long.min(LEAST));
        }
    }
}
