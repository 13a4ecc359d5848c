//! One WebSocket.

use std::cell::Cell;
use std::future::poll_fn;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll, Waker, ready};

use bytes::Bytes;
use futures_util::{Sink, SinkExt, Stream as _};
use hyper::header::{
    CONNECTION, HeaderValue, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_PROTOCOL, SEC_WEBSOCKET_VERSION, UPGRADE,
};
use hyper::{HeaderMap, Method, Request, Uri};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::client::generate_key;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, WebSocketConfig};
use tokio_tungstenite::{WebSocketStream, client_async_with_config};

use super::early::Early;
use super::failure::{closed, code, failure};
use crate::drivers::Failure;
use crate::drivers::http::{Address, HttpFault, Opening, Payload, Stream};

/// Room for what is read at a time; thousands of users have one each.
const READ: usize = 4 * 1024;

/// The code of those who go away (RFC 6455, section 7.4.1).
const GOING_AWAY: u16 = 1001;

/// A message.
#[derive(Debug, Clone, PartialEq)]
pub enum Received {
    /// A text.
    Text(String),
    /// Bytes.
    Binary(Bytes),
}

/// An open WebSocket, used by one call at a time.
pub struct WebSocket {
    stream: WebSocketStream<Stream>,
    place: Arc<str>,
    bytes: Rc<Cell<u64>>,
    protocol: Option<String>,
    /// Messages that came while something else was waited for.
    early: Early,
    /// Whether there is nobody to say farewell to.
    is_over: bool,
    /// Pings sent.
    pings: u64,
}

impl WebSocket {
    /// Opens a connection and shakes hands for `uri`. Messages larger than `max_size` bytes are refused.
    ///
    /// # Errors
    /// When the server can't be reached or wants no WebSocket there.
    pub async fn open(
        address: &Address,
        uri: &Uri,
        mut headers: HeaderMap,
        max_size: usize,
    ) -> Result<(Self, Opening), Failure> {
        let (connection, opening) = address.open().await?;
        let (bytes, place): (Rc<Cell<u64>>, Arc<str>) = (Rc::default(), address.place().into());
        headers.insert(CONNECTION, HeaderValue::from_static("Upgrade"));
        headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
        headers.insert(SEC_WEBSOCKET_VERSION, HeaderValue::from_static("13"));
        let key = HeaderValue::try_from(generate_key()).expect("a key is written in Base64");
        headers.insert(SEC_WEBSOCKET_KEY, key);
        // Only its path goes out; the library wants to see the scheme.
        let whole = format!("ws://{place}{uri}")
            .parse()
            .map_err(|error| Failure::Misuse { message: format!("`{uri}` can't be asked for: {error}"), hint: None })?;
        let (head, _) = address.request(Method::GET, whole, headers, Payload::default()).into_parts();
        let config = WebSocketConfig::default()
            .read_buffer_size(READ)
            .write_buffer_size(0)
            .max_message_size(Some(max_size))
            .max_frame_size(Some(max_size));
        let stream = Stream::new(connection, bytes.clone());
        let shaken = client_async_with_config(Request::from_parts(head, ()), stream, Some(config)).await;
        let (stream, answer) = shaken.map_err(|error| failure(&place, &error))?;
        let protocol = answer.headers().get(SEC_WEBSOCKET_PROTOCOL).and_then(|value| value.to_str().ok());
        let protocol = protocol.map(str::to_owned);
        // As much as one message may take, so that none of those that may come is too large.
        let early = Early::new(max_size.saturating_add(size_of::<Received>()));
        let socket = Self { stream, place, bytes, protocol, early, is_over: false, pings: 0 };
        Ok((socket, opening))
    }

    /// The protocol that the server chose of those that were offered.
    pub fn protocol(&self) -> Option<&str> {
        self.protocol.as_deref()
    }

    /// Sends a message.
    ///
    /// # Errors
    /// When the connection is lost.
    pub async fn send(&mut self, message: Received) -> Result<(), Failure> {
        let message = match message {
            Received::Text(text) => Message::text(text),
            Received::Binary(bytes) => Message::binary(bytes),
        };
        self.put(message).await
    }

    /// Waits for the next message.
    ///
    /// # Errors
    /// When the other side says farewell, or the connection is lost.
    pub async fn receive(&mut self) -> Result<Received, Failure> {
        if let Some(early) = self.early.take() {
            return Ok(early);
        }
        loop {
            match self.next().await? {
                Next::Message(message) => return Ok(message),
                Next::Pong(_) => {}
                Next::Farewell(frame) => return Err(closed(&self.place, frame.as_ref())),
            }
        }
    }

    /// Sends a ping and waits for its answer. Messages that come before are kept for later.
    ///
    /// # Errors
    /// When the other side says farewell, the connection is lost, or more is to be kept than the largest message may take.
    pub async fn ping(&mut self) -> Result<(), Failure> {
        // Numbered, so that the answer to one that was given up is not taken for that to the next.
        self.pings += 1;
        let payload = Bytes::copy_from_slice(&self.pings.to_be_bytes());
        self.put(Message::Ping(payload.clone())).await?;
        loop {
            match self.next().await? {
                Next::Pong(answered) if answered == payload => return Ok(()),
                Next::Pong(_) => {}
                Next::Message(message) => self.keep(message)?,
                Next::Farewell(frame) => return Err(closed(&self.place, frame.as_ref())),
            }
        }
    }

    /// Keeps a message that came early.
    fn keep(&mut self, message: Received) -> Result<(), Failure> {
        if self.early.keep(message) {
            return Ok(());
        }
        let (count, bytes) = self.early.held();
        // How much comes is the server's doing, not the script's.
        Err(Failure::Http {
            fault: HttpFault::TooLarge,
            message: format!(
                "{count} messages of `{}`, {bytes} bytes, came while the answer to a ping was waited for, more than `max_size`",
                self.place
            ),
        })
    }

    /// Says farewell and waits for the answer; the code in it.
    ///
    /// # Errors
    /// When the connection is lost before that.
    pub async fn close(&mut self, code_sent: u16, reason: &str) -> Result<u16, Failure> {
        let frame = CloseFrame { code: code_sent.into(), reason: reason.into() };
        self.put(Message::Close(Some(frame))).await?;
        self.is_over = true;
        loop {
            if let Next::Farewell(frame) = self.next().await? {
                return Ok(code(frame.as_ref()));
            }
        }
    }

    /// Bytes sent and received since this was last asked.
    pub fn take_bytes(&mut self) -> u64 {
        self.bytes.take()
    }

    /// Whether neither side has said farewell.
    pub fn is_open(&self) -> bool {
        !self.is_over
    }

    async fn put(&mut self, message: Message) -> Result<(), Failure> {
        let sent = self.stream.send(message).await;
        sent.map_err(|error| self.failed(&error))
    }

    async fn next(&mut self) -> Result<Next, Failure> {
        poll_fn(|context| self.poll_next(context)).await
    }

    fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Result<Next, Failure>> {
        loop {
            return Poll::Ready(match ready!(Pin::new(&mut self.stream).poll_next(context)) {
                Some(Ok(Message::Text(text))) => Ok(Next::Message(Received::Text(text.as_str().to_owned()))),
                Some(Ok(Message::Binary(bytes))) => Ok(Next::Message(Received::Binary(bytes))),
                Some(Ok(Message::Pong(payload))) => Ok(Next::Pong(payload)),
                Some(Ok(Message::Close(frame))) => {
                    self.is_over = true;
                    // The answer to it, which nobody waits for.
                    let _ = Pin::new(&mut self.stream).poll_flush(context);
                    Ok(Next::Farewell(frame))
                }
                Some(Ok(Message::Ping(_) | Message::Frame(_))) => continue,
                Some(Err(error)) => Err(self.failed(&error)),
                None => {
                    self.is_over = true;
                    Ok(Next::Farewell(None))
                }
            });
        }
    }

    fn failed(&mut self, error: &tokio_tungstenite::tungstenite::Error) -> Failure {
        self.is_over = true;
        failure(&self.place, error)
    }
}

/// What may come.
enum Next {
    Message(Received),
    Pong(Bytes),
    Farewell(Option<CloseFrame>),
}

impl Drop for WebSocket {
    fn drop(&mut self) {
        if self.is_over {
            return;
        }
        let context = &mut Context::from_waker(Waker::noop());
        let mut stream = Pin::new(&mut self.stream);
        if stream.as_mut().poll_ready(context).is_ready() {
            let frame = CloseFrame { code: GOING_AWAY.into(), reason: "".into() };
            // What the system does not take at once is not worth waiting for.
            let _ = stream.as_mut().start_send(Message::Close(Some(frame)));
            let _ = stream.poll_flush(context);
        }
    }
}
