//! The end of a run, told to every worker at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::watch;

/// How urgent the end is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Urgency {
    /// The run goes on.
    None,
    /// No further iterations; those under way may finish within the graceful stop.
    Graceful,
    /// What of the load is under way is interrupted.
    AtOnce,
    /// So is what there is to do after the load: whoever asked for the end has asked again.
    Abandoned,
}

/// Ends a run from any thread. Cheap to clone; every clone ends the same run.
#[derive(Debug, Clone)]
pub struct Stop {
    urgency: watch::Sender<Urgency>,
    signalled: Arc<AtomicBool>,
}

impl Default for Stop {
    fn default() -> Self {
        Self { urgency: watch::Sender::new(Urgency::None), signalled: Arc::default() }
    }
}

impl Stop {
    /// Lets iterations under way finish.
    pub fn graceful(&self) {
        self.raise(Urgency::Graceful);
    }

    /// Interrupts the load.
    pub fn at_once(&self) {
        self.raise(Urgency::AtOnce);
    }

    /// Does what a signal asks for: the first a graceful end, a further one an end of everything at once.
    pub fn signal(&self) {
        let again = self.signalled.swap(true, Ordering::Relaxed);
        self.raise(if again { Urgency::Abandoned } else { Urgency::Graceful });
    }

    /// Does what the end of the terminal asks for: a graceful end, unless a signal has asked for one already.
    pub fn hang_up(&self) {
        if !self.was_a_signal() {
            self.signal();
        }
    }

    /// Whether it ends the same run.
    pub fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.signalled, &other.signalled)
    }

    /// Whether a signal asked for the end.
    pub fn was_a_signal(&self) -> bool {
        self.signalled.load(Ordering::Relaxed)
    }

    /// Waits until the end is at least as urgent as `urgency`.
    pub async fn reached(&self, urgency: Urgency) {
        // The sender lives in `self`, so waiting can't fail.
        let _ = self.urgency.subscribe().wait_for(|now| *now >= urgency).await;
    }

    fn raise(&self, urgency: Urgency) {
        self.urgency.send_if_modified(|now| {
            let raised = urgency > *now;
            *now = urgency.max(*now);
            raised
        });
    }
}
