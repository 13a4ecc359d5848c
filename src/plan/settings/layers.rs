//! Settings of several places, played over each other.

use std::collections::BTreeMap;

use super::super::load::{Key, Shape};
use super::super::scenario::TargetKind;
use super::super::{Origin, PlanError};
use super::{Settings, registry};

/// What one place sets.
#[derive(Debug, Clone)]
pub struct Layer {
    /// The place.
    pub origin: Origin,
    /// What it sets.
    pub settings: Settings,
}

/// All layers in one, and where each value came from.
#[derive(Debug, Default)]
pub(super) struct Merged {
    pub(super) settings: Settings,
    pub(super) origins: BTreeMap<&'static str, Origin>,
    /// By name of the parameter.
    pub(super) params: BTreeMap<String, Origin>,
    /// By setting and name of the target.
    pub(super) urls: BTreeMap<(&'static str, String), Origin>,
}

/// Plays layers over each other, the weakest first.
///
/// A layer that says what kind of load it wants drops what weaker layers said
/// that does not go with it: `rate` on the command line over users × iterations
/// in the scenario is an open load, and needs a duration.
pub(super) fn merge(layers: &[Layer]) -> Result<Merged, PlanError> {
    let mut merged = Merged::default();
    for Layer { origin, settings } in layers {
        displace(&mut merged, &settings.shape, *origin)?;
        for setting in settings.names().into_iter().filter_map(registry::find) {
            (setting.layer)(&mut merged.settings, settings, *origin);
            merged.origins.insert(setting.name, *origin);
        }
        let params = settings.params.iter().flat_map(|params| params.0.keys());
        merged.params.extend(params.map(|name| (name.clone(), *origin)));
        for kind in TargetKind::ALL {
            let names = settings.urls(kind).into_iter().flat_map(|urls| urls.0.keys());
            merged.urls.extend(names.map(|name| ((kind.name(), name.clone()), *origin)));
        }
    }
    Ok(merged)
}

fn displace(merged: &mut Merged, stronger: &Shape, origin: Origin) -> Result<(), PlanError> {
    let keys = stronger.keys();
    let over_stages = merged.settings.shape.keys().contains(&Key::UserStages);
    if over_stages && keys.contains(&Key::Users) && !keys.iter().any(|key| KINDS.contains(key)) {
        return Err(PlanError::UsersOverStages { place: origin.place() });
    }
    for key in &keys {
        for displaced in displaced_by(*key).iter().filter(|displaced| !keys.contains(displaced)) {
            if merged.settings.shape.keys().contains(displaced) {
                merged.settings.shape.remove(*displaced);
                merged.origins.remove(displaced.name());
            }
        }
    }
    Ok(())
}

/// The keys that say which kind of load is wanted.
const KINDS: [Key; 6] =
    [Key::Iterations, Key::SharedIterations, Key::Duration, Key::UserStages, Key::RateStages, Key::Rate];

/// What of weaker layers does not go with a key.
fn displaced_by(key: Key) -> &'static [Key] {
    use Key::*;
    match key {
        Iterations => &[SharedIterations, Duration, UserStages, RateStages, Rate, Arrivals, MaxUsers, Overflow],
        SharedIterations => &[Iterations, Duration, UserStages, RateStages, Rate, Arrivals, MaxUsers, Overflow],
        Duration => &[Iterations, SharedIterations, UserStages, RateStages],
        UserStages => {
            &[Users, Iterations, SharedIterations, Duration, RateStages, Rate, RampUp, Arrivals, MaxUsers, Overflow]
        }
        RateStages => &[Users, Iterations, SharedIterations, Duration, UserStages, Rate, RampUp],
        Rate => &[Users, Iterations, SharedIterations, UserStages, RateStages, RampUp],
        // Users for the duration of an open load.
        Users => &[Rate, RateStages, Arrivals, MaxUsers, Overflow],
        RampUp | Arrivals | MaxUsers | Overflow => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::Data;
    use super::*;
    use crate::plan::settings::Input;

    fn layer(origin: Origin, settings: &[(&str, &str)]) -> Layer {
        let mut layer = Layer { origin, settings: Settings::default() };
        for (name, value) in settings {
            layer.settings.set(name, Input::Text(value), name).expect(name);
        }
        layer
    }

    fn load(layers: &[Layer]) -> String {
        match merge(layers) {
            Ok(merged) => match merged.settings.shape.load() {
                Ok(load) => load.to_string(),
                Err(error) => error.to_string(),
            },
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn a_stronger_kind_of_load_drops_what_does_not_go_with_it() {
        use Origin::{CommandLine, Scenario};
        let closed = || layer(Scenario, &[("users", "50"), ("iterations", "10"), ("ramp_up", "10s")]);
        let open = || layer(Scenario, &[("rate", "5/s"), ("duration", "1m"), ("arrivals", "poisson")]);
        let staged = || layer(Scenario, &[("users", "5"), ("stages", "1m:50")]);
        let flags = |settings: &[(&str, &str)]| layer(CommandLine, settings);
        for (layers, described) in [
            ([closed(), flags(&[("users", "5")])], "5 users × 10 iterations, started over 10s"),
            ([closed(), flags(&[("duration", "1m")])], "50 users for 1m, started over 10s"),
            ([closed(), flags(&[("rate", "9/s")])], "`rate` needs `duration` or `stages` of a rate"),
            (
                [closed(), flags(&[("rate", "9/s"), ("duration", "2s")])],
                "9/s for 2s, regular arrivals, at most 1000 users, the rest queued",
            ),
            ([closed(), flags(&[("stages", "1s:5,0s:0")])], "from 0 users to 5 in 1s, to 0 in 0s"),
            (
                [open(), flags(&[("duration", "2s")])],
                "5/s for 2s, poisson arrivals, at most 1000 users, the rest queued",
            ),
            ([open(), flags(&[("users", "3")])], "3 users for 1m"),
            ([open(), flags(&[("users", "3"), ("shared_iterations", "9")])], "9 iterations shared by 3 users"),
            ([staged(), flags(&[("iterations", "2")])], "5 users × 2 iterations"),
            ([staged(), flags(&[("users", "2"), ("iterations", "2")])], "2 users × 2 iterations"),
            (
                [staged(), flags(&[("users", "2")])],
                "`users` from the command line has no meaning beside `stages`\nhint: give `iterations` or `duration` too, or other stages",
            ),
            ([closed(), flags(&[("max_users", "2")])], "`users` and `max_users` do not go together"),
        ] {
            assert_eq!(load(&layers), described);
        }
    }

    #[test]
    fn every_value_remembers_the_strongest_place_that_set_it() {
        let merged = merge(&[
            layer(Origin::Scenario, &[("users", "5"), ("iterations", "5"), ("params", "a=1")]),
            layer(Origin::Profile, &[("users", "6"), ("params", "b=1")]),
            layer(Origin::Environment, &[("params", "a=2")]),
        ])
        .expect("layers that go together");
        assert_eq!(merged.origins["users"], Origin::Profile);
        assert_eq!(merged.origins["iterations"], Origin::Scenario);
        assert_eq!((merged.params["a"], merged.params["b"]), (Origin::Environment, Origin::Profile));
        assert_eq!(merged.settings.shape.users, Some(6));
    }

    #[test]
    fn an_unknown_setting_names_the_nearest() {
        let table = Data::Map([("user".to_owned(), Data::Int(5))].into());
        let error = Settings::from_data(&table, "load").expect_err("no such setting").to_string();
        assert_eq!(error, "there is no setting `load.user`\nhint: did you mean `users`?");
    }
}
