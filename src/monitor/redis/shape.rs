//! What may be kept of a command that somebody sent: its name, and what kind of key it was about.
//!
//! Arguments may hold secrets, and so may keys, such as those of sessions. Of a key only its first word is kept, where
//! that is one and something follows it.

/// The longest word that is kept.
const LONGEST_WORD: usize = 24;

/// Commands whose first argument says what is done.
const CONTAINERS: [&str; 15] = [
    "acl", "client", "cluster", "command", "config", "debug", "function", "latency", "memory", "module", "object",
    "pubsub", "script", "slowlog", "xgroup",
];

/// A command's name as `commandstats` has it: `get`, `config|set`.
pub(super) fn command_name(name: &str, first_argument: Option<&str>) -> String {
    let name = name.to_ascii_lowercase();
    let word = first_argument.filter(|word| is_word(word)).map(str::to_ascii_lowercase);
    match word.filter(|_| CONTAINERS.contains(&name.as_str()) || name == "xinfo") {
        Some(word) => format!("{name}|{word}"),
        None => name,
    }
}

/// The shape of a key: `cart:17:items` is `cart:*`, `leaderboard` is itself, and what is no word is `*`.
pub(super) fn of_key(key: &str) -> String {
    match key.split_once(':') {
        Some((first, _)) if is_word(first) => format!("{first}:*"),
        None if is_word(key) => key.to_owned(),
        _ => "*".to_owned(),
    }
}

/// Letters, and dashes between them: no number, no hash, no address.
fn is_word(text: &str) -> bool {
    (1..=LONGEST_WORD).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphabetic() || matches!(byte, b'-' | b'_'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_keeps_its_first_word_alone() {
        for (key, shape) in [
            ("cart:17:items", "cart:*"),
            ("session:alice@example.org", "session:*"),
            ("leaderboard", "leaderboard"),
            ("user17", "*"),
            ("d41d8cd98f00b204e9800998ecf8427e", "*"),
            ("alice@example.org", "*"),
            ("{cart}:1", "*"),
            ("", "*"),
        ] {
            assert_eq!(of_key(key), shape, "{key}");
        }
    }

    #[test]
    fn only_what_a_container_does_belongs_to_its_name() {
        assert_eq!(command_name("CONFIG", Some("SET")), "config|set");
        assert_eq!(command_name("AUTH", Some("secret")), "auth");
        assert_eq!(command_name("GET", Some("cart")), "get");
    }
}
