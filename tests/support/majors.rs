//! PostgreSQL of every major at hand.

use std::path::PathBuf;

use throng::servers::{PostgresOptions, ThrowawayPostgres};

/// The folders of PostgreSQL's programs that `tools/install-deps.sh postgresql-majors` keeps.
pub fn cached() -> Vec<PathBuf> {
    let variable = |name| std::env::var_os(name).map(PathBuf::from);
    let home = variable("XDG_CACHE_HOME").or_else(|| Some(variable("HOME")?.join(".cache")));
    // Servers of root's run as somebody else, who can't look into root's own folder.
    let cache = if nix::unistd::geteuid().is_root() { Some(PathBuf::from("/var/cache")) } else { home };
    let majors = cache.and_then(|cache| std::fs::read_dir(cache.join("throng/postgresql")).ok());
    let mut folders: Vec<PathBuf> =
        majors.into_iter().flatten().flatten().map(|major| major.path().join("bin")).collect();
    folders.retain(|folder| folder.join("postgres").is_file());
    folders.sort();
    folders
}

/// The server that is installed, and one of each other major that is at hand.
pub fn servers() -> Vec<ThrowawayPostgres> {
    let folders = std::iter::once(None).chain(cached().into_iter().map(Some));
    folders
        .map(|bin| {
            ThrowawayPostgres::start(&PostgresOptions { bin, ..PostgresOptions::default() }).expect("PostgreSQL starts")
        })
        .collect()
}
