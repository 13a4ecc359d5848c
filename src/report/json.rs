//! The record itself.

use super::ReportError;
use crate::record::Record;

/// The record as JSON, indented.
pub(super) fn render(record: &Record) -> Result<String, ReportError> {
    let mut text = serde_json::to_string_pretty(record)?;
    text.push('\n');
    Ok(text)
}
