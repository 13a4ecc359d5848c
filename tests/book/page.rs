//! Pages and what is in them.

use std::fs;
use std::path::{Path, PathBuf};

/// A page of the documentation.
pub struct Page {
    /// Its path from the project's folder.
    pub name: String,
    /// Its text.
    pub text: String,
}

/// A fenced block.
#[derive(Default)]
pub struct Block {
    /// The line of its fence, from 1 on.
    pub line: usize,
    /// What it is fenced as.
    pub language: String,
    /// Its text, without the indentation of its fence.
    pub text: String,
    /// The file that it is.
    pub file: Option<String>,
    /// Commands that are run before its own.
    pub before: Vec<String>,
    /// What its commands must say, each of it one of them.
    pub says: Vec<String>,
}

/// The project's folder.
pub fn project() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// README, CONTRIBUTING, and every page of the book.
pub fn pages() -> Vec<Page> {
    let mut paths = vec![project().join("README.md"), project().join("CONTRIBUTING.md")];
    paths.extend(files(&project().join("docs"), "md"));
    let page = |path: PathBuf| Page {
        name: path.strip_prefix(project()).expect("it is below").display().to_string(),
        text: fs::read_to_string(&path).expect("a page is UTF-8"),
    };
    paths.into_iter().map(page).collect()
}

/// The files in a folder and those below it whose names end so.
pub fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("the folder can be listed");
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("the folder can be listed").path()).collect();
    paths.sort();
    let (folders, found): (Vec<_>, Vec<_>) = paths.into_iter().partition(|path| path.is_dir());
    let found = found.into_iter().filter(|path| path.extension().is_some_and(|its| its == ending));
    found.chain(folders.iter().flat_map(|folder| files(folder, ending))).collect()
}

/// A text without regard to how it is broken and spaced.
pub fn squeezed(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The same of a table's head, without the columns that a report has only where there is something to tell.
pub fn table_head(line: &str) -> String {
    let columns = [" Wait", " Pool", " Unknown", " Server, of which"];
    columns.iter().fold(squeezed(line), |head, column| head.replace(column, ""))
}

impl Page {
    /// Its fenced blocks, in order.
    pub fn blocks(&self) -> Vec<Block> {
        let (mut blocks, mut marks) = (Vec::new(), Block::default());
        let mut lines = self.text.lines().enumerate();
        while let Some((number, line)) = lines.next() {
            let trimmed = line.trim_start();
            if let Some(language) = trimmed.strip_prefix("```") {
                let indent = line.len() - trimmed.len();
                let inside = lines.by_ref().map(|(_, line)| line).take_while(|line| line.trim() != "```");
                let inside: Vec<&str> = inside.map(|line| line.get(indent..).unwrap_or_default()).collect();
                let (language, text) = (language.to_owned(), inside.join("\n"));
                blocks.push(Block { line: number + 1, language, text, ..std::mem::take(&mut marks) });
            } else if let Some(mark) = trimmed.strip_prefix("<!-- ").and_then(|rest| rest.strip_suffix(" -->")) {
                marks.take_mark(mark);
            } else if !trimmed.is_empty() {
                marks = Block::default();
            }
        }
        blocks
    }

    /// What readers see: its text without comments.
    pub fn visible(&self) -> String {
        let is_comment = |line: &&str| line.trim_start().starts_with("<!-- ");
        self.text.lines().filter(|line| !is_comment(line)).collect::<Vec<_>>().join("\n")
    }

    /// Commands that stand indented in running text, which generated pages take from the scenarios' own summaries.
    pub fn indented_commands(&self) -> Vec<&str> {
        let mut fenced = false;
        let mut outside = |line: &&str| {
            fenced ^= line.starts_with("```");
            !fenced
        };
        let lines: Vec<&str> = self.text.lines().filter(|line| outside(line)).collect();
        lines.into_iter().filter_map(|line| line.strip_prefix("    throng ")).collect()
    }
}

impl Block {
    /// Takes what a comment says of the block behind it.
    fn take_mark(&mut self, mark: &str) {
        let Some((key, value)) = mark.split_once(": ") else { return };
        match key {
            "file" => self.file = Some(value.to_owned()),
            "before" => self.before.push(value.to_owned()),
            "says" => self.says.push(value.to_owned()),
            _ => {}
        }
    }

    /// What can be typed: of a console the lines behind `$`, of `sh` all of it.
    pub fn commands(&self) -> Vec<String> {
        match self.language.as_str() {
            "sh" => vec![self.text.clone()],
            "console" => {
                let joined = self.text.replace("\\\n", " ");
                joined.lines().filter_map(|line| line.strip_prefix("$ ")).map(str::to_owned).collect()
            }
            _ => Vec::new(),
        }
    }

    /// The heads of the tables in a sample of what a command says, each above its rule.
    pub fn table_heads(&self) -> Vec<String> {
        let lines: Vec<&str> = self.text.lines().filter(|_| self.language == "text").collect();
        let tables = lines.windows(2).filter(|pair| pair[1].trim_start().starts_with("───"));
        tables.map(|pair| table_head(pair[0])).collect()
    }

    /// Whether it is a scenario as a whole.
    pub fn is_scenario(&self) -> bool {
        let returns = self.text.starts_with("return {") || self.text.contains("\nreturn {");
        self.language == "lua" && returns && self.text.contains("personas")
    }
}
