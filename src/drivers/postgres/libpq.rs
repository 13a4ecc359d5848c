//! A connection string as the environment variables that libpq's programs read, such as `pg_dump` (PostgreSQL manual, 34.15).

use tokio_postgres::config::{Host, SslMode};

use super::config::read;
use super::tls::{TlsOptions, Verify};
use crate::drivers::Failure;
use crate::plan::target::SecretUrl;

/// The variables by which a program of PostgreSQL's reaches the same server as throng does, password included.
///
/// # Errors
/// What is wrong with the connection string, without its password.
pub fn variables(url: &SecretUrl) -> Result<Vec<(&'static str, String)>, Failure> {
    let (config, tls) = read(url.reveal())?;
    let host = |host: &Host| match host {
        Host::Tcp(name) => name.clone(),
        Host::Unix(folder) => folder.display().to_string(),
    };
    let lossy = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let listed = |items: Vec<String>| (!items.is_empty()).then(|| items.join(","));
    let variables = [
        ("PGHOST", listed(config.get_hosts().iter().map(host).collect())),
        ("PGHOSTADDR", listed(config.get_hostaddrs().iter().map(ToString::to_string).collect())),
        ("PGPORT", listed(config.get_ports().iter().map(ToString::to_string).collect())),
        ("PGUSER", config.get_user().map(str::to_owned)),
        ("PGPASSWORD", config.get_password().map(lossy)),
        ("PGDATABASE", config.get_dbname().map(str::to_owned)),
        ("PGOPTIONS", config.get_options().map(str::to_owned)),
        ("PGSSLMODE", Some(ssl_mode(&tls).to_owned())),
        ("PGSSLROOTCERT", tls.root_certificates),
        ("PGSSLCERT", tls.certificate),
        ("PGSSLKEY", tls.key),
    ];
    Ok(variables.into_iter().filter_map(|(name, value)| Some((name, value?))).collect())
}

fn ssl_mode(tls: &TlsOptions) -> &'static str {
    match (tls.mode, tls.verify) {
        (_, Verify::AuthorityAndName) => "verify-full",
        (_, Verify::Authority) => "verify-ca",
        (SslMode::Disable, _) => "disable",
        (SslMode::Require, _) => "require",
        _ => "prefer",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(url: &str) -> String {
        let variables = variables(&SecretUrl::new(url)).unwrap_or_else(|error| panic!("{error}"));
        variables.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn what_a_url_says_is_what_the_variables_say() {
        assert_eq!(
            shown("postgres://me:p%40ss@db:5433/app?sslmode=verify-full&sslrootcert=/ca.pem"),
            "PGHOST=db PGPORT=5433 PGUSER=me PGPASSWORD=p@ss PGDATABASE=app PGSSLMODE=verify-full PGSSLROOTCERT=/ca.pem"
        );
        assert_eq!(
            shown("host=/run/pg,10.0.0.2 port=1,2 user=me options='-c lock_timeout=1s'"),
            "PGHOST=/run/pg,10.0.0.2 PGPORT=1,2 PGUSER=me PGOPTIONS=-c lock_timeout=1s PGSSLMODE=prefer"
        );
        assert_eq!(shown("postgres:///app?sslmode=disable"), "PGDATABASE=app PGSSLMODE=disable");
    }
}
