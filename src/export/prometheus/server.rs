//! The thread that answers scrapes.

use std::convert::Infallible;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::rc::Rc;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use hyper::body::Incoming;
use hyper::header::{ACCEPT, ALLOW, CONTENT_TYPE, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::render::{Format, Renderer};
use super::scrapes::Scrapes;
use super::stream::Stream;
use crate::drivers::http::Payload;
use crate::export::Shared;

/// Connections at a time; further ones wait until one is closed.
const MOST_CONNECTIONS: usize = 64;

/// How long the answers that are under way have at the end.
const FAREWELL: Duration = Duration::from_secs(1);

/// How long it rests when no connection can be taken, such as for want of files.
const BREATHER: Duration = Duration::from_millis(100);

const INDEX: &str = "throng, a load test that is going on\n/metrics has its figures for Prometheus\n";

/// Listens until it is stopped.
pub(super) struct Server {
    address: SocketAddr,
    scrapes: Arc<Scrapes>,
    enough: watch::Sender<bool>,
    thread: JoinHandle<()>,
}

impl Server {
    /// Begins to answer.
    pub(super) fn start(listener: TcpListener, figures: Shared) -> io::Result<Self> {
        let address = listener.local_addr()?;
        listener.set_nonblocking(true)?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let scrapes: Arc<Scrapes> = Arc::default();
        let answers = Answers { renderer: Renderer::new(figures.clone()), figures, scrapes: scrapes.clone() };
        let (enough, told) = watch::channel(false);
        let thread = std::thread::Builder::new().name("prometheus".to_owned()).spawn(move || {
            let local = tokio::task::LocalSet::new();
            local.block_on(&runtime, serve(listener, Rc::new(answers), told));
        })?;
        Ok(Self { address, scrapes, enough, thread })
    }

    /// Where it listens.
    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Who has fetched what.
    pub(super) fn scrapes(&self) -> &Scrapes {
        &self.scrapes
    }

    /// Finishes the answers that are under way, and listens no more.
    pub(super) fn stop(self) {
        // The thread may have ended by a panic, which was told by then.
        let _ = self.enough.send(true);
        let _ = self.thread.join();
    }
}

async fn serve(listener: TcpListener, answers: Rc<Answers>, mut enough: watch::Receiver<bool>) {
    // It has been made for this by now, and the runtime is there.
    let Ok(listener) = tokio::net::TcpListener::from_std(listener) else { return };
    let mut open = JoinSet::new();
    loop {
        tokio::select! {
            _ = enough.changed() => break,
            Some(_) = open.join_next() => {}
            accepted = listener.accept(), if open.len() < MOST_CONNECTIONS => match accepted {
                Ok((stream, _)) => drop(open.spawn_local(converse(Stream(stream), answers.clone(), enough.clone()))),
                Err(_) => tokio::time::sleep(BREATHER).await,
            },
        }
    }
    let _ = tokio::time::timeout(FAREWELL, async { while open.join_next().await.is_some() {} }).await;
}

/// Answers one connection's requests.
async fn converse(stream: Stream, answers: Rc<Answers>, mut enough: watch::Receiver<bool>) {
    let service = service_fn(|request| std::future::ready(Ok::<_, Infallible>(answers.answer(&request))));
    let mut connection = std::pin::pin!(http1::Builder::new().serve_connection(stream, service));
    // What goes wrong with it is its reader's loss.
    tokio::select! {
        _ = connection.as_mut() => return,
        _ = enough.changed() => connection.as_mut().graceful_shutdown(),
    }
    let _ = connection.await;
}

/// What is answered.
struct Answers {
    renderer: Renderer,
    figures: Shared,
    scrapes: Arc<Scrapes>,
}

impl Answers {
    fn answer(&self, request: &Request<Incoming>) -> Response<Payload> {
        match (request.method(), request.uri().path()) {
            (&Method::GET | &Method::HEAD, "/metrics") => self.metrics(request),
            (&Method::GET | &Method::HEAD, "/") => plain(StatusCode::OK, INDEX),
            (&Method::GET | &Method::HEAD, _) => plain(StatusCode::NOT_FOUND, "there is only /metrics here\n"),
            _ => {
                let mut refusal = plain(StatusCode::METHOD_NOT_ALLOWED, "there is nothing to be sent here\n");
                refusal.headers_mut().insert(ALLOW, HeaderValue::from_static("GET, HEAD"));
                refusal
            }
        }
    }

    fn metrics(&self, request: &Request<Incoming>) -> Response<Payload> {
        let accepted: Vec<&str> =
            request.headers().get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok()).collect();
        let format = Format::accepted(&accepted.join(","));
        // Before, since it may grow meanwhile.
        let intervals = self.figures.lock().intervals;
        let Ok(text) = self.renderer.render(format) else {
            return plain(StatusCode::INTERNAL_SERVER_ERROR, "the figures can't be written\n");
        };
        let mut answer = Response::new(Payload::from(text));
        answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(format.content_type()));
        if request.method() == Method::GET {
            self.scrapes.note(intervals);
        }
        answer
    }
}

fn plain(status: StatusCode, text: &'static str) -> Response<Payload> {
    let mut answer = Response::new(Payload::from(text));
    *answer.status_mut() = status;
    answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    answer
}
