//! Drawing again and again, and listening to keys, on a thread of its own.

use std::io::{self, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use ratatui::crossterm::event::{self, Event};

use super::keys::{Wish, wish};
use super::raised::{Canvas, Raised, put_down};
use super::watch::lock;
use crate::engine::{Order, Steering};
use crate::report::screen::{Hand, Look, View, draw};

/// How often it draws if no key is pressed: often enough for figures that change once a second, and seldom enough to leave
/// the processor to the users.
const EVERY: Duration = Duration::from_millis(250);

/// The thread.
pub struct Show {
    enough: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Show {
    /// Begins to show.
    pub fn begin(view: Arc<Mutex<View>>, canvas: Canvas, look: Look, steering: Steering) -> io::Result<Self> {
        let enough = Arc::new(AtomicBool::new(false));
        let told = enough.clone();
        let show = move || {
            let shown = catch_unwind(AssertUnwindSafe(|| show(&view, canvas, look, &steering, &told)));
            match shown {
                Ok(Ok(())) => {}
                Ok(Err(error)) => leave(&steering, &error.to_string()),
                Err(_) => leave(&steering, "by a bug of throng"),
            }
        };
        let thread = thread::Builder::new().name("screen".to_owned()).spawn(show)?;
        Ok(Self { enough, thread: Some(thread) })
    }
}

/// A terminal that can't be drawn on any more is no reason to end the run, but nobody can steer it any more: it goes on
/// if it was paused, and Ctrl-C ends it again.
fn leave(steering: &Steering, why: &str) {
    put_down();
    steering.order(Order::Resume);
    // Nobody is left to tell if this cannot be printed.
    let _ = writeln!(io::stderr(), "warning: the terminal can't show the run any more: {why}; the run goes on");
}

impl Drop for Show {
    /// Waits until nothing is drawn any more.
    fn drop(&mut self) {
        self.enough.store(true, Ordering::Relaxed);
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

fn show(
    view: &Mutex<View>,
    mut canvas: Canvas,
    look: Look,
    steering: &Steering,
    enough: &AtomicBool,
) -> io::Result<()> {
    let mut hand = Hand::default();
    while !enough.load(Ordering::Relaxed) {
        let drawn = Raised::with(|| {
            let view = lock(view);
            canvas.draw(|frame| draw(frame, &view, &hand, look)).map(drop)
        })?;
        if !drawn {
            break;
        }
        if !event::poll(EVERY)? {
            continue;
        }
        // A resized terminal is drawn on anew like any other.
        if let Event::Key(key) = event::read()? {
            match wish(key) {
                Some(Wish::Steer(order)) => steering.order(order),
                Some(Wish::Stop) => steering.stop(),
                Some(Wish::See(step)) => hand.choose(step),
                None => {}
            }
        }
    }
    Ok(())
}
