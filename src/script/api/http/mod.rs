//! `user.http`: requests to the application in front.
//!
//! `client` is the object itself. A call's options become a [`Request`](request::Request) in `options` and `request`, with
//! its body out of `body` or `multipart`, its way by `route`; `exchange` sends it and reads what comes, through redirects and a connection that
//! the server has closed meanwhile; `sink` keeps, passes on or drops the body, and `response` is what scripts get. Figures
//! are kept under the names that `labels` gives.

mod answer;
mod body;
mod client;
mod exchange;
mod labels;
mod multipart;
mod options;
mod request;
mod response;
mod route;
mod sink;
mod stopwatch;

pub(super) use client::DEFAULT_TARGET;
pub use client::object;
pub(super) use labels::Label;
pub(super) use options::{Size, authorization, take_headers};
pub(super) use route::Route;
#[cfg(test)]
pub(super) use {client::METHODS, response::METHODS as RESPONSE_METHODS};
