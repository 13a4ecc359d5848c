//! What is known of a server before the first look: its version, what it lets us see, what it keeps.

use std::rc::Rc;

use super::super::sampler::SampleError;
use super::link::{Link, text};
use crate::record::MissingRecord;

/// A server's version, rights and extensions.
#[derive(Debug, Clone, Default)]
pub(super) struct Server {
    /// As a person reads it.
    pub version: String,
    /// The major version.
    pub major: u32,
    /// The role that looks.
    pub role: String,
    /// Whether it sees what other roles do.
    pub sees_all: bool,
    /// Whether it is a superuser.
    pub superuser: bool,
    /// Whether `pg_stat_statements` is loaded.
    pub statements_loaded: bool,
    /// Whether it tracks any.
    pub statements_tracked: bool,
    /// The extension's minor version (its major is 1), if it is created in the database.
    pub statements: Option<u32>,
    /// The schema that it is in, quoted.
    pub statements_schema: String,
    /// Whether reading and writing is timed.
    pub times_io: bool,
    /// When the process that serves the monitor was started, and the server itself, in seconds since the epoch.
    pub started_s: Option<(f64, f64)>,
}

/// In the order of [`Server::ask`]. A setting of a library is there when the library is loaded.
const QUESTIONS: &str = "current_setting('server_version'), current_setting('server_version_num')::int / 10000, \
    quote_ident(current_user), pg_has_role(current_user, 'pg_read_all_stats', 'USAGE'), \
    current_setting('is_superuser') = 'on', current_setting('pg_stat_statements.max', true) IS NOT NULL, \
    (SELECT split_part(extversion, '.', 2) FROM pg_extension WHERE extname = 'pg_stat_statements'), \
    (SELECT quote_ident(nspname) FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace \
     WHERE extname = 'pg_stat_statements'), \
    current_setting('track_io_timing') = 'on', current_setting('pg_stat_statements.track', true) <> 'none', \
    (SELECT extract(epoch FROM backend_start) FROM pg_stat_get_activity(pg_backend_pid())), \
    extract(epoch FROM pg_postmaster_start_time())";

impl Server {
    /// Asks the server.
    pub(super) async fn ask(link: &Rc<Link>) -> Result<Self, SampleError> {
        let rows = link.rows(&link.statement("server", QUESTIONS)).await?;
        let said = |column| text(&rows, 0, column).unwrap_or_default();
        let is = |column| said(column) == "t";
        Ok(Self {
            version: said(0),
            major: said(1).parse().unwrap_or(0),
            role: said(2),
            sees_all: is(3),
            superuser: is(4),
            statements_loaded: is(5),
            statements: said(6).parse().ok(),
            statements_schema: said(7),
            times_io: is(8),
            statements_tracked: is(9),
            started_s: said(10).parse().ok().zip(said(11).parse().ok()),
        })
    }

    /// What can't be seen of it, and the command that changes that.
    pub(super) fn missing(&self) -> Vec<MissingRecord> {
        let mut missing = Vec::new();
        if !self.sees_all {
            missing.push(MissingRecord {
                what: format!("the role {} does not see what other roles do", self.role),
                fix: Some(format!("GRANT pg_monitor TO {};", self.role)),
            });
        }
        missing.extend(self.lacks_statements());
        if !self.times_io {
            missing.push(MissingRecord {
                what: "the server does not time its reading and writing".to_owned(),
                fix: Some("ALTER SYSTEM SET track_io_timing = on; SELECT pg_reload_conf();".to_owned()),
            });
        }
        missing
    }

    /// Why there are no statistics of statements, if there are none.
    pub(super) fn lacks_statements(&self) -> Option<MissingRecord> {
        let (what, fix) = match (self.statements_loaded, self.statements) {
            (true, Some(_)) if !self.statements_tracked => (
                "pg_stat_statements is told to track nothing, so the server's time can't be told statement by statement",
                "ALTER SYSTEM SET pg_stat_statements.track = 'top'; SELECT pg_reload_conf();",
            ),
            (false, _) => (
                "the library pg_stat_statements is not loaded, so the server's time can't be told statement by statement",
                "ALTER SYSTEM SET shared_preload_libraries = 'pg_stat_statements'; -- beside what is there; then restart the server and CREATE EXTENSION pg_stat_statements;",
            ),
            (true, None) => (
                "the extension pg_stat_statements is not in the database, so the server's time can't be told statement by statement",
                "CREATE EXTENSION pg_stat_statements;",
            ),
            (true, Some(minor)) if minor < OLDEST_STATEMENTS => (
                "the extension pg_stat_statements is older than its server",
                "ALTER EXTENSION pg_stat_statements UPDATE;",
            ),
            _ => return None,
        };
        Some(MissingRecord { what: what.to_owned(), fix: Some(fix.to_owned()) })
    }
}

/// The version that came with PostgreSQL 13, in which `total_time` became `total_exec_time`.
const OLDEST_STATEMENTS: u32 = 8;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_comes_with_the_command_that_brings_it() {
        let server = Server { role: "app".into(), times_io: true, ..Server::default() };
        let fixes: Vec<_> = server.missing().into_iter().filter_map(|missing| missing.fix).collect();
        assert_eq!(fixes[0], "GRANT pg_monitor TO app;");
        assert!(fixes[1].contains("shared_preload_libraries"), "{}", fixes[1]);
        let all = Server {
            sees_all: true,
            statements_loaded: true,
            statements_tracked: true,
            statements: Some(10),
            ..server
        };
        assert_eq!(all.missing(), []);
        let old = Server { statements: Some(7), ..all };
        assert_eq!(old.missing()[0].fix.as_deref(), Some("ALTER EXTENSION pg_stat_statements UPDATE;"));
    }
}
