//! Steering a run while it goes on: what whoever watches it may ask for, and what became of it.
//!
//! A [`Steering`] is given to the run beside its plan and kept by whoever steers. The `pilot` takes its orders and tells
//! all workers the [`Heading`]; each worker's `helm` turns it into moments of the run's clock. Nothing of this is on the
//! path of an operation.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::mpsc;

use super::stop::Stop;
use crate::plan::load::{By, Course};

/// What may be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// That no iteration begins and nothing falls due, until the run is to go on; or that it goes on.
    PauseOrResume,
    /// That it goes on, if it is paused.
    Resume,
    /// More or fewer users or arrivals.
    Change(By),
}

/// Steers a run from any thread. Cheap to clone; every clone steers the same run.
#[derive(Debug, Clone)]
pub struct Steering {
    orders: mpsc::UnboundedSender<Order>,
    taken: Arc<Mutex<Option<mpsc::UnboundedReceiver<Order>>>>,
    pub(super) stop: Stop,
}

impl Default for Steering {
    fn default() -> Self {
        let (orders, taken) = mpsc::unbounded_channel();
        Self { orders, taken: Arc::new(Mutex::new(Some(taken))), stop: Stop::default() }
    }
}

impl Steering {
    /// Asks for something. What can't be done is said to the run's observer.
    pub fn order(&self, order: Order) {
        // A run that is over obeys no more.
        let _ = self.orders.send(order);
    }

    /// Ends the run as a signal would: what is under way may finish, and asked again, nothing may.
    pub fn stop(&self) {
        self.stop.signal();
    }

    /// The orders, for the one run that takes them.
    pub(super) fn take(&self) -> Option<mpsc::UnboundedReceiver<Order>> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// What became of an order.
#[derive(Debug, Clone, PartialEq)]
pub struct Steered {
    /// Whether the load stands still now.
    pub paused: bool,
    /// What was done, or why it was not: `50 users → 55 users`.
    pub said: String,
}

/// Where a run is heading, as all workers are told it.
#[derive(Debug, Clone, Default)]
pub(super) struct Heading {
    /// What the scenario's own population plays; `None` before anybody has changed it.
    pub course: Option<Arc<Course>>,
    /// How long the load has stood still in all, the present pause not counted.
    pub shift: Duration,
    /// The moment of the load's clock at which it stands still, if it is paused.
    pub paused: Option<Duration>,
    /// The moment at which it stood still last.
    pub stood: Option<Duration>,
}
