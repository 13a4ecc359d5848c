//! What the server answers, by path.

use std::collections::HashMap;
use std::convert::Infallible;
use std::io::Write;
use std::sync::Arc;
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;
use futures_util::stream;
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full, StreamBody};
use hyper::body::{Bytes, Frame, Incoming};
use hyper::header::{self, HeaderName, HeaderValue};
use hyper::{Request, Response, StatusCode};
use serde_json::{Value, json};

use super::{Seen, sockets};

pub(super) type Answer = Response<UnsyncBoxBody<Bytes, Infallible>>;

/// A piece of a streamed body.
const PIECE: usize = 64 * 1024;

pub(super) async fn answer(request: Request<Incoming>, seen: &Arc<Seen>) -> Answer {
    let path = request.uri().path().to_owned();
    let query = query(request.uri().query().unwrap_or_default());
    let number = |name: &str| query.get(name).and_then(|value| value.parse::<u64>().ok()).unwrap_or(0);
    let (first, rest) = path[1..].split_once('/').unwrap_or((&path[1..], ""));
    match first {
        "hello" => text("hello"),
        "json" => {
            with(text(r#"{"id":9007199254740993,"list":[],"none":null}"#), header::CONTENT_TYPE, "application/json")
        }
        // A shop, as pages of the documentation have one.
        "products" => with(text(&format!(r#"{{"id":{rest},"name":"tea"}}"#)), header::CONTENT_TYPE, "application/json"),
        "orders" => status(201),
        "echo" => echo(request).await,
        "sink" => sink(request).await,
        // A collector of OpenTelemetry's: an empty answer is the message that all was taken.
        "v1" => {
            sink(request).await;
            with(text(""), header::CONTENT_TYPE, "application/x-protobuf")
        }
        "status" => status(rest.parse().unwrap_or(500)),
        "slow" => {
            tokio::time::sleep(Duration::from_millis(number("ms"))).await;
            text("late")
        }
        "stream" => streamed(number("size") as usize),
        "gzip" => zipped(&"the same again and again ".repeat(1000)),
        "close" => with(text("bye"), header::CONNECTION, "close"),
        "set" => with(text("set"), header::SET_COOKIE, &format!("{rest}; Path=/")),
        "again" => match rest.parse::<u32>().unwrap_or(0) {
            0 => text("there"),
            left => with(status(302), header::LOCATION, &format!("/again/{}", left - 1)),
        },
        "post_and_look" => with(status(303), header::LOCATION, "/echo"),
        "moved" => with(status(307), header::LOCATION, "/echo"),
        "elsewhere" => with(status(302), header::LOCATION, "http://elsewhere.example/"),
        "ws" => sockets::upgrade(request, seen.clone()),
        _ => status(404),
    }
}

fn query(text: &str) -> HashMap<String, String> {
    url::form_urlencoded::parse(text.as_bytes()).into_owned().collect()
}

pub(super) fn text(text: &str) -> Answer {
    Response::new(Full::new(Bytes::from(text.to_owned())).boxed_unsync())
}

pub(super) fn status(code: u16) -> Answer {
    let mut answer = text(&format!("status {code}"));
    *answer.status_mut() = StatusCode::from_u16(code).unwrap();
    answer
}

pub(super) fn with(mut answer: Answer, name: HeaderName, value: &str) -> Answer {
    answer.headers_mut().insert(name, HeaderValue::try_from(value).unwrap());
    answer
}

/// Tells what was asked, as JSON.
async fn echo(request: Request<Incoming>) -> Answer {
    let (head, body) = request.into_parts();
    let headers: serde_json::Map<String, Value> = head
        .headers
        .iter()
        .map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned().into()))
        .collect();
    let body = body.collect().await.map(|body| body.to_bytes()).unwrap_or_default();
    let told = json!({
        "method": head.method.as_str(),
        "path": head.uri.path(),
        "query": head.uri.query(),
        "headers": headers,
        "body": String::from_utf8_lossy(&body),
    });
    text(&told.to_string())
}

/// Counts a body without keeping it.
async fn sink(request: Request<Incoming>) -> Answer {
    let mut body = request.into_body();
    let mut size = 0;
    while let Some(Ok(frame)) = body.frame().await {
        size += frame.data_ref().map_or(0, Bytes::len);
    }
    text(&size.to_string())
}

fn streamed(size: usize) -> Answer {
    let piece = Bytes::from(vec![b'x'; PIECE]);
    let pieces = stream::unfold(size, move |left| {
        let piece = piece.slice(..left.min(PIECE));
        let next = left - piece.len();
        async move { (!piece.is_empty()).then_some((Ok(Frame::data(piece)), next)) }
    });
    Response::new(StreamBody::new(pieces).boxed_unsync())
}

fn zipped(text: &str) -> Answer {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(text.as_bytes()).unwrap();
    let body = Full::new(Bytes::from(encoder.finish().unwrap())).boxed_unsync();
    with(Response::new(body), header::CONTENT_ENCODING, "gzip")
}
