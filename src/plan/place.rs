//! Where a connection string leads, as far as its text tells.

use super::target::SecretUrl;

/// The parts of a connection string that tell where it leads. Where several are given, all count.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// Hosts, addresses and folders of sockets, each with its port if it has one.
    pub hosts: Vec<(String, Option<String>)>,
    /// The database, or its number.
    pub database: Option<String>,
    /// The user, after whom a database is named where none is.
    user: Option<String>,
    /// A port for all hosts.
    port: Option<String>,
    /// The port where none is named.
    usual_port: &'static str,
}

impl Place {
    /// Reads a URL, or a connection string of `key=value` pairs.
    pub fn of(url: &SecretUrl) -> Self {
        Self::read(url.reveal())
    }

    /// Reads the text of a URL or connection string; one that hides its password leads to the same place.
    pub fn read(url: &str) -> Self {
        let mut place = Self { usual_port: usual_port(url), ..Self::default() };
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
        let (login, hosts) = authority.rsplit_once('@').unwrap_or(("", authority));
        place.take("user", login.split(':').next().unwrap_or_default());
        if url.starts_with("redis+unix:") || url.starts_with("unix:") {
            place.hosts.push((format!("/{path}"), None));
        } else {
            place.take("host", hosts);
            place.take("dbname", path);
        }
        for (key, value) in query.split('&').filter_map(|pair| pair.split_once('=')) {
            place.take(key, value);
        }
        place
    }

    /// What is wrong with a port of a URL that could not be understood, if that is what is wrong. What is no number is not
    /// shown, since it may be a part of a password.
    pub fn port_problem(url: &SecretUrl) -> Option<String> {
        let text = url.reveal();
        let after = |mark: &str| text.rsplit_once(mark).map(|(_, rest)| rest);
        let ports: Vec<&str> = match after("@").or_else(|| after("://")) {
            Some(rest) => {
                let hosts = rest.split(['/', '?', '#']).next().unwrap_or_default();
                let behind = |host: &'_ str| host.rsplit_once(']').map_or(0, |(before, _)| before.len() + 1);
                hosts.split(',').filter_map(|host| host[behind(host)..].split_once(':').map(|(_, port)| port)).collect()
            }
            None => text.split_whitespace().filter_map(|pair| pair.strip_prefix("port=")).collect(),
        };
        let wrong = ports.into_iter().find(|port| !port.parse::<u16>().is_ok_and(|port| port > 0))?;
        match wrong.bytes().all(|byte| byte.is_ascii_digit()) && !wrong.is_empty() {
            true => Some(format!("there is no port {wrong}")),
            false => Some("the port is no number".to_owned()),
        }
    }

    /// Whether all of it is this machine; what names no host is a socket here.
    pub fn is_here(&self) -> bool {
        self.hosts.iter().all(|(host, _)| is_loopback(host))
    }

    /// Whether both lead to the same data, whoever logs in and however. A server that is reached in two ways, such as by
    /// a socket and by its port, can't be told from two.
    pub fn is_same_data(&self, other: &Self) -> bool {
        let others = other.servers();
        self.database() == other.database() && self.servers().iter().any(|server| others.contains(server))
    }

    /// Host and port of each server, spelt alike.
    fn servers(&self) -> Vec<(String, String)> {
        let here = [("localhost".to_owned(), None)];
        let hosts = if self.hosts.is_empty() { &here[..] } else { &self.hosts };
        let spelt = |(host, port): &(String, Option<String>)| {
            let host = if is_loopback(host) && !is_folder(host) { "localhost".to_owned() } else { host.to_lowercase() };
            let port = port.as_ref().or(self.port.as_ref()).map_or(self.usual_port, String::as_str);
            (host, port.to_owned())
        };
        hosts.iter().map(spelt).collect()
    }

    fn database(&self) -> Option<&str> {
        let none = if self.usual_port == REDIS { Some("0") } else { self.user.as_deref() };
        self.database.as_deref().or(none)
    }

    fn take(&mut self, key: &str, value: &str) {
        match key {
            "host" | "hostaddr" => {
                self.hosts.extend(value.split(',').map(with_port).filter(|(host, _)| !host.is_empty()));
            }
            "dbname" | "db" if !value.is_empty() => self.database = Some(value.to_owned()),
            "user" if !value.is_empty() => self.user = Some(value.to_owned()),
            "port" if !value.is_empty() => self.port = Some(value.to_owned()),
            _ => {}
        }
    }
}

const REDIS: &str = "6379";

fn usual_port(url: &str) -> &'static str {
    match url.split_once("://").map(|(scheme, _)| scheme) {
        Some("redis" | "rediss" | "valkey" | "redis+unix" | "unix") => REDIS,
        Some("http" | "ws") => "80",
        Some("https" | "wss") => "443",
        _ => "5432",
    }
}

/// A host and its port, if it has one.
fn with_port(host: &str) -> (String, Option<String>) {
    if let Some((host, rest)) = host.strip_prefix('[').and_then(|host| host.split_once(']')) {
        return (host.to_owned(), rest.strip_prefix(':').map(str::to_owned));
    }
    match host.rsplit_once(':') {
        Some((name, port)) if !name.contains(':') && port.bytes().all(|byte| byte.is_ascii_digit()) => {
            (name.to_owned(), Some(port.to_owned()).filter(|port| !port.is_empty()))
        }
        _ => (host.to_owned(), None),
    }
}

/// Whether a host is the folder of a Unix socket, as it is or encoded.
fn is_folder(host: &str) -> bool {
    host.starts_with('/') || host.to_lowercase().starts_with("%2f")
}

/// Whether a host is this machine: a loopback address, `localhost`, or the folder of a Unix socket.
fn is_loopback(host: &str) -> bool {
    let named = host.eq_ignore_ascii_case("localhost");
    is_folder(host) || named || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_data_is_found_however_it_is_written() {
        for (one, other, same) in [
            ("postgres://me:a@127.0.0.1:5432/app", "postgres://you@localhost/app?sslmode=disable", true),
            ("postgres://me@DB.example/app", "host=db.example dbname=app user=you port=5432", true),
            ("postgres://db.example/app", "postgres://db.example:5433/app", false),
            ("postgres://db.example/app", "postgres://db.example/other", false),
            ("postgres://me@db.example", "postgres://db.example/me", true),
            ("postgres://a:1,b:2/app", "postgres://b:2/app", true),
            ("redis://cache", "redis://:secret@cache:6379/0", true),
            ("redis://cache/1", "redis://cache/2", false),
            ("redis+unix:///tmp/redis.sock", "redis+unix:///tmp/redis.sock?db=1", false),
        ] {
            let (a, b) = (Place::read(one), Place::read(other));
            assert_eq!((a.is_same_data(&b), b.is_same_data(&a)), (same, same), "{one} {other}");
        }
    }

    #[test]
    fn what_is_wrong_with_a_port_is_said_without_a_password() {
        for (url, problem) in [
            ("postgres://h:99999/db", Some("there is no port 99999")),
            ("postgres://me:pass@h:0/db", Some("there is no port 0")),
            ("postgres://h:abc/db", Some("the port is no number")),
            ("redis://[::1]:70000", Some("there is no port 70000")),
            ("host=h port=99999", Some("there is no port 99999")),
            ("postgres://me:se/cr@et:word@h:5432/db", None),
            ("redis://[::1]", None),
            ("host=h", None),
        ] {
            assert_eq!(Place::port_problem(&SecretUrl::new(url)).as_deref(), problem, "{url}");
        }
    }

    #[test]
    fn only_what_is_named_so_is_here() {
        let here = |url| Place::read(url).is_here();
        assert!(
            here("postgres://me:***@127.0.0.1:5432/app") && here("redis://localhost") && here("host=/run/pg dbname=x")
        );
        assert!(here("postgres://[::1]:5432/app") && here("postgres:///app?host=/run/postgresql"));
        assert!(
            !here("postgres://localhost.example/app") && !here("redis://10.0.0.7") && !here("redis://127.0.0.1,db")
        );
    }
}
