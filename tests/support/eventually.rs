//! Waiting for what others do in their own time, for tests.

use std::time::{Duration, Instant};

/// How long that may take: far longer than it does on any machine, so that only what never comes takes as long.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// Waits until something is so; fails, saying `what`, when it does not come to that.
pub fn eventually(what: &str, mut done: impl FnMut() -> bool) {
    let start = Instant::now();
    while !done() {
        assert!(start.elapsed() < PATIENCE, "{what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}
