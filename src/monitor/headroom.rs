//! How many connections a run may have, while others come and go.

use super::PATIENCE;
use super::probe::text_of;
use crate::drivers::postgres::Connection;
use crate::plan::Limits;
use crate::plan::target::PostgresTarget;

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

/// Connections of a run, under its name, beside those of its pools: setup's, kept for verify, and this one.
const BESIDE: u64 = 2;

/// Watches the room on one target, on a connection of its own.
pub struct Headroom {
    connection: Connection,
    reserve: u64,
}

impl Headroom {
    /// Begins to watch. `None` where the server does not tell.
    pub async fn open(target: &PostgresTarget, limits: &Limits) -> Option<Self> {
        let connection = Connection::open(target, &limits.with_statement(PATIENCE)).await.ok()?;
        let headroom = Self { connection, reserve: target.pool.reserve };
        headroom.allowed().await.is_some().then_some(headroom)
    }

    /// How many connections the pools may have now, with the reserve left to others. `None` if it can't be told at
    /// the moment.
    pub async fn allowed(&self) -> Option<u64> {
        let text = text_of(&self.connection, USED).await.ok()?;
        let (most, others) = text.split_once(' ')?;
        let left = most.parse::<u64>().ok()?.saturating_sub(others.parse().ok()?);
        Some(left.saturating_sub(self.reserve).saturating_sub(BESIDE))
    }
}
