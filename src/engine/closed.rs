//! Closed load: users of a population come, play, think and go.

use std::cell::Cell;
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tokio::task::{JoinSet, yield_now};

use super::worker::Crew;
use crate::clock;
use crate::plan::Group;
use crate::plan::load::{ClosedSchedule, Iterations, Span};
use crate::script::Player;

/// How long a user waits before it tries again to start.
const START_AGAIN_AFTER: Duration = Duration::from_secs(1);

/// How often it tries, so that a load without an end in time has one all the same.
const START_TRIES: u32 = 30;

/// So many users come between two turns of the loop.
const AT_ONCE: usize = 64;

/// Lets the users come that stand at `place` and at every `workers`-th after it, each when its first span begins,
/// and waits until all have left. To make them all beforehand would hold the loop up just when the load begins.
pub async fn populate(crew: Rc<Crew>, group: Rc<Group>, schedule: ClosedSchedule, place: usize) {
    let mut users = JoinSet::new();
    // The first of two users never comes after the second: spans are of a line that has to pass the one to reach
    // the other.
    for (turn, number) in (place as u64..schedule.users()).step_by(crew.workers).enumerate() {
        let spans = schedule.spans(number);
        let Some(first) = spans.first() else { continue };
        crew.clock.pause_until(crew.origin() + first.from).await;
        if crew.is_stopping() {
            break;
        }
        users.spawn_local(live(crew.clone(), group.clone(), spans, schedule.iterations(), number));
        // What is left of those who have gone.
        while users.try_join_next().is_some() {}
        if turn % AT_ONCE == AT_ONCE - 1 {
            yield_now().await;
        }
    }
    while users.join_next().await.is_some() {}
}

/// One user's life: it plays during each of its spans.
async fn live(crew: Rc<Crew>, group: Rc<Group>, spans: Vec<Span>, iterations: Iterations, number: u64) {
    let persona = group.assignment.persona(number);
    for span in spans {
        crew.clock.pause_until(crew.origin() + span.from).await;
        if crew.is_stopping() {
            return;
        }
        let Some(player) = crew.player(persona, group.index, number) else { return };
        let _alive = crew.enter();
        player.stays_until(span.to.map(|to| crew.origin() + to));
        if !start(&crew, &player, span).await {
            return;
        }
        let limit = Limit::new(iterations, crew.taken(group.index));
        let turn = Turn::default();
        {
            let playing = pin!(play(&crew, &player, span, limit, &turn));
            let playing = turn.count(playing);
            match span.to {
                // A user that does not find an end is interrupted; its iteration counts as unfinished.
                Some(to) => {
                    let latest = crew.origin() + to + crew.plan.graceful_stop;
                    let _ = clock::until(latest, playing).await;
                }
                None => playing.await,
            }
        }
        // Counted already.
        let _ = player.stop().await;
        crew.look_for_bug();
    }
}

/// Calls the persona's `start` until it succeeds: a target that is away for a while is not the end of a user.
/// False once there is nothing to start for, or no hope.
async fn start(crew: &Crew, player: &Player, span: Span) -> bool {
    for _ in 0..START_TRIES {
        let started = player.start().await.is_ok();
        crew.look_for_bug();
        let next = Instant::now() + START_AGAIN_AFTER;
        if started {
            return true;
        }
        player.release();
        crew.clock.pause_until(next).await;
        if crew.is_stopping() || span.to.is_some_and(|to| Instant::now() >= crew.origin() + to) {
            return false;
        }
    }
    false
}

async fn play(crew: &Rc<Crew>, player: &Player, span: Span, mut limit: Limit, turn: &Turn) {
    let until = span.to.map(|to| crew.origin() + to);
    let mut now = Instant::now();
    loop {
        let measured = now >= crew.origin() + crew.plan.warm_up;
        if crew.is_stopping() || until.is_some_and(|until| now >= until) || !limit.take(measured) {
            return;
        }
        let ended = player.iterate(now).await;
        crew.look_for_bug();
        if limit.is_used_up() {
            return;
        }
        let think = player.think();
        now = if !think.is_zero() {
            let wake = ended + think;
            crew.clock.pause_until(until.map_or(wake, |until| wake.min(until))).await;
            Instant::now()
        } else if turn.is_over(ended) {
            yield_now().await;
            Instant::now()
        } else {
            ended
        };
    }
}

/// How long a user that neither thinks nor waits for a target goes on before it lets others have their turn:
/// long against what giving way costs, short against what anybody could notice.
const TURN: Duration = Duration::from_micros(20);

/// Knows since when a user has not waited.
#[derive(Default)]
struct Turn {
    polls: Cell<u64>,
    /// The end of the first iteration since the last wait, and how many polls there had been then.
    begun: Cell<Option<(u64, Instant)>>,
}

impl Turn {
    /// Counts how often `work` is polled: more than once for an iteration that had to wait.
    async fn count<T>(&self, mut work: Pin<&mut impl Future<Output = T>>) -> T {
        poll_fn(|context| {
            self.polls.set(self.polls.get() + 1);
            work.as_mut().poll(context)
        })
        .await
    }

    /// Whether the user, an iteration of which has ended `now`, must give way.
    fn is_over(&self, now: Instant) -> bool {
        let polls = self.polls.get();
        match self.begun.get() {
            Some((then, begun)) if then == polls => now.saturating_duration_since(begun) >= TURN,
            _ => {
                self.begun.set(Some((polls, now)));
                false
            }
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
