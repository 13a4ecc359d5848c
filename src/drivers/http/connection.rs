//! One connection, used by one user at a time.

use std::cell::{Cell, RefCell};
use std::error::Error;
use std::future::poll_fn;
use std::io;
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll, Waker, ready};
use std::time::{Duration, Instant};

use bytes::Bytes;
use hyper::body::{Body, Incoming};
use hyper::client::conn::http1::{self, SendRequest};
use hyper::header::CONNECTION;
use hyper::{HeaderMap, Request, Version};

use super::stream::Stream;
use super::{Address, Head, HttpFault, Opening, Payload};
use crate::drivers::Failure;
use crate::drivers::socket::Departure;

/// The longest head that an answer may have; of a body, no more than this is held at a time.
const LONGEST_HEAD: usize = 128 * 1024;

/// A kept-alive connection.
pub struct Connection {
    sender: SendRequest<Payload>,
    /// What moves bytes; none once the connection has ended.
    driver: RefCell<Option<Driver>>,
    /// The body of the answer that is being read.
    body: Option<Incoming>,
    /// Whether the server has said that it ends the connection after its answer.
    is_last: bool,
    /// Whether a request is under way: should its caller be gone before the end, the connection is of no use.
    busy: bool,
    place: Arc<str>,
    opened: Instant,
    opening: Opening,
    requests: u64,
    bytes: Rc<Cell<u64>>,
    departure: Departure,
    /// How long the last request lay here before it left.
    held: Duration,
}

type Driver = Pin<Box<http1::Connection<Stream, Payload>>>;

/// Why there is no answer.
#[derive(Debug)]
pub struct Unanswered {
    /// What happened.
    pub failure: Failure,
    /// Whether the server has not seen anything of the request for certain.
    pub unsent: bool,
}

impl Connection {
    /// Opens one.
    ///
    /// # Errors
    /// When the server can't be reached.
    pub(super) async fn open(address: &Address) -> Result<Self, Failure> {
        let (socket, opening) = address.open().await?;
        let bytes = Rc::default();
        let departure = socket.departure();
        let stream = Stream::new(socket, Rc::clone(&bytes));
        let handshake = http1::Builder::new().max_buf_size(LONGEST_HEAD).handshake(stream).await;
        let place = address.place.clone();
        let (sender, driver) = handshake.map_err(|error| failure(&place, &error))?;
        let driver = RefCell::new(Some(Box::pin(driver)));
        let opened = Instant::now();
        Ok(Self {
            sender,
            driver,
            body: None,
            is_last: false,
            busy: false,
            place,
            opened,
            opening,
            requests: 0,
            bytes,
            departure,
            held: Duration::ZERO,
        })
    }

    /// Sends a request, and gives the head of its answer; the body must be read to its end before the next one.
    ///
    /// # Errors
    /// When the connection is lost, or what comes is not HTTP.
    pub async fn send(&mut self, request: Request<Payload>) -> Result<Head, Unanswered> {
        let Self { sender, driver, place, departure, held, is_last, .. } = self;
        let unsent = |error: &hyper::Error| Unanswered { failure: failure(place, error), unsent: true };
        let ready = poll_fn(|context| {
            drive(driver, context);
            sender.poll_ready(context)
        });
        ready.await.map_err(|error| unsent(&error))?;
        self.busy = true;
        self.requests += 1;
        // What waits for the end of the worker's turn is not yet the server's to answer.
        departure.take();
        let sent = Instant::now();
        let mut answer = pin!(sender.try_send_request(request));
        let answer = poll_fn(|context| {
            drive(driver, context);
            answer.as_mut().poll(context)
        });
        let answer = answer.await;
        let left = departure.take().unwrap_or(sent);
        *held = left.saturating_duration_since(sent);
        match answer {
            Ok(answer) => {
                let (head, body) = answer.into_parts();
                *is_last = says_farewell(head.version, &head.headers);
                self.body = Some(body);
                Ok(Head { status: head.status, headers: head.headers, first_byte: left.elapsed() })
            }
            Err(mut error) => {
                let unsent = error.take_message().is_some();
                Err(Unanswered { failure: failure(place, error.error()), unsent })
            }
        }
    }

    /// The next piece of the answer's body; `None` after the last.
    ///
    /// # Errors
    /// When the connection is lost before that, or what comes is not HTTP.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, Failure> {
        let Self { driver, body, busy, place, .. } = self;
        poll_fn(|context| {
            loop {
                let Some(reading) = body else { return Poll::Ready(Ok(None)) };
                drive(driver, context);
                match ready!(Pin::new(reading).poll_frame(context)) {
                    Some(Ok(frame)) => match frame.into_data() {
                        Ok(piece) => return Poll::Ready(Ok(Some(piece))),
                        Err(_trailers) => {}
                    },
                    Some(Err(error)) => return Poll::Ready(Err(failure(place, &error))),
                    None => {
                        *body = None;
                        *busy = false;
                        // So that it is known whether the server keeps it open.
                        drive(driver, context);
                        return Poll::Ready(Ok(None));
                    }
                }
            }
        })
        .await
    }

    /// Bytes sent and received since this was last asked.
    pub fn take_bytes(&mut self) -> u64 {
        self.bytes.take()
    }

    /// When it was opened, and how long the steps to that took.
    pub fn opening(&self) -> (Instant, Opening) {
        (self.opened, self.opening)
    }

    /// How long the last request lay within throng before it left.
    pub fn held(&self) -> Duration {
        self.held
    }

    /// Makes sure that nobody uses it any more once it has come back.
    pub fn give_up(&mut self) {
        self.busy = true;
    }

    /// How many requests it has carried.
    pub fn requests(&self) -> u64 {
        self.requests
    }

    /// Whether the next user could use it as if it were new.
    pub(super) fn is_reusable(&self) -> bool {
        !self.is_underway() && self.driver.borrow().is_some()
    }

    fn is_underway(&self) -> bool {
        self.busy || self.body.is_some()
    }

    /// Whether it ended otherwise than the server had said before.
    pub(super) fn is_lost(&self) -> bool {
        self.is_underway() || !self.is_last
    }

    /// Whether the server, as far as is known here, has not closed it.
    pub(super) fn is_open(&self) -> bool {
        drive(&self.driver, &mut Context::from_waker(Waker::noop()));
        self.driver.borrow().is_some()
    }

    /// Whether it is open and takes a request at once.
    pub(super) fn is_ready(&self) -> bool {
        self.is_open() && self.sender.is_ready()
    }

    /// Waits until it takes a request.
    pub(super) async fn ready(&mut self) -> Result<(), Failure> {
        let Self { sender, driver, place, .. } = self;
        let ready = poll_fn(|context| {
            drive(driver, context);
            sender.poll_ready(context)
        });
        ready.await.map_err(|error| failure(place, &error))
    }

    /// How long ago it was opened.
    pub(super) fn age(&self) -> Duration {
        self.opened.elapsed()
    }
}

/// Whether an answer is the last on its connection (RFC 9112, section 9.3).
fn says_farewell(version: Version, headers: &HeaderMap) -> bool {
    let options = || headers.get_all(CONNECTION).iter().filter_map(|value| value.to_str().ok());
    let has = |wanted: &str| {
        options().flat_map(|list| list.split(',')).any(|option| option.trim().eq_ignore_ascii_case(wanted))
    };
    has("close") || version < Version::HTTP_11 && !has("keep-alive")
}

/// Moves bytes as far as they go. How a connection ended is told by whoever waits for its answer.
fn drive(driver: &RefCell<Option<Driver>>, context: &mut Context<'_>) {
    let mut driver = driver.borrow_mut();
    if driver.as_mut().is_some_and(|driver| driver.as_mut().poll(context).is_ready()) {
        *driver = None;
    }
}

/// What the library's error means for a user.
fn failure(place: &str, error: &hyper::Error) -> Failure {
    let source = error.source().map(ToString::to_string);
    let input = error.source().and_then(|source| source.downcast_ref::<io::Error>()).map(io::Error::kind);
    let is_malformed = matches!(input, Some(io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData));
    if error.is_parse() || is_malformed {
        let why = source.unwrap_or_else(|| error.to_string());
        return Failure::Http {
            fault: HttpFault::Protocol,
            message: format!("what `{place}` answers is not HTTP: {why}"),
        };
    }
    let why = match source {
        _ if error.is_incomplete_message() || error.is_closed() || error.is_canceled() => {
            "the server closed it before the answer was complete".to_owned()
        }
        Some(source) => source,
        None => error.to_string(),
    };
    Failure::ConnectionLost { message: format!("connection to `{place}` lost: {why}") }
}
