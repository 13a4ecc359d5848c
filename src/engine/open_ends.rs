//! The end of a load of which some groups have no end in time.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use crate::plan::Plan;
use crate::script::Timeline;

/// The parts of such groups that are not over, and when the other groups end. Shared by all workers.
///
/// Once nobody plays by the count of iterations any more, the load ends with the others, and what goes on after that is
/// no part of it.
pub struct OpenEnds {
    parts: AtomicUsize,
    others: Option<Duration>,
}

impl OpenEnds {
    /// All parts of a plan's groups: each worker has one of every group.
    pub fn of(plan: &Plan) -> Self {
        let ends = plan.groups.iter().map(|group| group.load.schedule(plan.warm_up).end());
        let (timed, open): (Vec<_>, Vec<_>) = ends.partition(Option::is_some);
        Self { parts: AtomicUsize::new(open.len() * plan.workers), others: timed.into_iter().flatten().max() }
    }

    /// Notes that one part is over.
    pub fn part_is_over(&self, timeline: &Timeline) {
        let was_last = self.parts.fetch_sub(1, Ordering::Relaxed) == 1;
        if let Some(others) = self.others.filter(|_| was_last) {
            timeline.ends_at(others);
        }
    }
}
