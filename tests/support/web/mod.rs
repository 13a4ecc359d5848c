//! An HTTP and WebSocket server for tests, on a thread of its own and a free port of loopback.
//!
//! [`Web`] answers well, as `routes` says, or is the application of an example (`app`); [`canned`] answers what a test puts into its mouth.

mod app;
mod canned;
mod certificate;
mod routes;
mod sockets;

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};
use std::thread;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

#[allow(unused_imports, reason = "each test binary uses its own part")]
pub use canned::{Canned, canned};
pub use certificate::Certificate;

use app::App;

/// What the server has seen so far.
#[derive(Debug, Default)]
pub struct Seen {
    /// Connections taken.
    pub connections: AtomicU64,
    /// Requests answered.
    pub requests: AtomicU64,
    /// WebSockets that ended with a farewell of the client.
    pub farewells: AtomicU64,
    /// WebSockets open now.
    pub open_sockets: AtomicU64,
}

/// A running server; it ends with the test binary.
pub struct Web {
    address: SocketAddr,
    is_tls: bool,
    seen: Arc<Seen>,
}

impl Web {
    /// Starts one.
    pub fn start() -> Self {
        Self::listen(None, None)
    }

    /// Starts one that speaks TLS.
    pub fn start_with(certificate: &Certificate) -> Self {
        Self::listen(Some(certificate.acceptor()), None)
    }

    /// Starts the application of `examples/front/members.lua` on a PostgreSQL, with TLS.
    pub fn start_office(postgres: &str, certificate: &Certificate) -> Self {
        Self::listen(Some(certificate.acceptor()), Some(postgres.to_owned()))
    }

    fn listen(tls: Option<TlsAcceptor>, office: Option<String>) -> Self {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let (address, seen) = (listener.local_addr().unwrap(), Arc::<Seen>::default());
        let (is_tls, told) = (tls.is_some(), seen.clone());
        thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let app = match office {
                    Some(postgres) => Some(App::new(&postgres).await),
                    None => None,
                };
                serve(TcpListener::from_std(listener).unwrap(), tls, told, app).await
            });
        });
        Self { address, is_tls, seen }
    }

    /// Where it is, with a path.
    pub fn url(&self, path: &str) -> String {
        let scheme = if self.is_tls { "https" } else { "http" };
        format!("{scheme}://localhost:{}{path}", self.address.port())
    }

    /// What it has seen.
    pub fn seen(&self) -> &Seen {
        &self.seen
    }
}

async fn serve(listener: TcpListener, tls: Option<TlsAcceptor>, seen: Arc<Seen>, app: Option<Arc<App>>) {
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        seen.connections.fetch_add(1, SeqCst);
        stream.set_nodelay(true).unwrap();
        let (tls, seen, app) = (tls.clone(), seen.clone(), app.clone());
        tokio::spawn(async move {
            match tls {
                None => answer(stream, seen, app).await,
                // A client that trusts nobody goes away at once.
                Some(tls) => {
                    if let Ok(stream) = tls.accept(stream).await {
                        answer(stream, seen, app).await;
                    }
                }
            }
        });
    }
}

async fn answer<S: AsyncRead + AsyncWrite + Unpin + Send + 'static>(stream: S, seen: Arc<Seen>, app: Option<Arc<App>>) {
    let service = service_fn(|request| {
        let (seen, app) = (seen.clone(), app.clone());
        async move {
            seen.requests.fetch_add(1, SeqCst);
            Ok::<_, Infallible>(match app {
                Some(app) => app.answer(request).await,
                None => routes::answer(request, &seen).await,
            })
        }
    });
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new());
    // Clients come and go as tests want them to.
    let _ = builder.serve_connection(TokioIo::new(stream), service).with_upgrades().await;
}
