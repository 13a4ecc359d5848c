//! Lines that scripts write for their author, held back before they bury everything else.

use std::collections::HashMap;
use std::fmt;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU8, Ordering};

use super::registry::lock;

/// How much a line matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Level {
    /// For working on a scenario; shown by `rehearse`.
    Debug,
    /// For everyone; not shown when quiet.
    Info,
    /// Something looks wrong.
    Warn,
    /// Something is wrong.
    Error,
}

/// How many lines from one place of a script are shown as they come; after that every tenfold one is.
const SHOWN: u64 = 10;

/// Where lines go.
pub type Sink = Box<dyn Fn(&str) + Send + Sync>;

/// The log of a run: standard error, unless it is led elsewhere.
pub struct Log {
    level: AtomicU8,
    lines: Mutex<HashMap<String, u64>>,
    sink: Mutex<Option<Sink>>,
}

impl Default for Log {
    fn default() -> Self {
        Self { level: AtomicU8::new(Level::Info as u8), lines: Mutex::default(), sink: Mutex::new(None) }
    }
}

impl fmt::Debug for Log {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Log").field("level", &self.level).finish_non_exhaustive()
    }
}

impl Log {
    /// Shows lines of `level` and above.
    pub fn set_level(&self, level: Level) {
        self.level.store(level as u8, Ordering::Relaxed);
    }

    /// Whether lines of `level` are shown.
    pub fn shows(&self, level: Level) -> bool {
        level as u8 >= self.level.load(Ordering::Relaxed)
    }

    /// Hands lines to `sink`, for a terminal on which progress is drawn.
    pub fn set_sink(&self, sink: Sink) {
        *lock(&self.sink) = Some(sink);
    }

    /// Writes a line that a script wrote at `place`, if its level is shown and the place has not said too much.
    pub fn write(&self, level: Level, place: &str, text: &str) {
        if !self.shows(level) {
            return;
        }
        let count = {
            let mut lines = lock(&self.lines);
            let count = lines.entry(place.to_owned()).or_default();
            *count += 1;
            *count
        };
        if let Some(line) = line(level, place, text, count) {
            match &*lock(&self.sink) {
                Some(sink) => sink(&line),
                None => eprintln!("{line}"),
            }
        }
    }
}

/// The `count`-th line from a place as it is shown, if it is.
fn line(level: Level, place: &str, text: &str, count: u64) -> Option<String> {
    let name = match level {
        Level::Debug => "debug",
        Level::Info => "info",
        Level::Warn => "warning",
        Level::Error => "error",
    };
    let note = match count {
        0..SHOWN => String::new(),
        SHOWN => " (from here on only every tenfold line of this place is shown)".to_owned(),
        _ if is_power_of_ten(count) => format!(" ({count} lines of this place so far)"),
        _ => return None,
    };
    Some(format!("{name}: {place}: {text}{note}"))
}

fn is_power_of_ten(number: u64) -> bool {
    number == 10u64.pow(number.ilog10())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[test]
    fn a_place_that_says_the_same_for_ever_is_soon_shown_only_now_and_then() {
        let log = Log::default();
        let shown = Arc::new(Mutex::new(Vec::new()));
        let to = shown.clone();
        log.set_sink(Box::new(move |line| lock(&to).push(line.to_owned())));
        (0..1000).for_each(|n| log.write(Level::Info, "a.lua:1", &n.to_string()));
        log.write(Level::Warn, "a.lua:2", "other");
        let shown = lock(&shown);
        assert_eq!(shown.len(), 13);
        assert_eq!(shown[0], "info: a.lua:1: 0");
        assert_eq!(shown[11], "info: a.lua:1: 999 (1000 lines of this place so far)");
        assert_eq!(shown[12], "warning: a.lua:2: other");
    }

    #[test]
    fn lines_below_the_level_are_not_shown() {
        let log = Log::default();
        assert!(!log.shows(Level::Debug) && log.shows(Level::Info));
        log.set_level(Level::Warn);
        assert!(!log.shows(Level::Info) && log.shows(Level::Error));
    }
}
