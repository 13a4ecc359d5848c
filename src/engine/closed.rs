//! Closed load: users of a population come, play, think and go.

use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use super::worker::Crew;
use crate::plan::Group;
use crate::plan::load::{ClosedSchedule, Iterations, Span};
use crate::script::Player;

/// One user's life: it plays during each of its spans.
pub async fn live(crew: Rc<Crew>, group: Rc<Group>, schedule: Rc<ClosedSchedule>, number: u64) {
    let persona = group.assignment.persona(number);
    for span in schedule.spans(number) {
        crew.clock.pause_until(crew.origin() + span.from).await;
        if crew.is_stopping() {
            return;
        }
        let Some(player) = crew.player(persona, group.index, number) else { return };
        let _alive = crew.enter();
        if !player.start().await {
            return;
        }
        let limit = Limit::new(schedule.iterations(), crew.taken(group.index));
        let playing = play(&crew, &player, span, limit);
        match span.to {
            // A user that does not find an end is interrupted; its iteration counts as unfinished.
            Some(to) => {
                let latest = crew.origin() + to + crew.plan.graceful_stop;
                if tokio::time::timeout_at(latest.into(), playing).await.is_err() {
                    return;
                }
            }
            None => playing.await,
        }
        player.stop().await;
    }
}

async fn play(crew: &Rc<Crew>, player: &Player, span: Span, mut limit: Limit) {
    let until = span.to.map(|to| crew.origin() + to);
    loop {
        let now = Instant::now();
        let measured = now >= crew.origin() + crew.plan.warm_up;
        if crew.is_stopping() || until.is_some_and(|until| now >= until) || !limit.take(measured) {
            return;
        }
        player.iterate().await;
        crew.after_iteration();
        if limit.is_used_up() {
            return;
        }
        let think = player.think();
        if think.is_zero() {
            // Users that neither think nor wait for a target must still let others have their turn.
            tokio::task::yield_now().await;
        } else {
            let wake = Instant::now() + think;
            crew.clock.pause_until(until.map_or(wake, |until| wake.min(until))).await;
        }
    }
}

/// How many iterations a user may still begin. Only those begun after the warm-up are counted.
enum Limit {
    Own(u64),
    Common { taken: Arc<AtomicU64>, of: u64 },
    None,
}

impl Limit {
    fn new(iterations: Iterations, taken: Arc<AtomicU64>) -> Self {
        match iterations {
            Iterations::PerUser(count) => Self::Own(count),
            Iterations::Shared(of) => Self::Common { taken, of },
            Iterations::Unlimited => Self::None,
        }
    }

    fn take(&mut self, measured: bool) -> bool {
        match self {
            Self::Own(left) => {
                let some = *left > 0;
                if measured && some {
                    *left -= 1;
                }
                some
            }
            Self::Common { taken, of } => !measured || taken.fetch_add(1, Ordering::Relaxed) < *of,
            Self::None => true,
        }
    }

    fn is_used_up(&self) -> bool {
        matches!(self, Self::Own(0))
    }
}
