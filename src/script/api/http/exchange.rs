//! One request with all that follows: a stale connection, redirects, the body, the figures.

use std::pin::pin;
use std::time::Instant;

use bytes::Bytes;
use futures_util::future::{Either, select};
use mlua::{Function, Lua, Value};

use super::client::Client;
use super::request::Request;
use super::response::Response;
use super::sink::Sink;
use super::stopwatch::Stopwatch;
use super::{answer, body};
use crate::drivers::Failure;
use crate::drivers::http::header::COOKIE;
use crate::drivers::http::redirect::{self, Next};
use crate::drivers::http::{Feed, Head, HttpFault, Lease, Method, Payload, Pool, Unanswered, Uri};
use crate::script::asked::Asked;
use crate::script::error::Thrown;
use crate::script::fields::describe;
use crate::script::host::Host;
use crate::script::user::Tally;
use crate::script::waiting::call;

/// Sends a request and reads its answer, counted as one statement of its label.
pub(super) async fn perform(
    lua: &Lua,
    host: &Host,
    client: &Client,
    pool: &Pool,
    request: Request,
) -> mlua::Result<Response> {
    let label = request.label.clone();
    let what = format!("request `{}`", label.text);
    let limit = request.own.common.timeout.unwrap_or(host.plan.limits.statement);
    let watch = Stopwatch::new(what, limit);
    let asked = Asked::timed(host, client.user(), client.target(), &label.text, &watch);
    let shown = host.is_traced().then(|| format!("{} {}", request.method, request.uri));
    let result = Exchange { lua, host, client, pool, request: &request, watch: &watch }.run().await;
    let time_us = asked.end(0, result.is_ok());
    if let Some(shown) = shown {
        let error = result.as_ref().err().map(ToString::to_string);
        let status = result.as_ref().map(|response| format!(" -> {}", response.status)).unwrap_or_default();
        host.trace(&format!("{shown}{status}"), time_us, 0, error.as_deref());
    }
    result
}

struct Exchange<'a> {
    lua: &'a Lua,
    host: &'a Host,
    client: &'a Client,
    pool: &'a Pool,
    request: &'a Request,
    watch: &'a Stopwatch,
}

/// One request of a chain.
struct Hop {
    method: Method,
    uri: Uri,
    payload: Payload,
    keeps_body: bool,
}

impl Exchange<'_> {
    async fn run(&self) -> mlua::Result<Response> {
        let Request { method, uri, own, .. } = self.request;
        let payload = own.body.payload.clone();
        let mut hop = Hop { method: method.clone(), uri: uri.clone(), payload, keeps_body: true };
        let mut followed = 0;
        loop {
            let (mut lease, head) = self.answered(&hop).await?;
            let next = self.next(&hop, &head, followed)?;
            match next {
                Some(next) => {
                    answer::drain(&mut lease, self.watch).await?;
                    self.count_bytes(&mut lease);
                    hop = next;
                    followed += 1;
                }
                None => return self.take(&hop, lease, head).await,
            }
        }
    }

    /// Sends one request until its answer begins: once more, on a new connection, if the one that it went out on had lain
    /// idle and was closed meanwhile, unless the server may have begun to do what can't be done twice.
    async fn answered(&self, hop: &Hop) -> mlua::Result<(Lease, Head)> {
        let mut is_first = true;
        loop {
            let asked = Instant::now();
            let mut lease = self.client.acquire(self.host, self.pool).await?;
            let (opened, opening) = lease.opening();
            let is_new = opened >= asked;
            if is_new {
                self.request.label.opened(self.host, opening);
            } else if !is_first {
                // What happened to one that lay idle will have happened to others.
                lease.give_up();
                continue;
            }
            let answer = self.send(&mut lease, hop).await;
            self.count_bytes(&mut lease);
            match answer? {
                Ok(head) => {
                    self.request.label.answered(self.host, head.status.as_u16(), head.first_byte);
                    self.take_cookies(hop, &head);
                    return Ok((lease, head));
                }
                Err(Unanswered { failure: Failure::ConnectionLost { .. }, unsent })
                    if is_first && !is_new && hop.payload.is_repeatable() && (unsent || hop.method.is_idempotent()) =>
                {
                    self.request.label.retried(self.host);
                    is_first = false;
                }
                Err(Unanswered { failure, .. }) => return Err(failure.into()),
            }
        }
    }

    async fn send(&self, lease: &mut Lease, hop: &Hop) -> mlua::Result<Result<Head, Unanswered>> {
        let own = &self.request.own;
        let mut headers = own.common.headers.clone();
        let address = self.pool.address();
        if own.common.cookies && !self.client.jar().borrow().is_empty() {
            let cookies = self.client.jar().borrow().header(&address.url_of(&hop.uri));
            headers.extend(cookies.map(|cookies| (COOKIE, cookies)));
        }
        if !hop.keeps_body {
            headers.remove(crate::drivers::http::header::CONTENT_TYPE);
        }
        let request = address.request(hop.method.clone(), hop.uri.clone(), headers, hop.payload.clone());
        match own.body.source.as_ref().filter(|_| hop.keeps_body) {
            None => {
                let sending = async {
                    let answer = lease.send(request).await;
                    self.watch.take_off(lease.held());
                    answer
                };
                Ok(self.watch.time(sending).await?)
            }
            Some((function, feed)) => {
                let sending = async {
                    let sending = pin!(lease.send(request));
                    let making = pin!(self.make(function, feed));
                    match select(sending, making).await {
                        // The server may answer before it has all.
                        Either::Left((answer, _)) => Ok((answer, true)),
                        Either::Right((Ok(()), sending)) => Ok((sending.await, false)),
                        Either::Right((Err(error), _)) => Err(error),
                    }
                };
                let (answer, is_cut_short) = self.watch.time(sending).await??;
                if is_cut_short {
                    // What is missing of the body would be taken for the beginning of the next request.
                    feed.break_off();
                    lease.give_up();
                }
                Ok(answer)
            }
        }
    }

    /// Has the script's function make the body, piece by piece.
    async fn make(&self, function: &Function, feed: &Feed) -> mlua::Result<()> {
        loop {
            feed.wanted().await;
            let begun = Instant::now();
            let piece = call::<Value>(function, ()).await;
            self.watch.take_off(begun.elapsed());
            match piece {
                Ok(Value::Nil) => {
                    feed.finish();
                    return Ok(());
                }
                Ok(Value::String(piece)) => feed.put(Bytes::from(body::owned(&piece))),
                Ok(other) => {
                    feed.break_off();
                    let message = format!("`body`: its function gave {}, neither a string nor nil", describe(&other));
                    return Err(Thrown::misuse(message).into());
                }
                Err(error) => {
                    feed.break_off();
                    return Err(error);
                }
            }
        }
    }

    /// Where an answer points, if it is to be followed.
    fn next(&self, hop: &Hop, head: &Head, followed: u64) -> mlua::Result<Option<Hop>> {
        let most = self.request.own.common.redirects;
        if most == 0 || !head.status.is_redirection() {
            return Ok(None);
        }
        let address = self.pool.address();
        let at = address.url_of(&hop.uri);
        let Some(Next { method, url, keeps_body }) = redirect::next(head.status, &head.headers, &hop.method, &at)
        else {
            return Ok(None);
        };
        let refused = |message: String| Err(Failure::Http { fault: HttpFault::Redirect, message }.into());
        if followed >= most {
            return refused(format!("`{}` was redirected more than {most} times", self.request.label.text));
        }
        let Some(uri) = address.uri_of(&url) else {
            let place = url.host_str().unwrap_or_default();
            return refused(format!(
                "`{}` was redirected to `{place}`, which is not the target `{}`",
                self.request.label.text,
                self.client.target()
            ));
        };
        if keeps_body && !hop.payload.is_repeatable() {
            return refused(format!("`{}` was redirected, and its body can't be made twice", self.request.label.text));
        }
        let payload = if keeps_body { hop.payload.clone() } else { Payload::default() };
        Ok(Some(Hop { method, uri, payload, keeps_body: keeps_body && hop.keeps_body }))
    }

    /// Reads the answer that is not followed any further.
    async fn take(&self, hop: &Hop, mut lease: Lease, head: Head) -> mlua::Result<Response> {
        let own = &self.request.own;
        let status = head.status.as_u16();
        if own.common.expect.as_ref().is_some_and(|expect| !expect.admits(status)) {
            let read = answer::drain(&mut lease, self.watch).await;
            self.count_bytes(&mut lease);
            read?;
            let message = format!("`{}` answered {}", self.request.label.text, head.status);
            return Err(Failure::Http { fault: HttpFault::Status(status), message }.into());
        }
        if own.common.expect.is_none() && status >= 400 {
            self.request.label.unasked(self.host, status);
        }
        let mut sink = Sink::new(&own.keep);
        let read = answer::read(self.lua, &mut lease, &head, self.watch, &mut sink).await;
        self.count_bytes(&mut lease);
        read?;
        let (body, size) = sink.finish();
        Ok(Response { status, headers: head.headers, body, size, path: hop.uri.to_string() })
    }

    fn take_cookies(&self, hop: &Hop, head: &Head) {
        use crate::drivers::http::header::SET_COOKIE;
        if self.request.own.common.cookies && head.headers.contains_key(SET_COOKIE) {
            let url = self.pool.address().url_of(&hop.uri);
            self.client.jar().borrow_mut().take(&url, &head.headers);
        }
    }

    fn count_bytes(&self, lease: &mut Lease) {
        Tally::add(&self.client.user().tally.bytes, lease.take_bytes());
    }
}
