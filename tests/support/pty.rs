//! The program on a terminal of its own: what it shows, with keys pressed and the size changed, and how it leaves it.

use std::io::{Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

/// Whoever waits longer than this for something on the screen waits for ever.
const PATIENCE: Duration = Duration::from_secs(120);

/// A program on a terminal.
pub struct Pty {
    process: Child,
    wishes: ChildStdin,
    written: Receiver<Vec<u8>>,
    screen: vt100::Parser,
}

/// How it left the terminal.
pub struct Left {
    /// Its exit status.
    pub status: i64,
    /// Whether the terminal shows what is typed, and hands it over by the line.
    pub is_cooked: bool,
    /// The screen.
    pub screen: vt100::Parser,
}

impl Pty {
    /// Starts a program.
    pub fn start(columns: u16, lines: u16, program: &Path, arguments: &[&str], environment: &[(&str, &str)]) -> Self {
        let mut process = Command::new("python3")
            .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support/pty.py"))
            .args([columns.to_string(), lines.to_string()])
            .arg(program)
            .args(arguments)
            .envs(environment.iter().copied())
            .env("TERM", "xterm-256color")
            .env_remove("DATABASE_URL")
            .env_remove("REDIS_URL")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("python3 runs: `make test-deps` installs it");
        let (wishes, mut shown) = (process.stdin.take().unwrap(), process.stdout.take().unwrap());
        let (sender, written) = mpsc::channel();
        thread::spawn(move || {
            let mut buffer = [0; 65536];
            while let Ok(length @ 1..) = shown.read(&mut buffer) {
                if sender.send(buffer[..length].to_vec()).is_err() {
                    return;
                }
            }
        });
        Self { process, wishes, written, screen: vt100::Parser::new(lines, columns, 1000) }
    }

    /// Presses keys.
    pub fn press(&mut self, keys: &str) {
        self.wish(&json!({ "keys": keys }));
    }

    /// Sends the program a signal by its name.
    pub fn signal(&mut self, name: &str) {
        self.wish(&json!({ "signal": name }));
    }

    /// Makes the terminal another size.
    pub fn resize(&mut self, columns: u16, lines: u16) {
        self.screen.screen_mut().set_size(lines, columns);
        self.wish(&json!({ "size": [columns, lines] }));
    }

    fn wish(&mut self, wish: &Value) {
        writeln!(self.wishes, "{wish}").expect("the terminal is there");
    }

    /// What stands on the screen now.
    pub fn text(&self) -> String {
        self.screen.screen().contents()
    }

    /// Waits until what stands on the screen is as wanted.
    pub fn until(&mut self, what: &str, wanted: impl Fn(&vt100::Screen) -> bool) {
        let deadline = Instant::now() + PATIENCE;
        while !wanted(self.screen.screen()) {
            match self.written.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
                Ok(bytes) => self.screen.process(&bytes),
                Err(RecvTimeoutError::Timeout) => panic!("waited too long for {what}:\n{}", self.text()),
                Err(RecvTimeoutError::Disconnected) => panic!("it ended without {what}:\n{}", self.text()),
            }
        }
    }

    /// Waits until a text stands on the screen.
    pub fn until_it_shows(&mut self, text: &str) {
        self.until(&format!("`{text}`"), |screen| screen.contents().contains(text));
    }

    /// Waits for its end.
    pub fn end(mut self) -> Left {
        drop(self.wishes);
        while let Ok(bytes) = self.written.recv_timeout(PATIENCE) {
            self.screen.process(&bytes);
        }
        let output = self.process.wait_with_output().expect("it ends");
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        let told: Value = serde_json::from_str(&told).unwrap_or_else(|error| panic!("{error}: {told}"));
        let is_cooked = told["echo"] == true && told["whole_lines"] == true;
        Left { status: told["status"].as_i64().expect("it has a status"), is_cooked, screen: self.screen }
    }
}

impl Left {
    /// What stands on the screen, and above it.
    pub fn text(&mut self) -> String {
        let (lines, columns) = self.screen.screen().size();
        let screen = self.screen.screen_mut();
        screen.set_scrollback(usize::MAX);
        let above = screen.scrollback();
        let mut text = String::new();
        for up in (0..=above).rev().step_by(usize::from(lines).max(1)) {
            screen.set_scrollback(up);
            text.extend(screen.rows(0, columns).map(|row| row + "\n"));
        }
        screen.set_scrollback(0);
        text + &screen.contents()
    }

    /// Asserts that the terminal is as it was before.
    pub fn assert_clean(&self) {
        let screen = self.screen.screen();
        assert!(!screen.alternate_screen(), "the alternate screen was left");
        assert!(!screen.hide_cursor(), "the cursor is shown");
        assert!(self.is_cooked, "raw mode was left");
    }
}
