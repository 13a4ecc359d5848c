//! The servers of a session, and how the addresses of a page become theirs.

use throng::servers::{PostgresOptions, RedisOptions, ThrowawayPostgres, ThrowawayRedis};

use super::page::Page;
use crate::support::bouncer::Bouncer;
use crate::support::tls;
use crate::support::web::{Certificate, Web};

/// Where a page has PgBouncer.
const BOUNCED: &str = ":6432";

/// What an address asks for if the server's certificate is to be looked at.
const SECURED: &str = "sslmode=verify-full";

/// What a page's commands meet.
pub struct Servers {
    postgres: ThrowawayPostgres,
    redis: Option<ThrowawayRedis>,
    bouncer: Option<Bouncer>,
    certificate: Option<Certificate>,
    web: Web,
}

impl Servers {
    /// Starts those that a page speaks of; every page has a PostgreSQL.
    pub fn start(page: &Page) -> Self {
        let postgres = ThrowawayPostgres::start(&PostgresOptions::default()).expect("PostgreSQL starts");
        let speaks_of = |word: &str| page.text.contains(word);
        let redis = speaks_of("redis").then(|| ThrowawayRedis::start(&RedisOptions::default()).expect("Redis starts"));
        let bouncer = speaks_of(BOUNCED).then(|| Bouncer::start(&postgres, "transaction"));
        let certificate = speaks_of(SECURED).then(|| Certificate::new("localhost"));
        certificate.iter().for_each(|certificate| tls::secure(&postgres, certificate));
        Self { postgres, redis, bouncer, certificate, web: Web::start() }
    }

    /// A text in which the addresses of servers are those of the session's own.
    pub fn put_into(&self, text: &str) -> String {
        let mut text = replaced(text, &["postgres://", "postgresql://"], |address| self.postgres(address));
        if let Some(redis) = &self.redis {
            text = replaced(&text, &["redis://", "rediss://"], |_| redis.url().reveal().to_owned());
        }
        let collector = "http://127.0.0.1:4318";
        text.replace("http://localhost:8080", &self.web.url("")).replace(collector, &self.web.url(""))
    }

    /// The address that stands for one of a PostgreSQL: as secure as that, and through PgBouncer as that.
    fn postgres(&self, address: &str) -> String {
        match (&self.bouncer, &self.certificate) {
            (Some(bouncer), _) if address.contains(BOUNCED) => bouncer.url(),
            (_, Some(certificate)) if address.contains(SECURED) => {
                let (port, authority) = (self.postgres.port(), certificate.authority());
                format!("postgres://postgres@localhost:{port}/postgres?{SECURED}&sslrootcert={authority}")
            }
            _ => self.postgres.url().reveal().to_owned(),
        }
    }

    /// The variables that lead programs to them.
    pub fn variables(&self) -> Vec<(&'static str, String)> {
        let mut variables = vec![
            ("DATABASE_URL", self.postgres.url().reveal().to_owned()),
            ("PGHOST", "127.0.0.1".to_owned()),
            ("PGUSER", "postgres".to_owned()),
            ("PGPORT", self.postgres.port().to_string()),
            ("PGDATABASE", "postgres".to_owned()),
        ];
        variables.extend(self.redis.as_ref().map(|redis| ("REDIS_URL", redis.url().reveal().to_owned())));
        variables
    }
}

/// A text in which every address with one of the schemes is another one.
fn replaced(text: &str, schemes: &[&str], other: impl Fn(&str) -> String) -> String {
    let (mut done, mut rest) = (String::new(), text);
    while let Some(start) = schemes.iter().filter_map(|scheme| rest.find(scheme)).min() {
        let end =
            rest[start..].find(|c: char| c.is_whitespace() || "'\"`".contains(c)).map_or(rest.len(), |at| start + at);
        done = done + &rest[..start] + &other(&rest[start..end]);
        rest = &rest[end..];
    }
    done + rest
}
