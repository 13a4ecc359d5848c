//! An error as the server reports it, field by field.
//!
//! Source: PostgreSQL's documentation, "Error and Notice Message Fields".

use std::borrow::Cow;

/// An error from the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) struct Refusal(Vec<(u8, Box<str>)>);

impl Refusal {
    /// Reads the body of an ErrorResponse. What is cut off is left out.
    pub(in super::super) fn read(body: &[u8]) -> Self {
        let fields = body.split(|&byte| byte == 0).filter_map(|field| {
            let (&letter, text) = field.split_first()?;
            // A server that does not yet know our encoding may answer in its own.
            Some((letter, Cow::into_owned(String::from_utf8_lossy(text)).into()))
        });
        Self(fields.collect())
    }

    /// The field of that letter, if it came.
    pub(in super::super) fn field(&self, letter: u8) -> Option<&str> {
        self.0.iter().find(|(known, _)| *known == letter).map(|(_, text)| &**text)
    }

    /// The SQLSTATE.
    pub(in super::super) fn code(&self) -> &str {
        self.field(b'C').unwrap_or_default()
    }

    /// The primary message.
    pub(in super::super) fn message(&self) -> &str {
        self.field(b'M').unwrap_or_default()
    }

    /// The function of the server that reported it.
    pub(in super::super) fn routine(&self) -> Option<&str> {
        self.field(b'R')
    }

    /// Whether it ends the session.
    pub(in super::super) fn is_fatal(&self) -> bool {
        // `S` is translated, `V` is not, but is not everywhere sent by what stands in for PostgreSQL.
        matches!(self.field(b'V').or_else(|| self.field(b'S')), Some("FATAL" | "PANIC"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_found_by_their_letter() {
        let refusal = Refusal::read(b"SERREUR\0VERROR\0C23505\0Mdouble \xff\0nkey\0\0");
        assert_eq!((refusal.code(), refusal.message(), refusal.field(b'n')), ("23505", "double \u{fffd}", Some("key")));
        assert!(!refusal.is_fatal() && refusal.routine().is_none());
        assert!(Refusal::read(b"SFATAL\0Mno\0\0").is_fatal());
    }
}
