//! Settings from the environment: `THRONG_*`, `DATABASE_URL`, `REDIS_URL`, and a `.env` file.

use std::ffi::{OsStr, OsString};

use super::error::CliError;
use crate::plan::nearest::hint_for;
use crate::plan::settings::{self, Input};
use crate::plan::{Layer, Origin, Settings};

const PREFIX: &str = "THRONG_";
/// What the variable of a parameter begins with.
pub const PARAM_PREFIX: &str = "THRONG_PARAM_";

/// Variables that are no settings, and what they say. Some are read elsewhere.
pub const OTHERS: [(&str, &str); 15] = [
    ("THRONG_PROFILE", "a profile of the scenario, as `--profile`"),
    ("THRONG_TARGET", "a target named in `throng.toml`, as `--target`"),
    ("THRONG_PG_BIN", "the folder that the PostgreSQL of throwaway servers is in, instead of the usual ones"),
    ("DATABASE_URL", "the URL of the PostgreSQL; weaker than `THRONG_POSTGRES`"),
    ("REDIS_URL", "the URL of the Redis; weaker than `THRONG_REDIS`"),
    ("OTEL_EXPORTER_OTLP_HEADERS", "headers of `--out otlp=URL`, see [exporting](exporting.md#opentelemetry)"),
    ("OTEL_EXPORTER_OTLP_METRICS_HEADERS", "the same, and stronger"),
    ("OTEL_EXPORTER_OTLP_TIMEOUT", "milliseconds that one export may take"),
    ("OTEL_EXPORTER_OTLP_METRICS_TIMEOUT", "the same, and stronger"),
    ("OTEL_METRIC_EXPORT_INTERVAL", "milliseconds between exports"),
    ("OTEL_RESOURCE_ATTRIBUTES", "attributes of what is exported"),
    ("OTEL_SERVICE_NAME", "the name of the service that exports"),
    ("NO_COLOR", "no colour, as `--no-color`"),
    ("GITHUB_ACTIONS", "`true` on GitHub Actions: a run prints annotations"),
    ("GITHUB_STEP_SUMMARY", "the file that a run on GitHub Actions adds its report to"),
];

/// Puts what a `.env` file here or above says into the environment, where nothing stands there yet.
///
/// # Errors
/// When there is such a file and it cannot be read.
pub fn load_dotenv() -> Result<(), CliError> {
    match dotenvy::dotenv() {
        Err(error) if !error.not_found() => Err(CliError::Dotenv(error)),
        _ => Ok(()),
    }
}

/// What the process's environment sets.
///
/// # Errors
/// When a `THRONG_*` variable is unknown or its value does not fit.
pub fn layer() -> Result<Layer, CliError> {
    read(std::env::vars_os())
}

fn read(variables: impl Iterator<Item = (OsString, OsString)>) -> Result<Layer, CliError> {
    let mut settings = Settings::default();
    let mut own = Vec::new();
    for (name, value) in variables.filter(|(_, value)| !value.is_empty()) {
        let Some(name) = name.to_str().map(str::to_owned) else { continue };
        match name.as_str() {
            "DATABASE_URL" => settings.set("postgres", Input::Text(text(&name, &value)?), &name)?,
            "REDIS_URL" => settings.set("redis", Input::Text(text(&name, &value)?), &name)?,
            _ if name.starts_with(PREFIX) && !OTHERS.iter().any(|(other, _)| *other == name) => own.push((name, value)),
            _ => {}
        }
    }
    // After the others, because they are meant for throng alone.
    for (name, value) in own {
        set_own(&mut settings, &name, text(&name, &value)?)?;
    }
    Ok(Layer { origin: Origin::Environment, settings })
}

fn set_own(settings: &mut Settings, name: &str, value: &str) -> Result<(), CliError> {
    if let Some(param) = name.strip_prefix(PARAM_PREFIX) {
        let mut one = Settings::default();
        one.set("params", Input::Text(&format!("{}={value}", param.to_lowercase())), name)?;
        settings.add_params(one);
        return Ok(());
    }
    let setting = name[PREFIX.len()..].to_lowercase();
    if settings::find(&setting).is_none() {
        let known: Vec<String> = settings::all().iter().map(|known| variable(known.name)).collect();
        let known = known.iter().map(String::as_str).chain(OTHERS.map(|(name, _)| name));
        return Err(CliError::UnknownVariable { name: name.to_owned(), hint: hint_for(name, known) });
    }
    Ok(settings.set(&setting, Input::Text(value), name)?)
}

/// The variable of a setting.
pub fn variable(setting: &str) -> String {
    format!("{PREFIX}{}", setting.to_uppercase())
}

fn text<'a>(name: &str, value: &'a OsStr) -> Result<&'a str, CliError> {
    value.to_str().ok_or_else(|| CliError::NotText { name: name.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(pairs: &[(&str, &str)]) -> Result<Settings, String> {
        let variables = pairs.iter().map(|(name, value)| (OsString::from(name), OsString::from(value)));
        read(variables).map(|layer| layer.settings).map_err(|error| error.to_string())
    }

    #[test]
    fn variables_become_settings() {
        let settings = from(&[
            ("THRONG_USERS", "5"),
            ("THRONG_RAMP_UP", "2s"),
            ("THRONG_STAGES", "1s:5, 2s:0"),
            ("THRONG_PARAM_MEMBERS", "10"),
            ("THRONG_PARAM_CITY", "Ashford"),
            ("THRONG_PG_BIN", "/somewhere"),
            ("THRONG_SEED", ""),
            ("USERS", "many"),
        ])
        .expect("good variables");
        assert_eq!(settings.names(), ["users", "stages", "ramp_up", "params"]);
        assert_eq!(settings.params.expect("two of them").0.len(), 2);
    }

    #[test]
    fn the_url_meant_for_throng_is_stronger_than_the_general_one() {
        let settings = from(&[("THRONG_POSTGRES", "postgres://mine"), ("DATABASE_URL", "postgres://any")]);
        let urls = settings.expect("good variables").postgres.expect("a URL").0;
        assert_eq!(urls.values().map(|url| url.reveal()).collect::<Vec<_>>(), ["postgres://mine"]);
    }

    #[test]
    fn a_wrong_variable_is_named() {
        assert_eq!(
            from(&[("THRONG_USRES", "5")]).map(|_| ()),
            Err("the environment variable `THRONG_USRES` is no setting of throng\nhint: did you mean `THRONG_USERS`?"
                .into())
        );
        assert_eq!(
            from(&[("THRONG_USERS", "many")]).map(|_| ()),
            Err("`THRONG_USERS`: expected a whole number, not negative, got `many`".into())
        );
    }
}
