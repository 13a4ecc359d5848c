//! What to do about a target that does not let throng in.

use super::Item;
use crate::drivers::Failure;
use crate::drivers::http::HttpFault;
use crate::monitor::ProbeError;

/// The items that tell of a target which can't be used.
pub(super) fn items(error: &ProbeError, kind: &str) -> Vec<Item> {
    match error {
        ProbeError::Refused { source, .. } => refused(source, kind),
        ProbeError::TooOld { kind, version, least, .. } => {
            let found = format!("{kind} {version} is too old");
            vec![Item::fail("version", found, format!("upgrade to {kind} {least} or newer"))]
        }
        ProbeError::Stranger { stranger, .. } => {
            let found = format!("what answers there is a {}", stranger.name());
            vec![Item::fail("reachable", found, format!("give it with `{}`, or mend the port", stranger.flag()))]
        }
        // Those are of runs and their scenarios, and of no target that is only looked at.
        ProbeError::NoRoom { .. } | ProbeError::Production { .. } | ProbeError::TooOldForScenario { .. } => Vec::new(),
    }
}

fn refused(failure: &Failure, kind: &str) -> Vec<Item> {
    let answers = Item::ok("reachable", "it answers");
    let message = failure.to_string();
    match failure {
        Failure::Sql { code, .. } => match code.as_str() {
            "28P01" => vec![
                answers,
                Item::fail(
                    "authentication",
                    message,
                    "give the right password in the URL, or set it: `\\password ROLE` in psql",
                ),
            ],
            code if code.starts_with("28") => vec![
                answers,
                Item::fail(
                    "authentication",
                    message,
                    "create the role, or let it in by a line in pg_hba.conf: `host DATABASE ROLE ADDRESS scram-sha-256`, then `SELECT pg_reload_conf()`",
                ),
            ],
            "3D000" => vec![answers, Item::fail("database", message, "create it: `createdb NAME`")],
            "42501" => {
                vec![answers, Item::fail("rights", message, "as the owner: `GRANT CONNECT ON DATABASE name TO role`")]
            }
            "53300" => vec![
                answers,
                Item::fail(
                    "room",
                    message,
                    "end idle sessions of others, or raise `max_connections` in postgresql.conf and restart",
                ),
            ],
            "57P03" => vec![answers, Item::fail("state", message, "wait until the server has started up")],
            _ => vec![answers, Item::fail("session", message, "see the server's log")],
        },
        Failure::Redis { word, .. } => match word.as_str() {
            "NOAUTH" | "WRONGPASS" => vec![
                answers,
                Item::fail("authentication", message, "give the right user and password: `redis://USER:PASSWORD@HOST`"),
            ],
            "NOPERM" => vec![
                answers,
                Item::fail("rights", message, "let the user look at the server: `ACL SETUSER name +info +ping`"),
            ],
            "LOADING" => vec![answers, Item::fail("state", message, "wait until Redis has loaded its data")],
            _ => vec![answers, Item::fail("session", message, "see the server's log")],
        },
        Failure::Http { fault: fault @ (HttpFault::Tls | HttpFault::Certificate), .. } => vec![
            Item::ok("reachable", "it answers"),
            Item::fail(
                "tls",
                message,
                fault.hint().unwrap_or("give the port on which it speaks TLS, or `http://HOST`"),
            ),
        ],
        Failure::Misuse { hint, .. } => {
            vec![Item::fail("reachable", message, hint.clone().unwrap_or_else(|| "mend the URL".to_owned()))]
        }
        _ => {
            let ask = match kind {
                "Redis" => "redis-cli -h HOST -p PORT ping",
                "PostgreSQL" => "pg_isready -h HOST -p PORT",
                _ => "curl -I URL",
            };
            let fix = format!("start the server, or mend host, port and firewall; `{ask}` tells whether it listens");
            vec![Item::fail("reachable", message, fix)]
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::State;
    use super::*;

    #[test]
    fn each_refusal_names_what_failed() {
        let sql = |code: &str| Failure::Sql {
            code: code.into(),
            name: String::new(),
            message: "no".into(),
            fields: Vec::new(),
        };
        for (failure, check) in [
            (sql("28P01"), "authentication"),
            (sql("28000"), "authentication"),
            (sql("3D000"), "database"),
            (sql("53300"), "room"),
            (Failure::Redis { word: "WRONGPASS".into(), message: "no".into() }, "authentication"),
            (Failure::Http { fault: HttpFault::Tls, message: "no".into() }, "tls"),
            (Failure::Http { fault: HttpFault::Certificate, message: "no".into() }, "tls"),
            (Failure::Http { fault: HttpFault::Dns, message: "no".into() }, "reachable"),
            (Failure::ConnectionLost { message: "no".into() }, "reachable"),
        ] {
            let items = refused(&failure, "PostgreSQL");
            let last = items.last().expect("at least one");
            assert_eq!((last.check, last.state), (check, State::Fail));
        }
    }
}
