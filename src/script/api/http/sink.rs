//! What becomes of an answer's body.

use bytes::Bytes;
use mlua::{Function, Lua};

use crate::drivers::Failure;
use crate::drivers::http::HttpFault;
use crate::script::waiting::call;

/// What is to become of it.
pub(super) enum Keep {
    /// All of it is kept, if it is at most so many bytes.
    All(u64),
    /// A function gets it piece by piece.
    PassOn(Function),
    /// It is only counted.
    Nothing,
}

/// Takes a body piece by piece.
pub(super) struct Sink<'a> {
    keep: &'a Keep,
    kept: Vec<u8>,
    size: u64,
}

impl<'a> Sink<'a> {
    /// A sink without a byte yet.
    pub(super) fn new(keep: &'a Keep) -> Self {
        Self { keep, kept: Vec::new(), size: 0 }
    }

    /// Takes a piece.
    ///
    /// # Errors
    /// When it is more than may be kept, or the function raises an error.
    pub(super) async fn take(&mut self, lua: &Lua, piece: &Bytes) -> mlua::Result<()> {
        self.size += piece.len() as u64;
        match self.keep {
            Keep::All(most) if self.size > *most => Err(Failure::Http {
                fault: HttpFault::TooLarge,
                message: format!("the answer is larger than the {most} bytes of `max_size`"),
            }
            .into()),
            Keep::All(_) => {
                self.kept.extend_from_slice(piece);
                Ok(())
            }
            Keep::PassOn(function) if !piece.is_empty() => call(function, lua.create_string(piece)?).await,
            Keep::PassOn(_) | Keep::Nothing => Ok(()),
        }
    }

    /// What was kept, if it was to be, and how long the body was.
    pub(super) fn finish(self) -> (Option<Vec<u8>>, u64) {
        let kept = matches!(self.keep, Keep::All(_)).then_some(self.kept);
        (kept, self.size)
    }
}
