//! Digests of what comes piece by piece.

use md5::Md5;
use mlua::{Lua, LuaString, MultiValue, UserData, UserDataMethods, Value};
use sha2::{Digest as _, Sha256};

use super::hex;
use crate::script::args::Args;
use crate::script::error::Thrown;
use crate::script::fields::{Mismatch, Named};

/// How a digest is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::script::api) enum Algorithm {
    Sha256,
    Md5,
    Crc32,
}

impl Named for Algorithm {
    const EXPECTED: &'static str = "`sha256`, `md5` or `crc32`";

    fn named(value: Value) -> Result<Self, Mismatch> {
        match String::named(value)?.as_str() {
            "sha256" => Ok(Self::Sha256),
            "md5" => Ok(Self::Md5),
            "crc32" => Ok(Self::Crc32),
            other => Err(Mismatch::Content(format!("expected {}, got `{other}`", Self::EXPECTED))),
        }
    }
}

/// A digest under way.
pub(in crate::script::api) enum Running {
    Sha256(Sha256),
    Md5(Md5),
    Crc32(crc32fast::Hasher),
}

impl Algorithm {
    /// The digest of nothing so far.
    pub(in crate::script::api) fn start(self) -> Running {
        match self {
            Self::Sha256 => Running::Sha256(Sha256::new()),
            Self::Md5 => Running::Md5(Md5::new()),
            Self::Crc32 => Running::Crc32(crc32fast::Hasher::new()),
        }
    }
}

impl Running {
    /// Takes more bytes in.
    pub(in crate::script::api) fn update(&mut self, bytes: &[u8]) {
        match self {
            Self::Sha256(digest) => digest.update(bytes),
            Self::Md5(digest) => digest.update(bytes),
            Self::Crc32(digest) => digest.update(bytes),
        }
    }

    /// The digest of all that came.
    pub(in crate::script::api) fn finish(self) -> Checksum {
        match self {
            Self::Sha256(digest) => Checksum::Hex(hex(&digest.finalize())),
            Self::Md5(digest) => Checksum::Hex(hex(&digest.finalize())),
            Self::Crc32(digest) => Checksum::Number(digest.finalize()),
        }
    }
}

/// A digest, as the function of its name gives it for a string.
pub(in crate::script::api) enum Checksum {
    Hex(String),
    Number(u32),
}

impl Checksum {
    /// The value that scripts get.
    pub(in crate::script::api) fn into_lua(self, lua: &Lua) -> mlua::Result<Value> {
        match self {
            Self::Hex(text) => lua.create_string(text).map(Value::String),
            Self::Number(number) => Ok(Value::Integer(number.into())),
        }
    }
}

/// The object that `hash.stream` returns; empty once the digest was asked for.
pub(super) struct Stream(Option<Running>);

impl Stream {
    pub(super) fn new(algorithm: Algorithm) -> Self {
        Self(Some(algorithm.start()))
    }

    fn ended() -> Thrown {
        Thrown::misuse("this digest was already made")
    }
}

impl UserData for Stream {
    fn add_methods<M: UserDataMethods<Self>>(methods: &mut M) {
        methods.add_method_mut("update", |_, this, arguments: MultiValue| {
            let bytes: LuaString = Args::new("update", arguments).req("bytes")?;
            this.0.as_mut().ok_or_else(Self::ended)?.update(&bytes.as_bytes());
            Ok(())
        });
        methods.add_method_mut("digest", |lua, this, _: MultiValue| {
            this.0.take().ok_or_else(Self::ended)?.finish().into_lua(lua)
        });
    }
}
