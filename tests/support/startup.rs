//! Waiting for a server of somebody else's to be there, for tests.

use std::fs;
use std::path::Path;
use std::process::Child;
use std::time::{Duration, Instant};

use super::eventually::PATIENCE;

/// Waits until a server's log has what is looked for, such as where it listens. One that does not get there is ended.
pub fn logged<T>(server: &mut Child, log: &Path, found: impl Fn(&str) -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        let said = fs::read_to_string(log).expect("the file is there");
        if let Some(found) = found(&said) {
            return found;
        }
        let ended = server.try_wait().expect("its state can be asked for");
        if ended.is_some() || begun.elapsed() >= PATIENCE {
            let _ = server.kill();
            let _ = server.wait();
            panic!("{said}");
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}
