//! A server that is left running when throng ends.

use std::path::Path;

use super::instance::Recipe;

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
    pub(super) fn new(recipe: &Recipe, connect: Vec<String>, pid: Option<u32>, folder: &Path) -> Self {
        let (folder, running) = (folder.display(), recipe.running);
        let end = pid.map(|pid| format!("kill -INT {pid} && while [ -e '{folder}/{running}' ]; do sleep 0.1; done; "));
        Self { server: recipe.server, connect, remove: format!("{}rm -rf '{folder}'", end.unwrap_or_default()) }
    }
}
