//! How many connections a run may have, while others come and go.

use std::time::Duration;

use super::PATIENCE;
use super::probe::text_of;
use crate::drivers::postgres::Connection;
use crate::plan::target::PostgresTarget;
use crate::plan::{Limits, Plan};

/// What the role may use of the server, and what others do, the monitor among them, which has a name of its own. Names
/// of sessions show without rights.
const USED: &str = "
    SELECT concat_ws(' ',
        current_setting('max_connections')::int
            - CASE WHEN current_setting('is_superuser') = 'on' THEN 0
              ELSE current_setting('superuser_reserved_connections')::int
                   + coalesce(current_setting('reserved_connections', true), '0')::int END,
        count(*) FILTER (WHERE application_name IS DISTINCT FROM current_setting('application_name')))
    FROM pg_stat_activity
    WHERE datid IS NOT NULL AND coalesce(backend_type, 'client backend') = 'client backend'";

/// Connections of a run to each PostgreSQL, under its name, beside those of its pools: setup's, kept for verify, the one that
/// watches the room, and the one that plans are taken on.
pub fn beside(plan: &Plan) -> u64 {
    2 + u64::from(plan.explain.is_on())
}

/// How long one question may take, with a connection for it where the last one was lost.
const LIMIT: Duration = Duration::from_secs(3);

/// Watches the room on one target, on a connection of its own that is made anew when it is lost.
pub struct Headroom {
    target: PostgresTarget,
    limits: Limits,
    /// Connections of the run that are not its pools'.
    beside: u64,
    connection: Option<Connection>,
}

impl Headroom {
    /// Begins to watch. `None` where the server does not tell.
    pub async fn open(target: &PostgresTarget, plan: &Plan) -> Option<Self> {
        let limits = plan.limits.with_statement(PATIENCE);
        let mut headroom = Self { target: target.clone(), limits, beside: beside(plan), connection: None };
        headroom.allowed().await.is_some().then_some(headroom)
    }

    /// How many connections the pools may have now, with the reserve left to others. `None` if it can't be told at
    /// the moment.
    pub async fn allowed(&mut self) -> Option<u64> {
        // Taken out, so that one on which a question was broken off is not used again.
        let connection = self.connection.take().filter(Connection::is_reusable);
        let asking = async {
            let connection = match connection {
                Some(connection) => connection,
                None => Connection::open(&self.target, &self.limits).await.ok()?,
            };
            let text = text_of(&connection, USED).await.ok()?;
            Some((connection, text))
        };
        let (connection, text) = tokio::time::timeout(LIMIT, asking).await.ok()??;
        self.connection = Some(connection);
        let (most, others) = text.split_once(' ')?;
        let left = most.parse::<u64>().ok()?.saturating_sub(others.parse().ok()?);
        Some(left.saturating_sub(self.target.pool.reserve).saturating_sub(self.beside))
    }
}
