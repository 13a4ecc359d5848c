//! The terminal while it shows a run, and putting it down again.

use std::io::{self, Stdout, stdout};
use std::sync::{Mutex, MutexGuard, Once, PoisonError, TryLockError};
use std::thread;
use std::time::Duration;

use ratatui::Terminal;
use ratatui::backend::CrosstermBackend;
use ratatui::crossterm::cursor::Show;
use ratatui::crossterm::execute;
use ratatui::crossterm::terminal::{EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode};

/// Whether the terminal is raised: in raw mode, on its alternate screen. Whoever draws holds it, so that nobody draws on
/// what has been put down.
static RAISED: Mutex<bool> = Mutex::new(false);

/// Puts the terminal down when a thread panics, before it is said why.
static ON_PANIC: Once = Once::new();

/// The terminal, raised for as long as this lives.
pub struct Raised(());

/// Something to draw on.
pub type Canvas = Terminal<CrosstermBackend<Stdout>>;

impl Raised {
    /// Raises the terminal.
    ///
    /// # Errors
    /// When it can't be; then it is as it was.
    pub fn raise() -> io::Result<(Self, Canvas)> {
        ON_PANIC.call_once(|| {
            let before = std::panic::take_hook();
            std::panic::set_hook(Box::new(move |info| {
                put_down();
                before(info);
            }));
        });
        enable_raw_mode()?;
        *lock() = true;
        let raised = Self(());
        execute!(stdout(), EnterAlternateScreen)?;
        Ok((raised, Terminal::new(CrosstermBackend::new(stdout()))?))
    }

    /// Does `work` with the terminal; false, and nothing, if it has been put down.
    pub fn with(work: impl FnOnce() -> io::Result<()>) -> io::Result<bool> {
        let raised = lock();
        if *raised {
            work()?;
        }
        Ok(*raised)
    }
}

impl Drop for Raised {
    fn drop(&mut self) {
        put_down();
    }
}

/// Puts the terminal down, if it is raised: leaves the alternate screen and raw mode, and shows the cursor.
pub(super) fn put_down() {
    // A drawing takes no longer than some milliseconds. If it does not end, it is the one that panics.
    const PATIENCE: u32 = 100;
    let mut held = None;
    for _ in 0..PATIENCE {
        match RAISED.try_lock() {
            Ok(guard) => held = Some(guard),
            Err(TryLockError::Poisoned(poisoned)) => held = Some(poisoned.into_inner()),
            Err(TryLockError::WouldBlock) => {
                thread::sleep(Duration::from_millis(1));
                continue;
            }
        }
        break;
    }
    if held.is_none_or(|mut raised| std::mem::replace(&mut *raised, false)) {
        // Nothing is left to be done about a terminal that is gone.
        let _ = execute!(stdout(), LeaveAlternateScreen, Show);
        let _ = disable_raw_mode();
    }
}

fn lock() -> MutexGuard<'static, bool> {
    RAISED.lock().unwrap_or_else(PoisonError::into_inner)
}
