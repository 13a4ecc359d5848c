//! Every limit: its name, its unit, its value where no preset says otherwise, and what it is of.

/// The unit of a limit, which is also how it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// A time, kept in µs: `20ms`.
    Time,
    /// A share, kept as a part of 1: `10%`.
    Share,
    /// A rate, kept by the second: `100/s`.
    Rate,
    /// An amount of data, kept in bytes: `10MB`.
    Size,
    /// A number of things: `100`.
    Count,
}

const MS: f64 = 1_000.0;
const S: f64 = 1_000_000.0;
const MB: f64 = 1_000_000.0;

macro_rules! limits {
    ($($(#[$comment:meta])* $variant:ident = $name:literal, $unit:ident, $value:expr, $about:literal;)+) => {
        /// A limit that a figure is held against.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Limit {
            $($(#[$comment])* #[doc = $about] $variant,)+
        }

        impl Limit {
            /// All of them, in the order in which they are documented.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// Its name in presets and records.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }

            /// Its unit.
            pub fn unit(self) -> Unit {
                match self { $(Self::$variant => Unit::$unit),+ }
            }

            /// Its value where no preset says otherwise.
            pub fn default_value(self) -> f64 {
                match self { $(Self::$variant => $value),+ }
            }

            /// What it is of.
            pub fn about(self) -> &'static str {
                match self { $(Self::$variant => $about),+ }
            }
        }
    };
}

// Sources. Ratings: the tables of the membership system's load-test handbook, and for Redis those of the finance suite.
// `host_…`, `pool_use`: the game server's load-test thresholds. `redis_…`: the finance suite's alerts. `…_growth`: the
// archiver's criteria for a sustained load. The others are the usual rules for PostgreSQL in production, put as a share
// or a difference over the measured part, since a test is over in minutes.
limits! {
    ResponseExcellent = "response_excellent", Time, 100.0 * MS, "a mean response below it is excellent";
    ResponseGood = "response_good", Time, 500.0 * MS, "up to it, good";
    ResponseFair = "response_fair", Time, 1000.0 * MS, "up to it, fair; above, poor";
    ThroughputExcellent = "throughput_excellent", Rate, 100.0, "a throughput above it is high";
    ThroughputGood = "throughput_good", Rate, 50.0, "from it on, good";
    ThroughputFair = "throughput_fair", Rate, 20.0, "from it on, fair; below, poor";
    ErrorsExcellent = "errors_excellent", Share, 0.01, "a share of errors below it is excellent";
    ErrorsGood = "errors_good", Share, 0.05, "up to it, good";
    ErrorsFair = "errors_fair", Share, 0.10, "up to it, fair; above, poor";
    HitsExcellent = "hits_excellent", Share, 0.90, "a share of hits in Redis above it is excellent";
    HitsGood = "hits_good", Share, 0.80, "from it on, good";
    HitsFair = "hits_fair", Share, 0.70, "from it on, fair; below, poor";
    StatementMean = "statement_mean", Time, 20.0 * MS, "mean time of a statement in the server";
    StatementCalls = "statement_calls", Count, 100.0, "calls of a statement below which its mean says nothing";
    LockShare = "lock_share", Share, 0.10, "share of active sessions that wait for a lock";
    ScannedTable = "scanned_table", Size, 10.0 * MB, "size of a table that should not be read as a whole";
    TempBytes = "temp_bytes", Size, MB, "data that statements put away in temporary files";
    CacheHit = "cache_hit", Share, 0.98, "share of blocks that PostgreSQL finds in its cache";
    CheckpointsRequested = "checkpoints_requested", Share, 0.50, "share of checkpoints that came before their time";
    CheckpointInterval = "checkpoint_interval", Time, 30.0 * S, "time from one checkpoint to the next";
    FullPageImages = "full_page_images", Share, 0.50, "share of the log that is images of whole pages";
    Connections = "connections", Share, 0.80, "connections by `max_connections`";
    PoolUse = "pool_use", Share, 0.90, "connections in use by those of the pool, in the mean";
    PoolIdle = "pool_idle", Share, 0.20, "most connections in use by those of the pool, below which it is too large";
    IdleInTransaction = "idle_in_transaction", Time, S, "time for which a session idles in a transaction";
    RollbackShare = "rollback_share", Share, 0.10, "rollbacks by transactions";
    DeadRows = "dead_rows", Count, 10_000.0, "dead rows of a table";
    DeadShare = "dead_share", Share, 0.10, "dead rows by all rows of a table";
    HotShare = "hot_share", Share, 0.50, "updates that needed no new index entries";
    ReplicationLag = "replication_lag", Time, 5.0 * S, "time by which a replica is behind";
    RetainedLog = "retained_log", Size, 1000.0 * MB, "log that a replication slot holds back";
    SnapshotAge = "snapshot_age", Count, 100_000.0, "transactions for which an old snapshot holds vacuum back";
    HostCpu = "host_cpu", Share, 0.80, "processor time of the machine";
    HostImpact = "host_impact", Share, 1.0, "processor time of the machine beyond that before the load";
    HostMemory = "host_memory", Share, 0.85, "memory in use of the machine";
    HostDisk = "host_disk", Share, 0.80, "time for which a disk is busy";
    RedisHits = "redis_hits", Share, 0.80, "share of look-ups in Redis that find something";
    RedisMemory = "redis_memory", Share, 0.80, "memory of Redis by `maxmemory`";
    RedisCommand = "redis_command", Time, 10.0 * MS, "time of a command in Redis";
    ResponseGrowth = "response_growth", Share, 0.20, "growth of response times over the run";
    ThroughputLoss = "throughput_loss", Share, 0.20, "fall of the throughput over the run";
    MemoryGrowth = "memory_growth", Share, 0.50, "growth of a process's memory over the run";
    ConnectionGrowth = "connection_growth", Share, 0.20, "growth of the number of connections over the run";
    TableGrowth = "table_growth", Share, 0.50, "growth of the database over the run";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_limits_have_one_name() {
        let mut names: Vec<_> = Limit::ALL.iter().map(|limit| limit.name()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), Limit::ALL.len());
    }
}
