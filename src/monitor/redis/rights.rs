//! What the user may ask of a Redis, and the command that grants what it may not.

use redis::Value;

use super::link::{Link, command};
use super::reply::text;
use crate::drivers::Failure;
use crate::drivers::redis::refusal;
use crate::record::MissingRecord;

/// What may be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Rights {
    pub info: bool,
    pub slowlog: bool,
    pub latency: bool,
    pub config: bool,
    pub commands: bool,
}

/// Trial questions, and how an ACL names the right to put them, in the order of [`Rights`].
const TRIALS: [(&[&str], &str); 5] = [
    (&["INFO", "server"], "+info"),
    (&["SLOWLOG", "LEN"], "+slowlog"),
    (&["LATENCY", "LATEST"], "+latency"),
    (&["CONFIG", "GET", "maxmemory"], "+config|get"),
    (&["COMMAND", "INFO", "get"], "+command|info"),
];

/// Tries each, and says what is refused.
///
/// # Errors
/// When the server can't be asked at all.
pub(super) async fn ask(link: &Link) -> Result<(Rights, Vec<MissingRecord>), Failure> {
    let mut questions: Vec<_> = TRIALS.iter().map(|(words, _)| command(words)).collect();
    questions.push(command(&["ACL", "WHOAMI"]));
    let mut replies = link.ask_all(&questions).await?;
    let user = replies.pop().filter(|reply| refusal(reply).is_none()).map(|reply| text(&reply));
    Ok(judge(&replies, user))
}

/// What the replies to the trials say. Of a `user` who may not ask for the own name a refusal may tell it.
fn judge(replies: &[Value], mut user: Option<String>) -> (Rights, Vec<MissingRecord>) {
    let (mut forbidden, mut unknown) = (Vec::new(), Vec::new());
    let granted: Vec<bool> = TRIALS
        .iter()
        .zip(replies)
        .map(|((_, right), reply)| match refusal(reply) {
            None => true,
            Some(Failure::Redis { word, message }) if word == "NOPERM" => {
                user = user.take().or_else(|| named_in(&message));
                forbidden.push(*right);
                false
            }
            Some(_) => {
                unknown.push(*right);
                false
            }
        })
        .collect();
    let words = |rights: &[&str]| rights.join(", ").replace('+', "").replace('|', " ").to_uppercase();
    let mut missing = Vec::new();
    if !forbidden.is_empty() {
        let (who, user) = match &user {
            Some(user) => (format!("the user {user}"), user.as_str()),
            None => ("the user".to_owned(), "NAME"),
        };
        missing.push(MissingRecord {
            what: format!("{who} may not use {}", words(&forbidden)),
            fix: Some(format!("ACL SETUSER {user} {}", forbidden.join(" "))),
        });
    }
    if !unknown.is_empty() {
        missing.push(MissingRecord { what: format!("the server does not take {}", words(&unknown)), fix: None });
    }
    let is = |position: usize| granted.get(position).copied().unwrap_or(false);
    (Rights { info: is(0), slowlog: is(1), latency: is(2), config: is(3), commands: is(4) }, missing)
}

/// The user in `NOPERM User app has no permissions …`, as Redis 7.2 says it.
fn named_in(message: &str) -> Option<String> {
    message.strip_prefix("NOPERM User ")?.split(' ').next().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_user_is_known_from_the_refusal() {
        let message = "NOPERM User app has no permissions to run the 'info' command";
        assert_eq!(named_in(message).as_deref(), Some("app"));
        assert_eq!(named_in("NOPERM this user has no permissions to run the 'info' command"), None);
    }
}
