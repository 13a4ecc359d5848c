//! Rows in COPY's text format: <https://www.postgresql.org/docs/current/sql-copy.html>, "Text Format".

use std::sync::Arc;

use bytes::Bytes;
use tokio_postgres::types::Type;

use super::encode::{Mismatch, UnfitParameter, text_of};
use super::error::unfit_parameter;
use super::param::Param;
use super::print::{print_bytea, print_f64};
use crate::drivers::Failure;

/// Rows are collected up to this size before they are sent: as much as the server's own client sends at a time.
const CHUNK: usize = 64 * 1024;

/// Room for the row with which a chunk becomes full.
const ROOM: usize = CHUNK + 8 * 1024;

/// Writes rows value by value, straight into the chunk that is sent next.
pub struct CopyText {
    /// The statement's label, for errors.
    label: Arc<str>,
    chunk: Vec<u8>,
    /// Values of the row so far.
    values: usize,
    scratch: String,
}

impl CopyText {
    /// No rows yet; `label` names the statement in errors.
    pub fn new(label: &Arc<str>) -> Self {
        Self { label: label.clone(), chunk: Vec::with_capacity(ROOM), values: 0, scratch: String::new() }
    }

    /// NULL.
    pub fn null(&mut self) {
        self.begin();
        self.chunk.extend_from_slice(b"\\N");
    }

    /// A truth value.
    pub fn bool(&mut self, value: bool) {
        self.begin();
        self.chunk.extend_from_slice(if value { b"true" } else { b"false" });
    }

    /// An integer.
    pub fn int(&mut self, value: i64) {
        self.begin();
        self.chunk.extend_from_slice(itoa::Buffer::new().format(value).as_bytes());
    }

    /// A double.
    pub fn float(&mut self, value: f64) {
        self.begin();
        self.scratch.clear();
        // Writing to a string cannot fail.
        let _ = print_f64(value, &mut self.scratch);
        self.chunk.extend_from_slice(self.scratch.as_bytes());
    }

    /// A text.
    ///
    /// # Errors
    /// If no text in PostgreSQL can be like that.
    pub fn text(&mut self, text: &[u8]) -> Result<(), Failure> {
        self.begin();
        if text.iter().all(|&byte| is_plain(byte)) {
            self.chunk.extend_from_slice(text);
            return Ok(());
        }
        match std::str::from_utf8(text) {
            Ok(text) if text.contains('\0') => Err(self.unfit(Mismatch::Nul)),
            Ok(text) => {
                self.escape(text.as_bytes());
                Ok(())
            }
            Err(_) => Err(self.unfit(Mismatch::NotUtf8)),
        }
    }

    /// Bytes for `bytea`.
    pub fn bytes(&mut self, bytes: &[u8]) {
        self.begin();
        self.scratch.clear();
        let _ = print_bytea(bytes, &mut self.scratch);
        let text = std::mem::take(&mut self.scratch);
        self.escape(text.as_bytes());
        self.scratch = text;
    }

    /// Any value.
    ///
    /// # Errors
    /// If it has no text form.
    pub fn value(&mut self, value: &Param) -> Result<(), Failure> {
        match value {
            Param::Null => self.null(),
            Param::Bool(value) => self.bool(*value),
            Param::Int(value) => self.int(*value),
            Param::Float(value) => self.float(*value),
            Param::Text(text) => self.text(text)?,
            Param::Bytes(bytes) => self.bytes(bytes),
            Param::List(_) | Param::Map(_) => {
                self.begin();
                let text = text_of(value, &Type::UNKNOWN).map_err(|mismatch| self.unfit(mismatch))?;
                self.escape(text.as_bytes());
            }
        }
        Ok(())
    }

    /// Ends the row.
    pub fn end_row(&mut self) {
        self.chunk.push(b'\n');
        self.values = 0;
    }

    /// What is in the format already, or in any other that the statement asks for.
    pub fn raw(&mut self, text: &[u8]) {
        self.chunk.extend_from_slice(text);
    }

    /// The statement's label.
    pub fn label(&self) -> &Arc<str> {
        &self.label
    }

    /// Values of the row so far.
    pub fn values(&self) -> usize {
        self.values
    }

    /// Whether it is time to send.
    pub fn is_full(&self) -> bool {
        self.chunk.len() >= CHUNK
    }

    /// Takes out what there is to send.
    pub fn take(&mut self) -> Bytes {
        std::mem::replace(&mut self.chunk, Vec::with_capacity(ROOM)).into()
    }

    fn begin(&mut self) {
        if self.values > 0 {
            self.chunk.push(b'\t');
        }
        self.values += 1;
    }

    fn escape(&mut self, text: &[u8]) {
        for &byte in text {
            match byte {
                b'\\' => self.chunk.extend_from_slice(b"\\\\"),
                b'\t' => self.chunk.extend_from_slice(b"\\t"),
                b'\n' => self.chunk.extend_from_slice(b"\\n"),
                b'\r' => self.chunk.extend_from_slice(b"\\r"),
                _ => self.chunk.push(byte),
            }
        }
    }

    fn unfit(&self, mismatch: Mismatch) -> Failure {
        unfit_parameter(&UnfitParameter { number: self.values, mismatch }, &self.label)
    }
}

/// ASCII that stands for itself.
fn is_plain(byte: u8) -> bool {
    (b' '..0x7f).contains(&byte) && byte != b'\\'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_of_copy_text_escapes_what_would_end_it() {
        let mut rows = CopyText::new(&"load".into());
        rows.int(i64::MIN);
        rows.null();
        rows.text("a\tb\\c\nü".as_bytes()).unwrap();
        rows.bool(true);
        rows.end_row();
        rows.value(&Param::Bytes(b"\x00\xff".to_vec())).unwrap();
        rows.value(&Param::List(vec![Param::Int(1), Param::from("a\\b")])).unwrap();
        rows.value(&Param::Float(f64::INFINITY)).unwrap();
        rows.end_row();
        let expected = "-9223372036854775808\t\\N\ta\\tb\\\\c\\nü\ttrue\n\\\\x00ff\t{1,\"a\\\\\\\\b\"}\tInfinity\n";
        assert_eq!(rows.take(), expected);
    }

    #[test]
    fn what_is_no_text_is_refused_with_its_place() {
        let mut rows = CopyText::new(&"load".into());
        rows.int(1);
        for (text, expected) in [(&b"a\0"[..], "parameter 2 of statement `load` contains a NUL"), (b"\xff", "UTF-8")] {
            let failure = rows.text(text).unwrap_err().to_string();
            assert!(failure.contains(expected), "{failure}");
            rows.values -= 1;
        }
    }
}
