//! What scripts can call: one file a module, and one line each in these registries.

pub mod csv;
pub mod env;
pub mod error;
pub mod exec;
pub mod file;
pub mod generate;
pub mod hash;
mod held;
pub mod http;
pub mod json;
pub mod log;
pub mod metrics;
pub mod pg;
pub mod phase;
pub mod redis;
#[cfg(test)]
mod reference;
pub mod root;
pub mod shared;
pub mod time;
pub mod user;
pub mod ws;

use std::rc::Rc;

use mlua::{Lua, Table, Value};

use super::host::Host;
use super::random;
use super::user::User;

/// A module that `require` finds.
pub struct Module {
    /// The name to require it by.
    pub name: &'static str,
    /// Makes its table.
    pub make: fn(&Lua) -> mlua::Result<Table>,
}

/// All native modules.
pub const MODULES: &[Module] = &[
    Module { name: "throng", make: root::module },
    Module { name: "throng.csv", make: csv::module },
    Module { name: "throng.env", make: env::module },
    Module { name: "throng.exec", make: exec::module },
    Module { name: "throng.file", make: file::module },
    Module { name: "throng.gen", make: generate::module },
    Module { name: "throng.hash", make: hash::module },
    Module { name: "throng.json", make: json::module },
    Module { name: "throng.log", make: log::module },
    Module { name: "throng.metrics", make: metrics::module },
    Module { name: "throng.pg", make: pg::module },
    Module { name: "throng.phase", make: phase::module },
    Module { name: "throng.shared", make: shared::module },
    Module { name: "throng.time", make: time::module },
];

/// A field of every user, such as `user.pg`.
pub struct UserField {
    /// Its name.
    pub name: &'static str,
    /// Whether users of this plan have it.
    pub wanted: fn(&Host) -> bool,
    /// Makes it for one user.
    pub make: fn(&Lua, &Rc<Host>, &Rc<User>) -> mlua::Result<Value>,
}

/// All fields that are objects of Rust.
pub const USER_FIELDS: &[UserField] = &[
    UserField { name: "http", wanted: |host| !host.plan.targets.http.is_empty(), make: http::object },
    UserField { name: "pg", wanted: |host| !host.plan.targets.postgres.is_empty(), make: pg::object },
    UserField { name: "random", wanted: |_| true, make: |lua, _, user| random::object(lua, user) },
    UserField { name: "redis", wanted: |host| !host.plan.targets.redis.is_empty(), make: redis::object },
    UserField { name: "ws", wanted: |host| !host.plan.targets.http.is_empty(), make: ws::object },
];
