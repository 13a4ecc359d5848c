//! A Lua script that runs inside Redis.

use crate::drivers::Failure;

/// A script with the SHA-1 that Redis knows it by.
#[derive(Debug, Clone)]
pub struct Script {
    source: String,
    sha: String,
}

impl Script {
    /// Wraps a script's source.
    pub fn new(source: impl Into<String>) -> Self {
        let source = source.into();
        let sha = redis::Script::new(&source).get_hash().to_owned();
        Self { source, sha }
    }

    /// Its SHA-1 in hex.
    pub fn sha(&self) -> &str {
        &self.sha
    }

    /// Calls it by its hash.
    pub(super) fn by_hash<A: AsRef<[u8]>>(&self, keys: &[A], arguments: &[A]) -> super::Command {
        call(b"EVALSHA", &self.sha, keys, arguments)
    }

    /// Calls it by its source, which makes Redis remember it.
    pub(super) fn by_source<A: AsRef<[u8]>>(&self, keys: &[A], arguments: &[A]) -> super::Command {
        call(b"EVAL", &self.source, keys, arguments)
    }
}

/// Whether a script has to be sent whole, because the server was restarted or never saw it.
pub(super) fn is_unknown(failure: &Failure) -> bool {
    matches!(failure, Failure::Redis { word, .. } if word == "NOSCRIPT")
}

fn call<A: AsRef<[u8]>>(name: &[u8], script: &str, keys: &[A], arguments: &[A]) -> super::Command {
    let mut command = super::Command::new(name);
    command.arg(script.as_bytes()).arg(keys.len().to_string().as_bytes()).args(keys).args(arguments);
    command
}
