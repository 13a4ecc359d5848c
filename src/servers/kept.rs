//! A server that is left running when throng ends.

use std::path::Path;

/// How to reach and how to remove a server that was kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// `PostgreSQL` or `Redis`.
    pub server: &'static str,
    /// Commands that connect to it, the Unix socket's first.
    pub connect: Vec<String>,
    /// One shell command that ends it and removes its folder.
    pub remove: String,
}

impl Kept {
    pub(super) fn new(server: &'static str, connect: Vec<String>, pid: Option<u32>, folder: &Path) -> Self {
        let folder = folder.display();
        let remove = match pid {
            Some(pid) => {
                format!("kill -INT {pid}; while kill -0 {pid} 2>/dev/null; do sleep 0.1; done; rm -rf '{folder}'")
            }
            None => format!("rm -rf '{folder}'"),
        };
        Self { server, connect, remove }
    }
}
