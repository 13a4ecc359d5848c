//! A PostgreSQL client: connections, pools, statements, values.
//!
//! Start at [`Pool`], which lends a [`Connection`]; what a connection can do is spread over files
//! by concern: `run` (queries), `pipeline` (also batches), `transaction`, `copy`, `cursor`. [`CopyText`] writes rows for COPY.
//! [`Listener`] has a connection of its own.
//!
//! - `config`, `tls`, `connect` turn a connection string into an open session; `protocol` is what is spoken in it;
//!   `channel` gives overlapping callers their answers in order.
//! - [`Statement`] is what is sent; `prepared` is what a connection remembers of it; `placeholders` finds its `$n`
//!   and `control` whether it begins or ends transactions, both in the tokens of `lexer`.
//! - [`Param`] goes out through `encode`; [`Rows`] keep what came, which `codec` and `print` make a [`Value`] of, straight
//!   from its bytes; `types` learns the database's own.
//! - `error` and `sqlstate` put failures in the terms of [`Failure`](crate::drivers::Failure).
//!
//! Knows neither Lua nor statistics. Everything runs on the caller's single-threaded runtime.

mod channel;
mod codec;
mod columns;
mod config;
mod connect;
mod connection;
mod control;
mod copy;
mod copy_text;
mod cursor;
mod encode;
mod error;
mod exemplar;
mod explain;
mod fingerprint;
mod lexer;
mod libpq;
mod notify;
mod param;
mod pipeline;
mod placeholders;
mod pool;
mod prepared;
mod print;
mod protocol;
mod reader;
mod rows;
mod run;
mod session;
mod sqlstate;
mod statement;
mod tls;
mod transaction;
mod types;
mod value;

pub use columns::{Column, Columns};
pub use config::check;
pub use connection::Connection;
pub use control::controls_transaction;
pub use copy::{CopyIn, CopyOut};
pub use copy_text::CopyText;
pub use cursor::Cursor;
pub use exemplar::Exemplar;
pub use explain::{calls, has_plan, has_word, without_constants};
pub use fingerprint::fingerprint;
pub use libpq::variables;
pub use notify::{Listener, Notified};
pub use param::Param;
pub use pool::{Connector, Lease, Pool};
pub use reader::Malformed;
pub use rows::Rows;
pub use sqlstate::{condition_name, condition_names};
pub use statement::Statement;
pub use transaction::{Isolation, TransactionOptions};
pub use value::{List, Value};
