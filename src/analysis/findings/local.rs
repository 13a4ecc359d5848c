//! Whether a target is on the machine that throng runs on.

use crate::record::{Record, TargetRecord};

/// Whether any target is.
pub(super) fn any(record: &Record) -> bool {
    record.targets.iter().any(is_here)
}

fn is_here(target: &TargetRecord) -> bool {
    let after = |mark: &str| target.address.split_once(mark).map(|(_, rest)| rest);
    // Of a URL the host follows the user or the slashes, of a connection string its keyword.
    let place =
        target.address.rsplit_once('@').map(|(_, rest)| rest).or_else(|| after("://")).or_else(|| after("host="));
    place.is_some_and(|place| {
        ["127.", "localhost", "[::1]", "::1", "/", "%2F", ":"].iter().any(|own| place.starts_with(own))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loopback_and_sockets_are_here() {
        let here = |address: &str| {
            is_here(&TargetRecord { name: "t".into(), kind: "postgres".into(), version: None, address: address.into() })
        };
        assert!(
            here("postgres://me:***@127.0.0.1:5432/app") && here("redis://localhost") && here("host=/run/pg dbname=x")
        );
        assert!(!here("postgres://me:***@db.example:5432/app") && !here("") && !here("redis://10.0.0.7"));
    }
}
