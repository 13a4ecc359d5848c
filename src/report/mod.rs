//! Reports: a record shown to people and programs.
//!
//! A reporter is a file with one function from a record to text and a line in [`registry`].
//! What the readable ones say is put together once, in [`document`]; how it looks is theirs.
//! [`live`] shows a run while it goes on. Nothing here measures or judges.

pub mod comparison;
mod csv;
mod document;
mod error;
mod github;
mod hdr;
pub mod history;
mod html;
pub mod human;
mod influx;
mod json;
mod junit;
#[cfg(test)]
mod keys;
pub mod live;
mod markdown;
mod read;
mod registry;
#[cfg(test)]
mod sample;
pub mod screen;
pub mod spread;
mod style;
pub mod suite;
mod text;
mod write;

pub use error::ReportError;
pub use read::{ReadError, read};
pub use registry::{FORMATS, Format, find, format, names};
pub use style::Style;
pub use text::render as terminal;
pub use write::{check, is_standard_output, write};
