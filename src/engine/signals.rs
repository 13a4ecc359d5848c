//! Ctrl-C, a polite kill and the end of the terminal, heard on a thread of their own, so that a busy session can't keep
//! them waiting.
//!
//! There is one such thread for the whole process, and it stays. Whoever catches a signal once has caught it for good, so
//! what comes when no run listens any more must be heard too, or nothing could end a report that is never taken.

use std::io;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;

use nix::sys::signal::{SigHandler, Signal};
use tokio::runtime::{Builder, Runtime};
use tokio::signal::unix::{self, SignalKind, signal};

use super::stop::Stop;

/// SIGINT, SIGTERM and SIGHUP end a run for as long as this lives.
pub struct Signals {
    stop: Stop,
}

impl Signals {
    /// Begins to listen.
    pub fn catch(stop: &Stop) -> io::Result<Self> {
        let mut ear = ear();
        if !ear.is_open {
            open()?;
            ear.is_open = true;
        }
        ear.unheard = 0;
        ear.listening.push(stop.clone());
        Ok(Self { stop: stop.clone() })
    }
}

impl Drop for Signals {
    fn drop(&mut self) {
        let mut ear = ear();
        if let Some(place) = ear.listening.iter().position(|stop| stop.is(&self.stop)) {
            ear.listening.remove(place);
        }
    }
}

/// Who listens.
struct Ear {
    is_open: bool,
    listening: Vec<Stop>,
    /// Signals to end since the last one stopped listening.
    unheard: u8,
}

static EAR: Mutex<Ear> = Mutex::new(Ear { is_open: false, listening: Vec::new(), unheard: 0 });

fn ear() -> MutexGuard<'static, Ear> {
    EAR.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Signals after the last run's end that end the process. The first may have been meant for the run, whose report is
/// then still to be written.
const ENOUGH: u8 = 2;
/// The status of a process that they end: what a shell makes of SIGINT, and of an interrupted run.
const INTERRUPTED: i32 = 130;

/// What a signal asks for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wish {
    /// The end; twice, the end at once.
    End,
    /// The end, since the terminal has gone. The system and the shell may each tell so, and mean no hurry by it.
    HangUp,
}

fn hear(wish: Wish) {
    let mut ear = ear();
    for stop in &ear.listening {
        match wish {
            Wish::End => stop.signal(),
            Wish::HangUp => stop.hang_up(),
        }
    }
    if ear.listening.is_empty() && wish == Wish::End {
        ear.unheard += 1;
        if ear.unheard >= ENOUGH {
            std::process::exit(INTERRUPTED);
        }
    }
}

/// Starts the thread.
fn open() -> io::Result<()> {
    let runtime = Builder::new_current_thread().enable_all().build()?;
    // Caught from here on, not from when the thread gets its turn.
    let entered = runtime.enter();
    let (interrupt, terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    // Whoever ignores it beforehand, as `nohup` does, wants the run to outlive its terminal.
    let hang_up = if ignores_hang_up()? { None } else { Some(signal(SignalKind::hangup())?) };
    drop(entered);
    let thread = thread::Builder::new().name("signals".to_owned());
    thread.spawn(move || listen(&runtime, interrupt, terminate, hang_up)).map(drop)
}

fn listen(
    runtime: &Runtime,
    mut interrupt: unix::Signal,
    mut terminate: unix::Signal,
    mut hang_up: Option<unix::Signal>,
) {
    runtime.block_on(async {
        loop {
            let gone = async {
                match &mut hang_up {
                    Some(signal) => signal.recv().await,
                    None => std::future::pending().await,
                }
            };
            let wish = tokio::select! {
                _ = interrupt.recv() => Wish::End,
                _ = terminate.recv() => Wish::End,
                _ = gone => Wish::HangUp,
            };
            hear(wish);
        }
    });
}

/// Whether SIGHUP was ignored so far. It is from here on, until it is caught.
fn ignores_hang_up() -> io::Result<bool> {
    // Sound, since no function is installed that a signal could interrupt anything with.
    #[allow(unsafe_code)]
    let before = unsafe { nix::sys::signal::signal(Signal::SIGHUP, SigHandler::SigIgn) }?;
    Ok(matches!(before, SigHandler::SigIgn))
}
