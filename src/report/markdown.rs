//! The report for wikis and pull requests.

use super::document::{Block, Cell, Note, Section, Table, Tone, document};
use crate::record::Record;

/// The report of a record.
pub(super) fn render(record: &Record) -> String {
    page(&format!("{}: {}", record.scenario.name, record.verdict), &document(record))
}

/// Sections under a title.
pub(super) fn page(title: &str, sections: &[Section]) -> String {
    let mut text = format!("# {}\n", escape(title));
    for section in sections {
        text.push('\n');
        text.push_str(&self::section(section));
    }
    text
}

fn section(section: &Section) -> String {
    let mut text = format!("## {}\n", escape(&section.title));
    for block in &section.blocks {
        text.push('\n');
        match block {
            Block::Pairs(pairs) => pairs.iter().for_each(|(name, value)| {
                text.push_str(&format!("- **{name}**: {}\n", cell(value)));
            }),
            Block::Notes(notes) => notes.iter().for_each(|note| text.push_str(&self::note(note))),
            Block::Table(table) => text.push_str(&self::table(table)),
        }
    }
    text
}

fn note(note: &Note) -> String {
    match note.tone {
        Tone::Good | Tone::Bad | Tone::Doubtful => format!("- {} {}\n", note.mark(), escape(&note.text)),
        Tone::Plain | Tone::Strong | Tone::Faint => format!("- {}\n", escape(&note.text)),
    }
}

fn table(table: &Table) -> String {
    let line = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
    let mut text = line(table.columns.iter().map(|column| column.title.to_owned()).collect());
    let rule = |figures: bool| if figures { "---:" } else { "---" }.to_owned();
    text.push_str(&line(table.columns.iter().map(|column| rule(column.figures)).collect()));
    for row in &table.rows {
        text.push_str(&line(row.iter().map(cell).collect()));
    }
    text
}

fn cell(cell: &Cell) -> String {
    let text = escape(cell.text.trim_start());
    match cell.tone {
        Tone::Strong if !text.is_empty() => format!("**{text}**"),
        _ => text,
    }
}

/// Text whose signs mean nothing in Markdown.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '\\' | '`' | '*' | '_' | '|' | '<' | '>' | '[' | ']' | '#') {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;

    #[test]
    fn the_whole_report_in_markdown() {
        insta::assert_snapshot!(render(&sample::record()));
    }

    #[test]
    fn a_name_of_several_lines_stays_in_its_row() {
        let mut record = sample::record();
        record.operations.iter_mut().for_each(|operation| operation.name = "read\n| all\r\tof it".to_owned());
        let rows = render(&record);
        assert!(rows.lines().any(|line| line.starts_with(r"| read \| all  of it | ")), "{rows}");
    }

    #[test]
    fn signs_in_names_mean_nothing() {
        assert_eq!(escape("a_b|c*"), r"a\_b\|c\*");
    }
}
