//! Reading an answer's body to its end, so that its connection can be used again.

use bytes::Bytes;
use mlua::Lua;

use super::sink::Sink;
use super::stopwatch::Stopwatch;
use crate::drivers::Failure;
use crate::drivers::http::header::CONTENT_ENCODING;
use crate::drivers::http::{Connection, Decoder, Head, HttpFault};

/// What is read of a body that nobody wants; beyond it another connection is cheaper.
const WORTH_READING: u64 = 64 * 1024;

/// Reads the body, and gives it to `sink` with compression undone.
pub(super) async fn read(
    lua: &Lua,
    connection: &mut Connection,
    head: &Head,
    watch: &Stopwatch,
    sink: &mut Sink<'_>,
) -> mlua::Result<()> {
    let encoding = head.headers.get(CONTENT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let mut decoder = Decoder::new(encoding);
    let mut is_empty = true;
    while let Some(mut piece) = watch.time(connection.chunk()).await?? {
        while !piece.is_empty() {
            is_empty = false;
            let decoded = decoder.decode(&mut piece).map_err(|error| garbled(encoding, &error))?;
            sink.take(lua, &decoded).await?;
        }
    }
    // An answer to HEAD says how its body would be packed, and has none.
    if !is_empty {
        let last: Bytes = decoder.finish().map_err(|error| garbled(encoding, &error))?;
        sink.take(lua, &last).await?;
    }
    Ok(())
}

/// Reads a body that nobody wants, if it is short.
pub(super) async fn drain(connection: &mut Connection, watch: &Stopwatch) -> Result<(), Failure> {
    let mut size = 0;
    while let Some(piece) = watch.time(connection.chunk()).await?? {
        size += piece.len() as u64;
        if size > WORTH_READING {
            break;
        }
    }
    Ok(())
}

fn garbled(encoding: &str, error: &std::io::Error) -> Failure {
    let message = format!("the answer's body is not the `{encoding}` that its header says: {error}");
    Failure::Http { fault: HttpFault::Protocol, message }
}
