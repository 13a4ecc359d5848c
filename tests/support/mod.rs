//! What the tests share: one PostgreSQL and one Redis for each test binary.
//!
//! The servers stand in statics, which are never dropped; each server's own watcher ends it
//! when the test binary ends, however it ends. Tests that stop or break a server start their own.

#![allow(dead_code, reason = "each test binary uses its own part")]

pub mod bouncer;
pub mod browser;
pub mod celery;
pub mod eventually;
pub mod exchange;
pub mod influxdb;
pub mod majors;
pub mod pg;
pub mod play;
pub mod playing;
pub mod prometheus;
pub mod pty;
pub mod python;
pub mod receiver;
pub mod scenarios;
pub mod some_at_a_time;
pub mod startup;
pub mod tls;
pub mod web;

use std::sync::OnceLock;

use throng::servers::{PostgresOptions, RedisOptions, ThrowawayPostgres, ThrowawayRedis};

/// The PostgreSQL of this test binary.
pub fn postgres() -> &'static ThrowawayPostgres {
    static SERVER: OnceLock<ThrowawayPostgres> = OnceLock::new();
    SERVER.get_or_init(|| ThrowawayPostgres::start(&PostgresOptions::default()).expect("PostgreSQL starts"))
}

/// The Redis of this test binary.
pub fn redis() -> &'static ThrowawayRedis {
    static SERVER: OnceLock<ThrowawayRedis> = OnceLock::new();
    SERVER.get_or_init(|| ThrowawayRedis::start(&RedisOptions::default()).expect("Redis starts"))
}
