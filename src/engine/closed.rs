//! Closed load: users of a population come, play, think and go.

use std::cell::Cell;
use std::collections::HashSet;
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tokio::task::{JoinError, JoinSet, yield_now};

use super::gone;
use super::stay::Stay;
use super::worker::Crew;
use crate::plan::Group;
use crate::plan::load::Iterations;
use crate::script::Player;

/// How long a user waits before it tries again to start.
const START_AGAIN_AFTER: Duration = Duration::from_secs(1);

/// How often it tries, so that a load without an end in time has one all the same.
const START_TRIES: u32 = 30;

/// So many users come between two turns of the loop.
const AT_ONCE: usize = 64;

/// Lets the users come that stand at `place` and at every `workers`-th after it, each when its first span begins,
/// and waits until all have left. To make them all beforehand would hold the loop up just when the load begins.
pub async fn populate(crew: Rc<Crew>, group: Rc<Group>, iterations: Iterations, place: usize) {
    let mut population = Population { crew, group, iterations, users: JoinSet::new(), here: HashSet::new() };
    while !population.has_come(place).await || !population.has_left().await {}
}

/// This worker's part of a closed group.
struct Population {
    crew: Rc<Crew>,
    group: Rc<Group>,
    iterations: Iterations,
    users: JoinSet<u64>,
    /// The numbers of those who have come, and need not be called when the load is changed.
    here: HashSet<u64>,
}

impl Population {
    /// Lets all users come that are not here. False if the run was steered meanwhile, and others may have to come.
    async fn has_come(&mut self, place: usize) -> bool {
        let crew = self.crew.clone();
        let (turns, course) = (crew.helm.turns(), crew.helm.course(self.group.index));
        // The first of two users never comes after the second: spans are of a line that has to pass the one to reach
        // the other.
        for (turn, number) in (place as u64..course.users()).step_by(crew.workers).enumerate() {
            if self.here.contains(&number) {
                continue;
            }
            let Some(first) = course.span(number, crew.reading()) else { continue };
            if !crew.reach(first.from).await {
                return false;
            }
            if crew.is_stopping() {
                return true;
            }
            self.here.insert(number);
            self.users.spawn_local(live(crew.clone(), self.group.clone(), self.iterations, number));
            // What is left of those who have gone.
            while let Some(gone) = self.users.try_join_next() {
                self.forget(gone);
            }
            if turn % AT_ONCE == AT_ONCE - 1 {
                yield_now().await;
            }
        }
        turns == crew.helm.turns()
    }

    /// Waits until all have left, and in a run that is steered for the end of the load, before which others may come.
    /// False if it was steered.
    async fn has_left(&mut self) -> bool {
        let crew = self.crew.clone();
        let end = crew.helm.course(self.group.index).end().filter(|_| crew.helm.is_manned());
        loop {
            let turned = crew.helm.turned();
            if self.users.is_empty() {
                return match end {
                    Some(end) => crew.reach(end).await,
                    None => true,
                };
            }
            tokio::select! {
                gone = self.users.join_next() => gone.into_iter().for_each(|gone| self.forget(gone)),
                () = turned => return false,
            }
        }
    }

    fn forget(&mut self, gone: Result<u64, JoinError>) {
        // Who has played all iterations does not come again.
        if let Some(number) = gone::outcome(gone)
            && self.iterations == Iterations::Unlimited
        {
            self.here.remove(&number);
        }
    }
}

/// One user's life: it plays during each of its spans. Returns its number.
async fn live(crew: Rc<Crew>, group: Rc<Group>, iterations: Iterations, number: u64) -> u64 {
    let persona = group.assignment.persona(number);
    while let Some(span) = crew.helm.course(group.index).span(number, crew.reading()) {
        if !crew.reach(span.from).await {
            continue;
        }
        if crew.is_stopping() {
            break;
        }
        let Some(player) = crew.player(persona, group.index, number) else { break };
        let _alive = crew.enter();
        let stay = Stay::new(&crew, &player, group.index, number, span);
        if !start(&crew, &player, &stay).await {
            break;
        }
        let limit = Limit::new(iterations, crew.taken(group.index));
        let turn = Turn::default();
        {
            let playing = pin!(play(&crew, &player, &stay, limit, &turn));
            // A user that does not find an end is interrupted; its iteration counts as unfinished.
            stay.see_out(turn.count(playing)).await;
        }
        // Counted already.
        let _ = player.stop().await;
        crew.look_for_bug();
        // What has no end is over when its iterations are.
        if span.to.is_none() {
            break;
        }
    }
    number
}

/// Calls the persona's `start` until it succeeds: a target that is away for a while is not the end of a user.
/// False once there is nothing to start for, or no hope.
async fn start(crew: &Crew, player: &Player, stay: &Stay<'_>) -> bool {
    for _ in 0..START_TRIES {
        let started = player.start().await.is_ok();
        crew.look_for_bug();
        let next = Instant::now() + START_AGAIN_AFTER;
        if started {
            return true;
        }
        player.release();
        crew.clock.pause_until(next).await;
        let now = stay.look(Instant::now()).await;
        if crew.is_stopping() || stay.is_over(now) {
            return false;
        }
    }
    false
}

async fn play(crew: &Rc<Crew>, player: &Player, stay: &Stay<'_>, mut limit: Limit, turn: &Turn) {
    let mut now = Instant::now();
    loop {
        now = stay.look(now).await;
        let measured = now >= crew.origin() + crew.plan.warm_up;
        if crew.is_stopping() || stay.is_over(now) || !limit.take(measured) {
            return;
        }
        let ended = player.iterate(now).await;
        crew.look_for_bug();
        if limit.is_used_up() {
            return;
        }
        let think = player.think();
        now = if !think.is_zero() {
            stay.wait(ended + think).await;
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
