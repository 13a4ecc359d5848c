//! Writing to the terminal, or to whatever stands in for it.

use std::io::{self, IsTerminal, Write};

use super::error::CliError;
use super::hidden::hidden;
use crate::report::Style;

/// Standard output and error, and whether to use colour on them.
#[derive(Debug, Clone)]
pub struct Terminal {
    colour: bool,
    /// The reader of standard output has gone; a pipe's end is no failure of the run.
    closed: bool,
}

impl Terminal {
    /// Looks at the surroundings: colour needs a terminal and neither `--no-color` nor `NO_COLOR` (no-color.org).
    pub fn new(no_color: bool) -> Self {
        let forbidden = no_color || std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        Self { colour: !forbidden && io::stdout().is_terminal(), closed: false }
    }

    /// Whether standard output takes colour.
    pub fn colour(&self) -> bool {
        self.colour
    }

    /// The look of a report on standard output; as wide as it may get where there is no terminal.
    pub fn style(&self) -> Style {
        match terminal_size::terminal_size() {
            Some((width, _)) if io::stdout().is_terminal() => Style::terminal(width.0, self.colour),
            _ => Style::default(),
        }
    }

    /// Writes a text to standard output. Once its reader has gone, does nothing.
    ///
    /// # Errors
    /// When it cannot be written for another reason, such as a full disk.
    pub fn print(&mut self, text: &str) -> io::Result<()> {
        if self.closed {
            return Ok(());
        }
        let mut out = io::stdout().lock();
        match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
                self.closed = true;
                Ok(())
            }
            result => result,
        }
    }

    /// Writes one line to standard output.
    ///
    /// # Errors
    /// As [`Terminal::print`].
    pub fn line(&mut self, line: &str) -> io::Result<()> {
        self.print(&format!("{line}\n"))
    }

    /// Tells on standard error what is no failure of the run.
    pub fn warn(&self, text: &str) {
        // Nobody is left to tell if this cannot be printed.
        let _ = writeln!(io::stderr(), "warning: {text}");
    }

    /// Tells of an error, once, on standard error, and of no password that it repeats.
    pub fn error(&self, error: &CliError) {
        let (error_word, hint_word) = if self.colour && io::stderr().is_terminal() {
            ("\x1b[1;31merror:\x1b[0m", "\n\x1b[1;36mhint:\x1b[0m ")
        } else {
            ("error:", "\nhint: ")
        };
        let text = hidden(&error.to_string()).replace("\nhint: ", hint_word);
        // Nobody is left to tell if this cannot be printed.
        let _ = writeln!(io::stderr(), "{error_word} {text}");
    }
}
