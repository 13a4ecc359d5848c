//! Plain data that crosses from one Lua state to another.

use std::collections::BTreeMap;

/// A value without behaviour: what `setup` may return, and what `throng.shared` may hold.
#[derive(Debug, Clone, PartialEq)]
pub enum Data {
    /// Absent.
    Nil,
    /// `true` or `false`.
    Bool(bool),
    /// A 64-bit integer.
    Int(i64),
    /// A double.
    Float(f64),
    /// A byte string; Lua strings need not be UTF-8.
    Bytes(Vec<u8>),
    /// A sequence: keys 1 to n.
    List(Vec<Data>),
    /// A table with string keys.
    Map(BTreeMap<String, Data>),
}
