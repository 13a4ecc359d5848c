//! Ctrl-C and a polite kill, heard on a thread of their own, so that a busy session can't keep them waiting.

use std::io;
use std::thread;

use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::oneshot;

use super::stop::Stop;

/// SIGINT and SIGTERM end a run for as long as this lives.
pub struct Signals {
    _enough: oneshot::Sender<()>,
}

impl Signals {
    /// Begins to listen.
    pub fn catch(stop: &Stop) -> io::Result<Self> {
        let (enough, ended) = oneshot::channel();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        // Caught from here on, not from when the thread gets its turn.
        let entered = runtime.enter();
        let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
        drop(entered);
        let stop = stop.clone();
        thread::Builder::new().name("signals".to_owned()).spawn(move || {
            runtime.block_on(async {
                tokio::pin!(ended);
                loop {
                    tokio::select! {
                        _ = &mut ended => return,
                        _ = interrupt.recv() => stop.signal(),
                        _ = terminate.recv() => stop.signal(),
                    }
                }
            });
        })?;
        Ok(Self { _enough: enough })
    }
}
