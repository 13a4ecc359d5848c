//! A connection that receives published messages.

use std::collections::VecDeque;
use std::time::Duration;

use redis::Value;

use super::address::Address;
use super::command::Command;
use super::link::Link;
use super::refusal;
use crate::clock::within;
use crate::drivers::Failure;

/// A published message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// The channel it was published on.
    pub channel: Vec<u8>,
    /// The pattern that matched, if it came by one.
    pub pattern: Option<Vec<u8>>,
    /// What was published.
    pub payload: Vec<u8>,
}

/// Channels and patterns subscribed to, on a connection of its own; dropped, it is closed.
pub struct Subscription {
    link: Link,
    /// Messages that came while a change of what is subscribed to was waited for.
    early: VecDeque<Message>,
    /// How long a change may take.
    limit: Duration,
}

impl Subscription {
    pub(super) async fn open<A: AsRef<[u8]>>(
        address: &Address,
        channels: &[A],
        patterns: &[A],
        limit: Duration,
    ) -> Result<Self, Failure> {
        let mut subscription = Self { link: address.connect().await?, early: VecDeque::new(), limit };
        subscription.subscribe(channels).await?;
        subscription.subscribe_patterns(patterns).await?;
        Ok(subscription)
    }

    /// Adds channels. Messages published after this returned are received.
    pub async fn subscribe<A: AsRef<[u8]>>(&mut self, channels: &[A]) -> Result<(), Failure> {
        self.change("subscribe", channels).await
    }

    /// Adds patterns, such as `news.*`.
    pub async fn subscribe_patterns<A: AsRef<[u8]>>(&mut self, patterns: &[A]) -> Result<(), Failure> {
        self.change("psubscribe", patterns).await
    }

    /// Drops channels.
    pub async fn unsubscribe<A: AsRef<[u8]>>(&mut self, channels: &[A]) -> Result<(), Failure> {
        self.change("unsubscribe", channels).await
    }

    /// The next message; `None` when none came within `limit`. Without a limit it waits for ever.
    pub async fn next(&mut self, limit: Option<Duration>) -> Result<Option<Message>, Failure> {
        if let Some(message) = self.early.pop_front() {
            return Ok(Some(message));
        }
        let link = &mut self.link;
        let message = async {
            loop {
                // What else comes answers a change that its caller did not wait for.
                if let Told::Message(message) = told(link.next().await?) {
                    return Ok(message);
                }
            }
        };
        match limit {
            Some(limit) => within(limit, message).await.map_or(Ok(None), |message| message.map(Some)),
            None => message.await.map(Some),
        }
    }

    /// Sends a command for all names, and waits until each is confirmed, within the limit. What is confirmed after it is
    /// passed over like an answer that nobody waits for.
    async fn change<A: AsRef<[u8]>>(&mut self, verb: &str, names: &[A]) -> Result<(), Failure> {
        if names.is_empty() {
            return Ok(());
        }
        let mut command = Command::new(verb.as_bytes());
        command.args(names);
        self.link.send(&[command]);
        let mut expected: VecDeque<&[u8]> = names.iter().map(AsRef::as_ref).collect();
        let limit = self.limit;
        let confirmed = async {
            while let Some(name) = expected.front() {
                match told(self.link.next().await?) {
                    Told::Message(message) => self.early.push_back(message),
                    Told::Changed(kind, changed) if kind == verb.as_bytes() && changed == *name => {
                        expected.pop_front();
                    }
                    Told::Refused(failure) => return Err(failure),
                    Told::Changed(..) | Told::Other => {}
                }
            }
            Ok(())
        };
        let timed_out = |_| Failure::Timeout { what: format!("command `{}`", verb.to_uppercase()), limit };
        within(limit, confirmed).await.unwrap_or_else(|elapsed| Err(timed_out(elapsed)))
    }
}

/// What a server tells a subscriber.
enum Told {
    Message(Message),
    /// The kind of a change, and the channel or pattern.
    Changed(Vec<u8>, Vec<u8>),
    Refused(Failure),
    Other,
}

/// Reads what RESP3 sends as a push and RESP2 as an array.
fn told(value: Value) -> Told {
    if let Some(failure) = refusal(&value) {
        return Told::Refused(failure);
    }
    let (kind, parts) = match value {
        Value::Push { kind, data } => (kind.to_string().into_bytes(), data),
        Value::Array(mut parts) if !parts.is_empty() => match parts.remove(0) {
            Value::BulkString(kind) => (kind, parts),
            _ => return Told::Other,
        },
        _ => return Told::Other,
    };
    let mut strings = parts.into_iter().map(|part| match part {
        Value::BulkString(bytes) => Some(bytes),
        _ => None,
    });
    let mut string = || strings.next().flatten();
    match &kind[..] {
        b"message" | b"smessage" => match (string(), string()) {
            (Some(channel), Some(payload)) => Told::Message(Message { channel, pattern: None, payload }),
            _ => Told::Other,
        },
        b"pmessage" => match (string(), string(), string()) {
            (pattern @ Some(_), Some(channel), Some(payload)) => Told::Message(Message { channel, pattern, payload }),
            _ => Told::Other,
        },
        _ => string().map_or(Told::Other, |name| Told::Changed(kind, name)),
    }
}
