//! What becomes of data: memory, eviction, persistence, and what is there already.

use super::Item;
use super::facts::Facts;

/// Beyond this share of its memory a Redis is about to evict or to refuse.
const NEARLY_FULL: f64 = 0.9;

pub(super) fn check(facts: &Facts) -> Vec<Item> {
    vec![memory(facts), persistence(facts), keys(facts)]
}

fn memory(facts: &Facts) -> Item {
    let check = "maxmemory";
    let (most, used) = (facts.number("maxmemory").unwrap_or_default(), facts.number("used_memory").unwrap_or_default());
    let policy = facts.info("maxmemory_policy");
    if most == 0 {
        return Item::note(check, "none: it grows with its data until the machine has no more");
    }
    let found = format!("{} MiB of {} MiB used, policy {policy}", used >> 20, most >> 20);
    match used as f64 / most as f64 {
        share if share > NEARLY_FULL && policy == "noeviction" => Item::warn(
            check,
            format!("{found}: writes are about to fail"),
            "`CONFIG SET maxmemory 4gb`, or a policy that evicts: `CONFIG SET maxmemory-policy allkeys-lru`",
        ),
        share if share > NEARLY_FULL => Item::warn(
            check,
            format!("{found}: keys are about to be evicted"),
            "`CONFIG SET maxmemory 4gb`, unless eviction is what the run is about",
        ),
        _ => Item::ok(check, found),
    }
}

fn persistence(facts: &Facts) -> Item {
    let check = "persistence";
    if facts.info("rdb_last_bgsave_status") == "err" {
        return Item::warn(
            check,
            "the last snapshot failed, and writes may be refused",
            "see the server's log; `CONFIG SET stop-writes-on-bgsave-error no` lets writes go on",
        );
    }
    match (facts.info("aof_enabled") == "1", facts.save.as_deref()) {
        (true, _) => Item::note(check, "every write goes to the append-only file, and users wait for it"),
        (false, Some("")) => Item::ok(check, "none: data lives in memory only"),
        (false, Some(save)) => {
            Item::note(check, format!("snapshots (`save {save}`): each forks the server, which users feel"))
        }
        (false, None) => Item::note(check, "no append-only file; whether snapshots are taken can't be seen"),
    }
}

fn keys(facts: &Facts) -> Item {
    match facts.keys {
        Some(0) => Item::ok("keys", "none in this database"),
        Some(keys) => Item::note("keys", format!("{keys} in this database, which a scenario may overwrite or remove")),
        None => Item::note("keys", "it can't be seen whether there are any"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::State;
    use super::*;

    fn facts(info: &[(&str, &str)]) -> Facts {
        let info = info.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Facts { info, save: Some(String::new()), keys: Some(0), ..Facts::default() }
    }

    #[test]
    fn memory_that_is_nearly_full_is_warned_of() {
        let full =
            |policy| memory(&facts(&[("maxmemory", "1000"), ("used_memory", "950"), ("maxmemory_policy", policy)]));
        assert!(full("noeviction").found.ends_with("writes are about to fail"));
        assert!(full("allkeys-lru").found.ends_with("keys are about to be evicted"));
        assert_eq!(memory(&facts(&[("maxmemory", "1000"), ("used_memory", "500")])).state, State::Ok);
        assert_eq!(memory(&facts(&[])).state, State::Note);
    }

    #[test]
    fn persistence_is_told_as_it_is() {
        assert_eq!(persistence(&facts(&[])).state, State::Ok);
        assert_eq!(persistence(&facts(&[("aof_enabled", "1")])).state, State::Note);
        assert_eq!(persistence(&facts(&[("rdb_last_bgsave_status", "err")])).state, State::Warn);
    }
}
