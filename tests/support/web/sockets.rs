//! The server's end of WebSockets: it sends back what comes, and does what some messages ask for.

use std::sync::Arc;
use std::sync::atomic::Ordering::SeqCst;

use futures_util::{SinkExt, StreamExt};
use hyper::body::Incoming;
use hyper::{Request, header};
use hyper_util::rt::TokioIo;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, Role};
use tokio_tungstenite::tungstenite::{Bytes, Message};

use super::Seen;
use super::routes::{Answer, status, with};

/// A socket that is sent back what it sends.
pub(super) fn upgrade(request: Request<Incoming>, seen: Arc<Seen>) -> Answer {
    accept(request, async move |socket| {
        seen.open_sockets.fetch_add(1, SeqCst);
        talk(socket, &seen).await;
        seen.open_sockets.fetch_sub(1, SeqCst);
    })
}

/// Shakes hands, and has `work` do with the socket what it will.
pub(super) fn accept<W, F>(mut request: Request<Incoming>, work: W) -> Answer
where
    W: FnOnce(Socket) -> F + Send + 'static,
    F: Future<Output = ()> + Send,
{
    let Some(key) = request.headers().get(header::SEC_WEBSOCKET_KEY).cloned() else { return status(400) };
    let protocol = request.headers().get(header::SEC_WEBSOCKET_PROTOCOL).cloned();
    tokio::spawn(async move {
        let Ok(upgraded) = hyper::upgrade::on(&mut request).await else { return };
        work(WebSocketStream::from_raw_socket(TokioIo::new(upgraded), Role::Server, None).await).await;
    });
    let answer = with(status(101), header::CONNECTION, "upgrade");
    let answer = with(answer, header::UPGRADE, "websocket");
    let answer = with(answer, header::SEC_WEBSOCKET_ACCEPT, &derive_accept_key(key.as_bytes()));
    match protocol {
        // The first one that was offered.
        Some(offered) => {
            let first = offered.to_str().unwrap().split(',').next().unwrap().trim().to_owned();
            with(answer, header::SEC_WEBSOCKET_PROTOCOL, &first)
        }
        None => answer,
    }
}

/// The server's end of a socket.
pub(super) type Socket = WebSocketStream<TokioIo<hyper::upgrade::Upgraded>>;

async fn talk(mut socket: Socket, seen: &Seen) {
    while let Some(Ok(message)) = socket.next().await {
        let text = message.to_text().unwrap_or_default().to_owned();
        let answered = match (&message, text.split_once(' ')) {
            (Message::Close(_), _) => {
                seen.farewells.fetch_add(1, SeqCst);
                Ok(())
            }
            (Message::Text(_), Some(("close", code))) => {
                let code = code.parse::<u16>().unwrap().into();
                socket.close(Some(CloseFrame { code, reason: "as you wish".into() })).await
            }
            (Message::Text(_), Some(("burst", count))) => {
                let count = count.parse::<u32>().unwrap();
                let all = (1..=count).map(|number| Ok(Message::text(number.to_string())));
                socket.send_all(&mut futures_util::stream::iter(all)).await
            }
            (Message::Text(_), Some(("ping", what))) => {
                socket.send(Message::Ping(Bytes::copy_from_slice(what.as_bytes()))).await
            }
            (Message::Text(_), _) if text == "die" => return,
            (Message::Text(_), _) if text == "silence" => Ok(()),
            (Message::Text(_) | Message::Binary(_), _) => socket.send(message).await,
            _ => Ok(()),
        };
        if answered.is_err() {
            return;
        }
    }
}
