//! What a pool of connections did.

use super::Latency;

/// One pool's state and history, or the sum over workers.
#[derive(Debug, Clone, Default)]
pub struct PoolStats {
    /// Most connections it may hold.
    pub max_size: u64,
    /// Connections it holds now.
    pub size: u64,
    /// Connections in use now.
    pub in_use: u64,
    /// Most connections in use at a time so far; of several workers the sum, which they may have reached at different times.
    pub in_use_peak: u64,
    /// Users waiting for a connection now.
    pub waiters: u64,
    /// Most users waiting at a time so far; of several workers the sum.
    pub waiters_peak: u64,
    /// Users who had to wait so far, each as often as it did.
    pub waited: u64,
    /// Connections opened so far.
    pub connects: u64,
    /// Of those, opened to replace one that was lost.
    pub reconnects: u64,
    /// Attempts to connect that failed so far.
    pub connect_failures: u64,
    /// Time from asking for a connection to having it.
    pub wait: Latency,
}

impl PoolStats {
    /// Adds the same pool's part on another worker.
    pub fn merge(&mut self, other: &PoolStats) {
        self.max_size += other.max_size;
        self.size += other.size;
        self.in_use += other.in_use;
        self.in_use_peak += other.in_use_peak;
        self.waiters += other.waiters;
        self.waiters_peak += other.waiters_peak;
        self.waited += other.waited;
        self.connects += other.connects;
        self.reconnects += other.reconnects;
        self.connect_failures += other.connect_failures;
        self.wait.merge(&other.wait);
    }
}
