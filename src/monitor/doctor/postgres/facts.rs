//! What a PostgreSQL tells about itself, as far as the role may know.

use std::collections::BTreeMap;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use super::super::round_trips::QUESTIONS;
use crate::drivers::Failure;
use crate::drivers::postgres::{Connection, Statement};
use crate::monitor::PATIENCE;
use crate::monitor::claims::MARK;
use crate::monitor::probe::{Probed, text_of};
use crate::plan::target::{Guard, PostgresTarget};
use crate::plan::{Plan, safety};

/// What the checks judge.
#[derive(Debug, Clone, Default)]
pub(super) struct Facts {
    /// What safety would say, with the hint.
    pub danger: Option<String>,
    /// Whether the database is marked as production.
    pub production: bool,
    /// Whether it is on this machine.
    pub is_here: bool,
    /// Settings by name, as `pg_settings` shows them.
    pub settings: BTreeMap<String, String>,
    /// Who asks.
    pub role: String,
    /// What is `true` by name, such as `superuser`.
    pub yes: BTreeMap<String, bool>,
    /// The schema where tables would be made, if there is one.
    pub schema: Option<String>,
    /// How many tables are there of others, and how many that throng made.
    pub tables: Option<(u64, u64)>,
    /// The version of the extension `pg_stat_statements` in this database.
    pub statements: Option<String>,
    /// Why it can't be read, if it can't.
    pub statements_refusal: Option<String>,
    /// The protocol version of TLS, if there is TLS.
    pub tls: Option<String>,
    /// How many more connections it would let in.
    pub room: Option<u64>,
    /// Connections to leave to others.
    pub reserve: u64,
    /// Connections that were asked for.
    pub wanted: Option<u64>,
    /// Other runs of throng.
    pub other_runs: Vec<String>,
    /// What it can look after itself.
    pub guard: Guard,
    /// How much its clock is ahead of ours, in seconds, and by how much that may be wrong.
    pub clock_ahead: Option<(f64, f64)>,
}

/// The settings that checks look at.
const SETTINGS: &str = "
    SELECT coalesce(string_agg(name || '=' || setting, E'\\n'), '') FROM pg_settings WHERE name IN (
        'max_connections', 'superuser_reserved_connections', 'reserved_connections', 'track_io_timing',
        'track_activity_query_size', 'compute_query_id', 'shared_preload_libraries', 'TimeZone',
        'server_version_num', 'track_activities', 'pg_stat_statements.track', 'pg_stat_statements.max',
        'default_transaction_read_only', 'fsync', 'autovacuum', 'log_min_duration_statement', 'log_statement')";

/// Questions of yes or no.
const YES: &str = "
    SELECT concat_ws(E'\\n',
        'superuser=' || (current_setting('is_superuser') = 'on'),
        'monitor=' || pg_has_role(current_user, 'pg_monitor', 'USAGE'),
        'read_all_stats=' || pg_has_role(current_user, 'pg_read_all_stats', 'USAGE'),
        'create=' || coalesce(has_schema_privilege(current_schema(), 'CREATE'), false),
        'create_schema=' || has_database_privilege(current_database(), 'CREATE'),
        'recovery=' || pg_is_in_recovery(),
        'available=' || EXISTS (SELECT FROM pg_available_extensions WHERE name = 'pg_stat_statements'))";

/// TLS of this session. A pooler shows that of its own.
const TLS: &str = "SELECT coalesce((SELECT version FROM pg_stat_ssl WHERE pid = pg_backend_pid() AND ssl), '')";

/// How many tables are others', and how many bear throng's mark.
fn tables() -> String {
    format!(
        "SELECT count(*) FILTER (WHERE NOT own) || ' ' || count(*) FILTER (WHERE own) FROM (\
         SELECT obj_description(oid, 'pg_class') IS NOT DISTINCT FROM '{MARK}' AS own FROM pg_class \
         WHERE relkind IN ('r', 'p') AND relpersistence <> 't' AND NOT relispartition \
         AND relnamespace::regnamespace::text NOT IN ('pg_catalog', 'information_schema')) t"
    )
}

const EXTENSION: &str =
    "SELECT coalesce((SELECT extversion FROM pg_extension WHERE extname = 'pg_stat_statements'), '')";

/// The schema that the extension was installed to, as an identifier.
const EXTENSION_SCHEMA: &str =
    "SELECT extnamespace::regnamespace::text FROM pg_extension WHERE extname = 'pg_stat_statements'";

impl Facts {
    /// Asks; also the times of [`QUESTIONS`] round trips.
    pub async fn ask(
        plan: &Plan,
        name: &str,
        target: &PostgresTarget,
        probed: Probed,
        wanted: Option<u64>,
    ) -> Result<(Self, Vec<Duration>), Failure> {
        let connection = Connection::open(target, &plan.limits.with_statement(PATIENCE)).await?;
        let text = async |sql: &str| text_of(&connection, sql).await.unwrap_or_default();
        let some = |text: String| Some(text).filter(|text| !text.is_empty());
        let url = target.url.as_ref();
        let mut facts = Self {
            danger: url.and_then(|url| safety::danger_of(plan, name, url)).map(|danger| danger.to_string()),
            production: probed.production,
            is_here: url.is_none_or(safety::is_here),
            settings: pairs(&text(SETTINGS).await),
            role: text("SELECT current_user::text").await,
            yes: pairs(&text(YES).await).into_iter().map(|(name, value)| (name, value == "true")).collect(),
            schema: some(text("SELECT coalesce(current_schema()::text, '')").await),
            tables: text(&tables())
                .await
                .split_once(' ')
                .and_then(|(others, own)| Some((others.parse().ok()?, own.parse().ok()?))),
            statements: some(text(EXTENSION).await),
            tls: some(text(TLS).await),
            room: probed.room,
            reserve: target.pool.reserve,
            wanted,
            other_runs: probed.other_runs,
            guard: probed.guard,
            ..Self::default()
        };
        if facts.statements.is_some() {
            // Its functions answer only where the library is loaded.
            let read = format!("SELECT count(*)::text FROM {}.pg_stat_statements(false)", text(EXTENSION_SCHEMA).await);
            facts.statements_refusal = text_of(&connection, &read).await.err().map(|failure| failure.to_string());
        }
        facts.clock_ahead = clock_ahead(&connection).await;
        let times = round_trips(&connection).await?;
        connection.close().await;
        Ok((facts, times))
    }

    /// A setting, empty if it is not known.
    pub fn setting(&self, name: &str) -> &str {
        self.settings.get(name).map(String::as_str).unwrap_or_default()
    }

    /// A setting that is a number.
    pub fn number(&self, name: &str) -> Option<u64> {
        self.setting(name).parse().ok()
    }

    /// Whether a question was answered with yes; not asked is no.
    pub fn is(&self, name: &str) -> bool {
        self.yes.get(name).copied().unwrap_or(false)
    }
}

/// `name=value`, one a line.
fn pairs(text: &str) -> BTreeMap<String, String> {
    let pairs = text.lines().filter_map(|line| line.split_once('='));
    pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

/// The server's clock against ours in the middle of the question, which may be off by half of the time it took.
async fn clock_ahead(connection: &Connection) -> Option<(f64, f64)> {
    let (asked, before) = (Instant::now(), SystemTime::now());
    let theirs = text_of(connection, "SELECT extract(epoch FROM clock_timestamp())::text").await.ok()?;
    let half = asked.elapsed().as_secs_f64() / 2.0;
    let ours = before.duration_since(UNIX_EPOCH).ok()?.as_secs_f64() + half;
    Some((theirs.parse::<f64>().ok()? - ours, half))
}

async fn round_trips(connection: &Connection) -> Result<Vec<Duration>, Failure> {
    let nothing = Statement::plain("SELECT 1");
    let mut times = Vec::with_capacity(QUESTIONS);
    // The first one may be prepared, and is not counted.
    connection.query(&nothing, &[]).await?;
    for _ in 0..QUESTIONS {
        let asked = Instant::now();
        connection.query(&nothing, &[]).await?;
        times.push(asked.elapsed());
    }
    Ok(times)
}
