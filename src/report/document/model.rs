//! What a report consists of, whatever it looks like.

/// A part of a report under a title.
#[derive(Debug, Clone, PartialEq)]
pub struct Section {
    /// Its title.
    pub title: String,
    /// What stands under it.
    pub blocks: Vec<Block>,
}

impl Section {
    /// A section of one block.
    pub fn new(title: impl Into<String>, blocks: impl IntoIterator<Item = Block>) -> Self {
        Self { title: title.into(), blocks: blocks.into_iter().collect() }
    }
}

/// Something under a title.
#[derive(Debug, Clone, PartialEq)]
pub enum Block {
    /// Names and what they have.
    Pairs(Vec<(&'static str, Cell)>),
    /// Rows under headings.
    Table(Table),
    /// Sentences with a mark in front.
    Notes(Vec<Note>),
}

/// Rows under headings.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// The columns.
    pub columns: Vec<Column>,
    /// As many cells in each row as there are columns.
    pub rows: Vec<Vec<Cell>>,
}

/// A column's heading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    /// What it says.
    pub title: &'static str,
    /// Whether its cells are figures, which stand to the right and are never broken.
    pub figures: bool,
    /// Whether it may be left out where there is no room, the lowest first.
    pub spare: Option<usize>,
}

impl Column {
    /// A column of text.
    pub fn text(title: &'static str) -> Self {
        Self { title, figures: false, spare: None }
    }

    /// A column of figures.
    pub fn figures(title: &'static str) -> Self {
        Self { title, figures: true, spare: None }
    }
}

/// One column of text and then figures, of which those in `spare` may be left out in that order.
pub fn columns(text: &'static str, figures: &[&'static str], spare: &[&'static str]) -> Vec<Column> {
    let figures = figures
        .iter()
        .map(|&title| Column { spare: spare.iter().position(|name| *name == title), ..Column::figures(title) });
    std::iter::once(Column::text(text)).chain(figures).collect()
}

/// A bit of text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    /// What it says.
    pub text: String,
    /// How it stands out.
    pub tone: Tone,
}

impl Cell {
    /// The same, standing out.
    pub fn tone(self, tone: Tone) -> Self {
        Self { tone, ..self }
    }
}

impl<T: Into<String>> From<T> for Cell {
    /// On one line: a name that a script made may have breaks in it, which would break its row.
    fn from(text: T) -> Self {
        let text = text.into();
        let one_line = || text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        Self { text: if text.contains(char::is_control) { one_line() } else { text }, tone: Tone::Plain }
    }
}

/// How something stands out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// Not at all.
    Plain,
    /// As a heading within a table.
    Strong,
    /// As less important.
    Faint,
    /// As good.
    Good,
    /// As doubtful.
    Doubtful,
    /// As bad.
    Bad,
}

/// A sentence with a mark in front.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// The mark's tone.
    pub tone: Tone,
    /// The sentence.
    pub text: String,
}

impl Note {
    /// A note.
    pub fn new(tone: Tone, text: impl Into<String>) -> Self {
        Self { tone, text: text.into() }
    }

    /// The mark: a tick, a cross, an exclamation mark or a dot.
    pub fn mark(&self) -> &'static str {
        match self.tone {
            Tone::Good => "✓",
            Tone::Bad => "✗",
            Tone::Doubtful => "!",
            Tone::Plain | Tone::Strong | Tone::Faint => "·",
        }
    }
}
