//! Plain tables for the commands that list things.

use comfy_table::{ContentArrangement, Table, TableStyle};

/// The width that is always readable.
const WIDTH: u16 = 100;

/// A table without lines, with `header` if it has any.
pub fn plain<const N: usize>(header: Option<[&str; N]>, rows: impl IntoIterator<Item = [String; N]>) -> String {
    let mut table = Table::new();
    table
        .load_style(TableStyle::new())
        .force_no_tty()
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(WIDTH);
    if let Some(header) = header {
        table.set_header(header);
    }
    for row in rows {
        table.add_row(row);
    }
    // The first column's padding would shift everything by a blank.
    table.column_mut(0).map(|column| column.set_padding((0, 1)));
    table.trim_fmt()
}
