//! A connection that receives published messages.

use std::time::Duration;

use futures_util::StreamExt;
use redis::aio::{PubSubSink, PubSubStream};

use super::address::Address;
use super::failure;
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
    sink: PubSubSink,
    stream: PubSubStream,
    place: String,
}

impl Subscription {
    pub(super) async fn open<A: AsRef<[u8]>>(
        address: &Address,
        channels: &[A],
        patterns: &[A],
    ) -> Result<Self, Failure> {
        let (sink, stream) = address.connect_for_messages().await?.split();
        let mut subscription = Self { sink, stream, place: address.place().to_owned() };
        subscription.subscribe(channels).await?;
        subscription.subscribe_patterns(patterns).await?;
        Ok(subscription)
    }

    /// Adds channels. Messages published after this returned are received.
    pub async fn subscribe<A: AsRef<[u8]>>(&mut self, channels: &[A]) -> Result<(), Failure> {
        for channel in channels {
            self.sink.subscribe(channel.as_ref()).await.map_err(|error| failure::of(error, &self.place))?;
        }
        Ok(())
    }

    /// Adds patterns, such as `news.*`.
    pub async fn subscribe_patterns<A: AsRef<[u8]>>(&mut self, patterns: &[A]) -> Result<(), Failure> {
        for pattern in patterns {
            self.sink.psubscribe(pattern.as_ref()).await.map_err(|error| failure::of(error, &self.place))?;
        }
        Ok(())
    }

    /// Drops channels.
    pub async fn unsubscribe<A: AsRef<[u8]>>(&mut self, channels: &[A]) -> Result<(), Failure> {
        for channel in channels {
            self.sink.unsubscribe(channel.as_ref()).await.map_err(|error| failure::of(error, &self.place))?;
        }
        Ok(())
    }

    /// The next message; `None` when none came within `limit`. Without a limit it waits for ever.
    pub async fn next(&mut self, limit: Option<Duration>) -> Result<Option<Message>, Failure> {
        let message = match limit {
            Some(limit) => match tokio::time::timeout(limit, self.stream.next()).await {
                Ok(message) => message,
                Err(_) => return Ok(None),
            },
            None => self.stream.next().await,
        };
        let message = message.ok_or_else(|| Failure::ConnectionLost {
            message: format!("connection to `{}` lost while waiting for messages", self.place),
        })?;
        let channel = message.get_channel().map_err(|error| failure::of(error, &self.place))?;
        let pattern = match message.from_pattern() {
            true => Some(message.get_pattern().map_err(|error| failure::of(error, &self.place))?),
            false => None,
        };
        Ok(Some(Message { channel, pattern, payload: message.get_payload_bytes().to_vec() }))
    }
}
