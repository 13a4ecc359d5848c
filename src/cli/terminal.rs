//! Writing to the terminal, or to whatever stands in for it.

use std::io::{self, IsTerminal, Write};

use nix::errno::Errno;

use super::error::CliError;
use super::hidden::hidden;
use crate::report::Style;

/// Standard output and error, and whether to use colour on them.
#[derive(Debug, Clone)]
pub struct Terminal {
    colour: bool,
    /// Whether standard output was a terminal at the start; one that has gone does not look like one any more.
    is_terminal: bool,
    /// The reader of standard output has gone; the end of a pipe or of a terminal is no failure of the run.
    closed: bool,
    /// Standard output belongs to a report that was asked for, and standard error takes what else there is to say.
    aside: bool,
}

impl Terminal {
    /// Looks at the surroundings: colour needs a terminal and neither `--no-color` nor `NO_COLOR` (no-color.org).
    pub fn new(no_color: bool) -> Self {
        let forbidden = no_color || std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let is_terminal = io::stdout().is_terminal();
        Self { colour: !forbidden && is_terminal, is_terminal, closed: false, aside: false }
    }

    /// Leaves standard output to a report, and prints on standard error from now on, without colour.
    pub fn step_aside(&mut self) {
        (self.aside, self.colour) = (true, false);
    }

    /// Whether standard output takes colour.
    pub fn colour(&self) -> bool {
        self.colour
    }

    /// The look of a report on standard output; as wide as it may get where there is no terminal.
    pub fn style(&self) -> Style {
        match terminal_size::terminal_size() {
            Some((width, _)) if !self.aside && io::stdout().is_terminal() => Style::terminal(width.0, self.colour),
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
        if self.aside {
            // As with all that is said on standard error, nobody is left to tell if this cannot be printed.
            let _ = io::stderr().write_all(text.as_bytes());
            return Ok(());
        }
        let mut out = io::stdout().lock();
        match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
            Err(error) if self.has_gone(&error) => {
                self.closed = true;
                Ok(())
            }
            result => result,
        }
    }

    /// Whether an error says that nobody reads any more. A terminal that was closed fails as a broken disk does.
    fn has_gone(&self, error: &io::Error) -> bool {
        let is_io = error.raw_os_error() == Some(Errno::EIO as i32);
        error.kind() == io::ErrorKind::BrokenPipe || (self.is_terminal && is_io)
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
