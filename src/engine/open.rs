//! Open load: arrivals fall due whether or not users are free.
//!
//! Each arrival is taken by a free user of its persona, or by a new one while
//! there are fewer than allowed. Past that it waits in a queue or is dropped.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;
use std::time::{Duration, Instant};

use tokio::sync::Notify;
use tokio::task::JoinSet;

use super::pools::share;
use super::worker::Crew;
use crate::plan::Group;
use crate::plan::load::{OpenSchedule, Overflow};
use crate::plan::shares::apportion;
use crate::script::PhaseId;
use crate::stats::IterationCounts;

/// A start later than this, although a user was free, is the generator's fault.
const LATE: Duration = Duration::from_millis(1);

/// One arrival: its number over the whole run, when it was due, and the phase it counts in.
#[derive(Clone, Copy)]
struct Arrival {
    number: u64,
    due: Instant,
    phase: PhaseId,
}

/// This worker's part of an open group: users by persona, and arrivals that wait for them.
struct Desk {
    crew: Rc<Crew>,
    group: Rc<Group>,
    /// Free users by persona, the one that became free last on top: it is the warmest.
    free: RefCell<Vec<Vec<Rc<Seat>>>>,
    waiting: RefCell<Vec<VecDeque<Arrival>>>,
    /// Users made so far, and how many there may be, by persona.
    users: RefCell<Vec<(u64, u64)>>,
    made: Cell<u64>,
    /// This worker's place in the group.
    place: usize,
    closed: Cell<bool>,
}

/// Where a user waits for its next arrival, and where that arrival lies until it is begun.
struct Seat {
    next: Cell<Option<Arrival>>,
    called: Notify,
}

/// Issues this worker's arrivals, every `crew.workers`-th from `place` on, and sees them through.
pub async fn serve(crew: Rc<Crew>, group: Rc<Group>, schedule: OpenSchedule, place: usize) {
    let personas = crew.plan.personas.len();
    let desk = Rc::new(Desk {
        crew: crew.clone(),
        group: group.clone(),
        free: RefCell::new((0..personas).map(|_| Vec::new()).collect()),
        waiting: RefCell::new((0..personas).map(|_| VecDeque::new()).collect()),
        users: RefCell::new(allowed(
            &group,
            crew.plan.personas.len(),
            share(schedule.max_users(), place, crew.workers),
        )),
        made: Cell::new(0),
        place,
        closed: Cell::new(false),
    });
    let abandon = Abandon(desk.clone());
    let mut users = JoinSet::new();
    let arrivals = (0u64..).zip(schedule.arrivals(crew.plan.seed));
    for (number, due) in arrivals.filter(|(number, _)| number % crew.workers as u64 == place as u64) {
        let due = crew.origin() + due;
        crew.clock.pause_until(due).await;
        if crew.is_stopping() {
            break;
        }
        let phase = crew.cast.host().timeline.phase_at(due);
        desk.receive(Arrival { number, due, phase }, schedule.overflow(), &mut users);
    }
    desk.close();
    let latest = Instant::now().max(crew.origin() + schedule.end()) + crew.plan.graceful_stop;
    let _ = tokio::time::timeout_at(latest.into(), async { while users.join_next().await.is_some() {} }).await;
    users.shutdown().await;
    drop(abandon);
}

/// How many users of each persona this worker may make. Each persona with a share has at least one, so that
/// none waits for ever behind users of another.
fn allowed(group: &Group, personas: usize, max_users: u64) -> Vec<(u64, u64)> {
    let mut weights = vec![0; personas];
    group.assignment.cycle.iter().for_each(|&persona| weights[usize::from(persona)] += 1);
    let shares = apportion(max_users, &weights);
    shares.into_iter().map(|share| (0, share.max(1))).collect()
}

impl Desk {
    fn receive(self: &Rc<Self>, arrival: Arrival, overflow: Overflow, users: &mut JoinSet<()>) {
        let persona = self.group.assignment.persona(arrival.number);
        self.count(persona, arrival.phase, |counts| counts.offered += 1);
        let free = self.free.borrow_mut()[persona].pop();
        if let Some(seat) = free {
            seat.next.set(Some(arrival));
            seat.called.notify_one();
        } else if let Some(number) = self.next_user(persona) {
            users.spawn_local(attend(self.clone(), persona, number, arrival));
        } else {
            match overflow {
                Overflow::Queue => self.waiting.borrow_mut()[persona].push_back(arrival),
                Overflow::Drop => self.count(persona, arrival.phase, |counts| counts.dropped += 1),
            }
        }
    }

    /// The number of a further user of the persona, unless there are as many as allowed.
    fn next_user(&self, persona: usize) -> Option<u64> {
        let (made, allowed) = &mut self.users.borrow_mut()[persona];
        if made >= allowed {
            return None;
        }
        *made += 1;
        let number = self.place as u64 + self.made.get() * self.crew.workers as u64;
        self.made.set(self.made.get() + 1);
        Some(number)
    }

    /// No further arrivals: users leave once the queue is empty. After a stop the queue is given up.
    fn close(&self) {
        self.closed.set(true);
        if self.crew.is_stopping() {
            self.drop_waiting();
        }
        for seat in self.free.borrow_mut().iter_mut().flat_map(|seats| seats.drain(..)) {
            seat.called.notify_one();
        }
    }

    /// Whether a user has nothing to do but wait for a further arrival.
    fn is_idle(&self, seat: &Seat) -> bool {
        let next = seat.next.take();
        seat.next.set(next);
        next.is_none() && !self.closed.get()
    }

    fn drop_waiting(&self) {
        let waiting: Vec<VecDeque<Arrival>> = self.waiting.borrow_mut().iter_mut().map(std::mem::take).collect();
        for (persona, arrivals) in waiting.into_iter().enumerate() {
            for arrival in arrivals {
                self.count(persona, arrival.phase, |counts| counts.dropped += 1);
            }
        }
    }

    fn count(&self, persona: usize, phase: PhaseId, add: impl FnOnce(&mut IterationCounts)) {
        self.crew.cast.persona(persona).count(self.crew.cast.host(), phase, add);
    }
}

/// Counts arrivals that still wait when the desk is left, however it is left.
struct Abandon(Rc<Desk>);

impl Drop for Abandon {
    fn drop(&mut self) {
        self.0.drop_waiting();
    }
}

/// One user's life: it takes arrivals as they come.
async fn attend(desk: Rc<Desk>, persona: usize, number: u64, first: Arrival) {
    // What `start` takes is the target's time, not the generator's.
    let taken_up = Instant::now();
    let crew = &desk.crew;
    let seat = Rc::new(Seat { next: Cell::new(Some(first)), called: Notify::new() });
    let _vacate = Vacate { desk: &desk, persona, seat: &seat };
    let Some(player) = crew.player(persona, desk.group.index, number) else { return };
    let _alive = crew.enter();
    let started = player.start().await;
    crew.look_for_bug();
    if !started {
        // Its arrival is lost, its place is not: the next arrival may find the target well again.
        desk.users.borrow_mut()[persona].0 -= 1;
        player.release();
        return;
    }
    let mut called = Some(taken_up);
    while let Some(arrival) = seat.next.take() {
        if called.is_some_and(|called| called.saturating_duration_since(arrival.due) > LATE) {
            desk.count(persona, arrival.phase, |counts| counts.late += 1);
        }
        player.take(arrival.number, arrival.due, arrival.phase).await;
        crew.look_for_bug();
        if crew.is_stopping() {
            desk.drop_waiting();
        }
        seat.next.set(desk.waiting.borrow_mut()[persona].pop_front());
        // An arrival that had to wait for a user is late by the target's fault.
        called = None;
        if desk.is_idle(&seat) {
            desk.free.borrow_mut()[persona].push(seat.clone());
            seat.called.notified().await;
            called = Some(Instant::now());
        }
    }
    player.stop().await;
    crew.look_for_bug();
}

/// Counts an arrival that a user was given and never began as dropped.
struct Vacate<'a> {
    desk: &'a Rc<Desk>,
    persona: usize,
    seat: &'a Rc<Seat>,
}

impl Drop for Vacate<'_> {
    fn drop(&mut self) {
        if let Some(arrival) = self.seat.next.take() {
            self.desk.count(self.persona, arrival.phase, |counts| counts.dropped += 1);
        }
    }
}
