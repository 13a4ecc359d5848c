//! The report for terminals and text files.

use comfy_table::{
    Attribute, Cell as TableCell, CellAlignment, Color, ColumnConstraint, ContentArrangement, LineStyle,
    Table as Layout, TableStyle,
};

use super::Style;
use super::document::{Block, Cell, Note, Section, Table, Tone, document};
use crate::record::Record;

/// Lines are indented by this under their title.
const INDENT: u16 = 1;

const BARE: TableStyle = TableStyle::new();
const RULED: TableStyle = TableStyle::new().header_separator(LineStyle::none().fill('─'));

/// The report of a record.
pub fn render(record: &Record, style: &Style) -> String {
    sections(&document(record), style)
}

/// Sections one after the other.
pub(super) fn sections(sections: &[Section], style: &Style) -> String {
    sections.iter().map(|section| self::section(section, style)).collect::<Vec<_>>().join("\n")
}

fn section(section: &Section, style: &Style) -> String {
    let mut text = paint(&section.title, style);
    text.push('\n');
    for block in &section.blocks {
        let layout = match block {
            Block::Pairs(pairs) => self::pairs(pairs, style),
            Block::Table(table) => self::table(table, style),
            Block::Notes(notes) => self::notes(notes, style),
        };
        for line in layout.lines() {
            text.push_str(&" ".repeat(usize::from(INDENT)));
            text.push_str(line.trim_end());
            text.push('\n');
        }
    }
    text
}

/// A title, bold if that can be.
fn paint(title: &str, style: &Style) -> String {
    if style.colour { format!("\u{1b}[1m{title}\u{1b}[0m") } else { title.to_owned() }
}

fn layout(style: &Style, look: TableStyle) -> Layout {
    let mut layout = Layout::new();
    layout.load_style(look);
    layout.set_width(style.width - INDENT);
    layout.set_content_arrangement(ContentArrangement::Dynamic);
    match style.colour {
        true => layout.enforce_styling(),
        false => layout.force_no_tty(),
    };
    layout
}

fn pairs(pairs: &[(&'static str, Cell)], style: &Style) -> Layout {
    let mut layout = layout(style, BARE);
    for (name, value) in pairs {
        layout.add_row([TableCell::new(name), cell(value)]);
    }
    keep_whole(&mut layout, 0);
    layout
}

fn notes(notes: &[Note], style: &Style) -> Layout {
    let mut layout = layout(style, BARE);
    for note in notes {
        layout.add_row([toned(note.mark(), note.tone), TableCell::new(&note.text)]);
    }
    keep_whole(&mut layout, 0);
    layout
}

fn table(table: &Table, style: &Style) -> Layout {
    let kept = fitting(table, usize::from(style.width - INDENT));
    let mut layout = layout(style, RULED);
    layout.set_header(kept.iter().map(|&at| toned(table.columns[at].title, Tone::Faint)).collect::<Vec<_>>());
    for row in &table.rows {
        layout.add_row(kept.iter().map(|&at| cell(&row[at])).collect::<Vec<_>>());
    }
    for (position, _) in kept.iter().enumerate().filter(|(_, at)| table.columns[**at].figures) {
        keep_whole(&mut layout, position);
        if let Some(column) = layout.column_mut(position) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    layout
}

/// Text that is broken is still readable in so many columns.
const READABLE: usize = 28;

/// Text that must make room for figures is broken into as few columns as this.
const CRAMPED: usize = 10;

/// The columns for which there is room, those that can be spared left out first: figures before text is cramped, text
/// only where that does not help either.
fn fitting(table: &Table, room: usize) -> Vec<usize> {
    let width = |at: usize, readable: usize| {
        let cells = table.rows.iter().map(|row| row[at].text.chars().count());
        let widest = cells.chain([table.columns[at].title.chars().count()]).max().unwrap_or(0);
        // A blank stands on either side.
        2 + if table.columns[at].figures { widest } else { widest.min(readable) }
    };
    let mut kept: Vec<usize> = (0..table.columns.len()).collect();
    for (readable, figures) in [(READABLE, true), (CRAMPED, false)] {
        while kept.iter().map(|&at| width(at, readable)).sum::<usize>() > room {
            let spare = |at: usize| table.columns[at].spare.filter(|_| table.columns[at].figures == figures);
            let spared = kept.iter().copied().filter_map(|at| Some((spare(at)?, at))).min();
            let Some((_, spared)) = spared else { break };
            kept.retain(|&at| at != spared);
        }
    }
    kept
}

/// Never breaks the lines of a column.
fn keep_whole(layout: &mut Layout, position: usize) {
    if let Some(column) = layout.column_mut(position) {
        column.set_constraint(ColumnConstraint::ContentWidth);
    }
}

fn cell(cell: &Cell) -> TableCell {
    toned(&cell.text, cell.tone)
}

fn toned(text: &str, tone: Tone) -> TableCell {
    let cell = TableCell::new(text);
    match tone {
        Tone::Plain => cell,
        Tone::Strong => cell.add_attribute(Attribute::Bold),
        Tone::Faint => cell.add_attribute(Attribute::Dim),
        Tone::Good => cell.fg(Color::Green),
        Tone::Doubtful => cell.fg(Color::Yellow),
        Tone::Bad => cell.fg(Color::Red),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;

    #[test]
    fn the_whole_report_in_text() {
        insta::assert_snapshot!(render(&sample::record(), &Style::default()));
    }

    #[test]
    fn a_run_that_never_began_has_a_report() {
        insta::assert_snapshot!(render(&sample::empty(), &Style::default()));
    }

    #[test]
    fn no_line_is_wider_than_asked() {
        for record in [sample::record(), sample::empty(), sample::wide()] {
            for line in render(&record, &Style::default()).lines() {
                assert!(line.chars().count() <= 100, "{line}");
            }
        }
    }

    #[test]
    fn a_narrow_terminal_gets_fewer_columns_and_whole_words() {
        let narrow = render(&sample::record(), &Style::terminal(72, false));
        assert!(narrow.lines().all(|line| line.chars().count() <= 72), "{narrow}");
        insta::assert_snapshot!(narrow);
    }

    #[test]
    fn colour_adds_nothing_but_colour() {
        let record = sample::record();
        let plain = render(&record, &Style::default());
        let coloured = render(&record, &Style { colour: true, ..Style::default() });
        assert!(!plain.contains('\u{1b}') && coloured.contains('\u{1b}'));
        let mut parts = coloured.split('\u{1b}');
        let first = parts.next().unwrap_or_default().to_owned();
        let stripped = parts.fold(first, |text, part| text + part.split_once('m').map_or("", |(_, rest)| rest));
        let trimmed = |text: &str| text.lines().map(str::trim_end).collect::<Vec<_>>().join("\n");
        assert_eq!(trimmed(&stripped), trimmed(&plain));
    }
}
