//! Which targets a run may put load on without being told twice.
//!
//! A mistyped URL must not bring a production database down. Loopback addresses and targets named in
//! `throng.toml` are taken for meant; everything else, and whatever is called production, takes `--force`.

use super::place::Place;
use super::scenario::{Scenario, TargetKind};
use super::server_settings::is_harmless;
use super::target::SecretUrl;
use super::{Origin, Plan};

/// Words in the name of a host or database that mark it as production.
const PRODUCTION_WORDS: [&str; 3] = ["prod", "production", "live"];

/// A target that a run should keep off.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Danger {
    /// Its name says production.
    #[error(
        "target `{target}` at {address} looks like production: `{word}` is in its name\nhint: if that is meant, add `--force`"
    )]
    Production {
        /// The target's name.
        target: String,
        /// Where it is, without a password.
        address: String,
        /// What gives it away.
        word: String,
    },
    /// It is somewhere else, and nobody wrote down that it may be used.
    #[error(
        "target `{target}` at {address} is not on this machine and not named in throng.toml\nhint: name it under `[targets]` there and choose it with `--target NAME`, or add `--force`"
    )]
    Elsewhere {
        /// The target's name.
        target: String,
        /// Where it is, without a password.
        address: String,
    },
    /// A setting of a throwaway server that could start programs or reach files.
    #[error(
        "the scenario sets `{setting}` on the server that throng starts for `{target}`, which is none of the settings that surely start no programs and reach no files\nhint: if you trust the scenario, allow it with `--allow-exec`"
    )]
    Setting {
        /// The target's name.
        target: String,
        /// The setting's name.
        setting: String,
    },
    /// Programs that the scenario starts.
    #[error("the scenario starts programs: {}\nhint: if you trust it, allow that with `--allow-exec`", .programs.join(", "))]
    Programs {
        /// Their names.
        programs: Vec<String>,
    },
}

/// What of a scenario takes `--allow-exec`, if that was not given.
pub fn unallowed(plan: &Plan, scenario: &Scenario) -> Option<Danger> {
    if plan.allow_exec {
        return None;
    }
    let postgres = plan.targets.postgres.iter().map(|(name, t)| (TargetKind::Postgres, name, &t.url, &t.server));
    let redis = plan.targets.redis.iter().map(|(name, t)| (TargetKind::Redis, name, &t.url, &t.server));
    // Those of a server that is there already are its own.
    let started = postgres.chain(redis).filter(|(_, _, url, _)| url.is_none());
    let mut loose = started.filter_map(|(kind, target, _, settings)| {
        let setting = settings.keys().find(|setting| !is_harmless(kind, setting))?;
        Some(Danger::Setting { target: target.clone(), setting: setting.clone() })
    });
    let programs = || Danger::Programs { programs: scenario.programs.clone() };
    loose.next().or_else(|| (!scenario.programs.is_empty()).then(programs))
}

/// The first target of a plan that should not be used without `--force`.
pub fn danger(plan: &Plan) -> Option<Danger> {
    let postgres = plan.targets.postgres.iter().map(|(name, target)| (name, &target.url));
    let redis = plan.targets.redis.iter().map(|(name, target)| (name, &target.url));
    let http = plan.targets.http.iter().map(|(name, target)| (name, &target.url));
    let given = postgres.chain(redis).chain(http).filter_map(|(name, url)| Some((name, url.as_ref()?)));
    given.into_iter().find_map(|(name, url)| danger_of(plan, name, url))
}

/// Whether a target of a plan should not be used without `--force`.
pub fn danger_of(plan: &Plan, target: &str, url: &SecretUrl) -> Option<Danger> {
    look_at(target, url, origin(plan, target))
}

/// Whether a URL leads to this machine.
pub fn is_here(url: &SecretUrl) -> bool {
    Place::of(url).is_here()
}

fn origin(plan: &Plan, target: &str) -> Origin {
    let row = plan.origins.iter().find(|(field, ..)| field == target);
    row.map_or(Origin::Default, |(.., origin)| *origin)
}

fn look_at(target: &str, url: &SecretUrl, origin: Origin) -> Option<Danger> {
    let place = Place::of(url);
    let (target, address) = (target.to_owned(), url.to_string());
    let words = place
        .hosts
        .iter()
        .map(|(host, _)| host)
        .chain(&place.database)
        .flat_map(|name| name.split(|c: char| !c.is_alphanumeric()));
    if let Some(word) = words.into_iter().find(|word| PRODUCTION_WORDS.contains(&word.to_lowercase().as_str())) {
        return Some(Danger::Production { target, address, word: word.to_owned() });
    }
    (!place.is_here() && origin != Origin::File).then_some(Danger::Elsewhere { target, address })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(url: &str, origin: Origin) -> Option<&'static str> {
        look_at("main", &SecretUrl::new(url), origin).map(|danger| match danger {
            Danger::Production { .. } => "production",
            Danger::Elsewhere { .. } => "elsewhere",
            Danger::Setting { .. } | Danger::Programs { .. } => "not asked here",
        })
    }

    #[test]
    fn this_machine_is_safe_and_others_have_to_be_named() {
        for url in [
            "postgres://me@localhost:5432/app",
            "postgres://me:p@ss@127.0.0.1/app",
            "postgres://[::1]:5432/app",
            "postgres:///app?host=/run/postgresql",
            "postgres://%2Frun%2Fpostgresql/app",
            "host=127.0.0.1 dbname=app",
            "host=/tmp dbname=app",
            "redis+unix:///tmp/redis.sock",
            "redis://localhost",
        ] {
            assert_eq!(judged(url, Origin::CommandLine), None, "{url}");
        }
        for url in
            ["postgres://me@db.example/app", "host=10.0.0.7", "redis://cache:6379", "postgres://127.0.0.1,db/app"]
        {
            assert_eq!(judged(url, Origin::CommandLine), Some("elsewhere"), "{url}");
            assert_eq!(judged(url, Origin::Environment), Some("elsewhere"), "{url}");
            assert_eq!(judged(url, Origin::File), None, "{url}");
        }
    }

    #[test]
    fn what_is_called_production_is_refused_wherever_it_is_named() {
        for url in ["postgres://me@db-prod.example/app", "postgres://localhost/app_production", "host=live.db dbname=x"]
        {
            assert_eq!(judged(url, Origin::File), Some("production"), "{url}");
        }
        assert_eq!(judged("postgres://localhost/products", Origin::CommandLine), None);
    }
}
