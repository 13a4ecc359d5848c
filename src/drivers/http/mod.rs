//! HTTP: a pool of kept-alive connections, requests and answers, and what a user agent keeps beside them.
//!
//! A [`Pool`] gives out a [`Lease`], which derefs to a [`Connection`] that nobody else uses meanwhile: [`Connection::send`]
//! gives the [`Head`] of the answer, [`Connection::chunk`] its body piece by piece, so that a body of any size takes no
//! more memory than a piece. `hyper` speaks HTTP/1.1 over a socket out of `drivers/socket` (`stream`), and is driven by
//! whoever waits: there is no task and no channel between.
//!
//! `address` knows where a target is, `open` how to get there and how long each step took. [`Payload`] is a request's body,
//! [`Decoder`] undoes compression, [`Jar`] keeps a user's cookies, [`redirect`] says where an answer points.

mod address;
mod connection;
mod decode;
mod fault;
mod feed;
mod head;
mod jar;
mod open;
mod payload;
mod pool;
pub mod redirect;
mod stream;
mod tls;

pub use address::{Address, basic, check};
pub use connection::{Connection, Unanswered};
pub use decode::Decoder;
pub use fault::HttpFault;
pub use feed::Feed;
pub use head::Head;
pub use hyper::{HeaderMap, Method, Request, StatusCode, Uri, header};
pub use jar::Jar;
pub use open::Opening;
pub use payload::Payload;
pub use pool::{Connector, Lease, Pool};
pub(super) use stream::Stream;
pub use url::Url;
