//! Which targets a run may put load on without being told twice.
//!
//! A mistyped URL must not bring a production database down. Loopback addresses and targets named in
//! `throng.toml` are taken for meant; everything else, and whatever is called production, takes `--force`.

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
    Place::of(url.reveal()).hosts.iter().all(|host| is_loopback(host))
}

fn origin(plan: &Plan, target: &str) -> Origin {
    let row = plan.origins.iter().find(|(field, ..)| field == target);
    row.map_or(Origin::Default, |(.., origin)| *origin)
}

fn look_at(target: &str, url: &SecretUrl, origin: Origin) -> Option<Danger> {
    let place = Place::of(url.reveal());
    let (target, address) = (target.to_owned(), url.to_string());
    let words = place.hosts.iter().chain(&place.database).flat_map(|name| name.split(|c: char| !c.is_alphanumeric()));
    if let Some(word) = words.into_iter().find(|word| PRODUCTION_WORDS.contains(&word.to_lowercase().as_str())) {
        return Some(Danger::Production { target, address, word: word.to_owned() });
    }
    let here = place.hosts.iter().all(|host| is_loopback(host));
    (!here && origin != Origin::File).then_some(Danger::Elsewhere { target, address })
}

/// The parts of a connection string that tell where it leads. Where both are given, all hosts count.
#[derive(Debug, Default, PartialEq)]
struct Place {
    hosts: Vec<String>,
    database: Option<String>,
}

impl Place {
    fn of(url: &str) -> Self {
        let mut place = Self::default();
        let Some((_, rest)) = url.split_once("://") else {
            for (key, value) in url.split_whitespace().filter_map(|pair| pair.split_once('=')) {
                place.take(key, value.trim_matches('\''));
            }
            return place;
        };
        // What follows is for the client alone, as in `https://…/#insecure`.
        let rest = rest.rsplit_once('#').filter(|(_, options)| !options.contains('@')).map_or(rest, |(rest, _)| rest);
        let (address, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (authority, path) = address.split_once('/').unwrap_or((address, ""));
        let hosts = authority.rsplit_once('@').map_or(authority, |(_, hosts)| hosts);
        place.take("host", hosts);
        place.take("dbname", path);
        for (key, value) in query.split('&').filter_map(|pair| pair.split_once('=')) {
            place.take(key, value);
        }
        place
    }

    fn take(&mut self, key: &str, value: &str) {
        match key {
            "host" | "hostaddr" => {
                self.hosts
                    .extend(value.split(',').map(without_port).filter(|host| !host.is_empty()).map(str::to_owned));
            }
            "dbname" if !value.is_empty() => self.database = Some(value.to_owned()),
            _ => {}
        }
    }
}

fn without_port(host: &str) -> &str {
    if let Some((host, _)) = host.strip_prefix('[').and_then(|host| host.split_once(']')) {
        return host;
    }
    match host.rsplit_once(':') {
        Some((name, port)) if !name.contains(':') && port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    }
}

/// Whether a host is this machine: a loopback address, `localhost`, or the folder of a Unix socket.
fn is_loopback(host: &str) -> bool {
    let socket = host.starts_with('/') || host.to_lowercase().starts_with("%2f");
    let named = host.eq_ignore_ascii_case("localhost");
    socket || named || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(url: &str, origin: Origin) -> Option<&'static str> {
        look_at("main", &SecretUrl::new(url), origin).map(|danger| match danger {
            Danger::Production { .. } => "production",
            Danger::Elsewhere { .. } => "elsewhere",
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
