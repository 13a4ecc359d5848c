//! Where to send to, how often, and with what beside the figures.

use std::fmt;
use std::time::Duration;

use super::list;
use crate::drivers::http::{Address, HeaderMap, header};
use crate::export::ExportError;
use crate::plan::target::SecretUrl;

/// What is put behind the URL, unless it stands there already.
pub(super) const PATH: &str = "/v1/metrics";

/// How often figures are sent. The specification's default, a minute, is longer than many a run.
const EVERY: Duration = Duration::from_secs(5);

/// How long a receiver has for one export; the specification's default.
const LIMIT: Duration = Duration::from_secs(10);

/// More often than intervals come there is nothing new.
const LEAST_EVERY_MS: u64 = 1000;

/// Everything that is known beforehand.
#[derive(Clone)]
pub(super) struct Settings {
    /// Without the path.
    pub(super) base: SecretUrl,
    /// What every request carries; its values may be secrets.
    pub(super) headers: HeaderMap,
    pub(super) every: Duration,
    pub(super) limit: Duration,
    /// What is said of throng, on top of what throng says itself.
    pub(super) resource: Vec<(String, String)>,
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings").field("base", &self.base).field("every", &self.every).finish_non_exhaustive()
    }
}

impl Settings {
    /// Understands a URL, and the variables that stand in the environment.
    pub(super) fn read(url: &str, variable: impl Fn(&str) -> Option<String>) -> Result<Self, ExportError> {
        let mut settings = Self {
            base: SecretUrl::new(base(url)),
            headers: HeaderMap::new(),
            every: EVERY,
            limit: LIMIT,
            resource: Vec::new(),
        };
        // What is wrong with the URL is told before there is any load.
        Address::parse(&settings.base, LIMIT)?;
        // The more special one, read last, takes the other's place.
        for name in ["OTEL_EXPORTER_OTLP_HEADERS", "OTEL_EXPORTER_OTLP_METRICS_HEADERS"] {
            settings.add_headers(name, &variable(name).unwrap_or_default())?;
        }
        for name in ["OTEL_EXPORTER_OTLP_TIMEOUT", "OTEL_EXPORTER_OTLP_METRICS_TIMEOUT"] {
            settings.limit = milliseconds(name, variable(name), 1)?.unwrap_or(settings.limit);
        }
        let name = "OTEL_METRIC_EXPORT_INTERVAL";
        settings.every = milliseconds(name, variable(name), LEAST_EVERY_MS)?.unwrap_or(EVERY);
        settings.resource = resource(&variable)?;
        Ok(settings)
    }

    fn add_headers(&mut self, variable: &'static str, text: &str) -> Result<(), ExportError> {
        let wrong = |problem| ExportError::Variable { name: variable, problem };
        for (name, value) in list::pairs(text).map_err(wrong)? {
            let known = header::HeaderName::try_from(&name).map_err(|_| wrong(format!("`{name}` is no header")))?;
            let mut value = header::HeaderValue::try_from(&value)
                .map_err(|_| wrong(format!("the value of `{name}` has characters that no header may have")))?;
            value.set_sensitive(true);
            self.headers.insert(known, value);
        }
        Ok(())
    }
}

/// The URL without the path that is put behind it, but with what it says of TLS.
fn base(url: &str) -> String {
    let (place, trust) = url.split_at(url.find('#').unwrap_or(url.len()));
    let place = place.trim_end_matches('/').strip_suffix(PATH).unwrap_or(place);
    format!("{place}{trust}")
}

fn resource(variable: &impl Fn(&str) -> Option<String>) -> Result<Vec<(String, String)>, ExportError> {
    let name = "OTEL_RESOURCE_ATTRIBUTES";
    let pairs = list::pairs(&variable(name).unwrap_or_default());
    let mut resource = pairs.map_err(|problem| ExportError::Variable { name, problem })?;
    if let Some(service) = variable("OTEL_SERVICE_NAME") {
        resource.retain(|(name, _)| name != "service.name");
        resource.push(("service.name".to_owned(), service));
    }
    Ok(resource)
}

/// A time in whole milliseconds, as OpenTelemetry's variables have it.
fn milliseconds(name: &'static str, text: Option<String>, least: u64) -> Result<Option<Duration>, ExportError> {
    let Some(text) = text else { return Ok(None) };
    let time = text.trim().parse().ok().filter(|ms| *ms >= least).map(Duration::from_millis);
    let problem = || format!("`{text}` is not a number of milliseconds from {least} on");
    time.map(Some).ok_or_else(|| ExportError::Variable { name, problem: problem() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(url: &str, variables: &[(&str, &str)]) -> Result<Settings, String> {
        let variable = |name: &str| variables.iter().find(|(known, _)| *known == name).map(|(_, of)| (*of).to_owned());
        Settings::read(url, variable).map_err(|error| error.to_string())
    }

    #[test]
    fn the_path_may_stand_in_the_url_or_not() {
        for url in ["http://collector:4318", "http://collector:4318/v1/metrics", "http://collector:4318/v1/metrics/"] {
            assert_eq!(read(url, &[]).expect("a URL").base.reveal(), "http://collector:4318");
        }
        assert_eq!(read("http://c/base/v1/metrics", &[]).expect("a URL").base.reveal(), "http://c/base");
        let told = read("https://c/v1/metrics#insecure", &[]).expect("a URL").base;
        assert_eq!(told.reveal(), "https://c#insecure");
    }

    #[test]
    fn the_variables_of_the_specification_are_read() {
        let variables = [
            ("OTEL_EXPORTER_OTLP_HEADERS", "authorization=Bearer%20one,x-a=1"),
            ("OTEL_EXPORTER_OTLP_METRICS_HEADERS", "authorization=Bearer%20two"),
            ("OTEL_EXPORTER_OTLP_TIMEOUT", "3000"),
            ("OTEL_METRIC_EXPORT_INTERVAL", "1000"),
            ("OTEL_RESOURCE_ATTRIBUTES", "service.name=load,team=a"),
            ("OTEL_SERVICE_NAME", "nightly"),
        ];
        let settings = read("http://collector:4318", &variables).expect("they are valid");
        assert_eq!((settings.headers["authorization"].as_bytes(), settings.headers.len()), (&b"Bearer two"[..], 2));
        assert_eq!((settings.limit.as_secs(), settings.every.as_secs()), (3, 1));
        let owned = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(settings.resource, [owned("team", "a"), owned("service.name", "nightly")]);
        assert!(!format!("{settings:?} {:?}", settings.headers).contains("Bearer"), "{settings:?}");
    }

    #[test]
    fn what_is_wrong_is_told_by_its_name_and_without_secrets() {
        for (name, value, said) in [
            ("OTEL_EXPORTER_OTLP_HEADERS", "hunter2", "item 1 is not NAME=VALUE"),
            ("OTEL_EXPORTER_OTLP_HEADERS", "a key=hunter2", "`a key` is no header"),
            ("OTEL_METRIC_EXPORT_INTERVAL", "10", "`10` is not a number of milliseconds from 1000 on"),
        ] {
            let error = read("http://collector:4318", &[(name, value)]).expect_err(said);
            assert_eq!(error, format!("the environment variable `{name}`: {said}"));
        }
        let error = read("grpc://me:hunter2@collector", &[]).expect_err("another scheme");
        assert!(error.contains("its scheme is `grpc`") && !error.contains("hunter2"), "{error}");
    }
}
