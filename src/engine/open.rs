//! Open load: arrivals fall due whether or not users are free.
//!
//! Each arrival is taken by a free user of its persona, or by a new one while
//! there are fewer than allowed. When there are as many as allowed, a free
//! user of another persona makes room; when all are busy, the arrival waits in
//! a queue or is dropped.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::future::poll_fn;
use std::rc::Rc;
use std::time::{Duration, Instant};

use tokio::sync::Notify;
use tokio::task::JoinSet;

use super::arriving::Arriving;
use super::gone;
use super::places::Places;
use super::pools::share;
use super::worker::Crew;
use crate::plan::Group;
use crate::plan::load::{OpenSchedule, Overflow};
use crate::script::PhaseId;
use crate::stats::IterationCounts;

/// A start later than this, although a user was free, is the generator's fault.
const LATE: Duration = Duration::from_millis(1);

/// One arrival: its number over the whole run, whose it is, when it was due, and the phase it counts in.
#[derive(Clone, Copy)]
struct Arrival {
    number: u64,
    persona: usize,
    due: Instant,
    phase: PhaseId,
}

/// This worker's part of an open group: its users, and the arrivals that wait for one.
struct Desk {
    crew: Rc<Crew>,
    group: Rc<Group>,
    /// This worker's place in the group.
    place: usize,
    places: RefCell<Places>,
    /// Free users by persona, the one that became free last on top: it is the warmest.
    free: RefCell<Vec<Vec<Rc<Seat>>>>,
    /// Arrivals by persona, in the order in which they fell due.
    waiting: RefCell<Vec<VecDeque<Arrival>>>,
    /// Every user that was made and may still be there.
    users: RefCell<JoinSet<()>>,
    made: Cell<u64>,
    closed: Cell<bool>,
}

/// Where a user waits for its next arrival, and where that arrival lies until it is begun.
struct Seat {
    next: Cell<Option<Arrival>>,
    called: Notify,
    /// Whether the user has its place among those allowed; it loses it when it must make room.
    has_place: Cell<bool>,
}

/// Issues this worker's arrivals, every `crew.workers`-th from `place` on, and sees them through.
pub async fn serve(crew: Rc<Crew>, group: Rc<Group>, schedule: OpenSchedule, place: usize) {
    let personas = crew.plan.personas.len();
    let mut weights = vec![0; personas];
    group.assignment.cycle.iter().for_each(|&persona| weights[usize::from(persona)] += 1);
    let places = Places::new(share(schedule.max_users(), place, crew.workers), &weights);
    let desk = Rc::new(Desk {
        crew: crew.clone(),
        group,
        place,
        places: RefCell::new(places),
        free: RefCell::new((0..personas).map(|_| Vec::new()).collect()),
        waiting: RefCell::new((0..personas).map(|_| VecDeque::new()).collect()),
        users: RefCell::default(),
        made: Cell::new(0),
        closed: Cell::new(false),
    });
    let closing = Closing(desk.clone());
    let mut arriving = Arriving::new(&crew, desk.group.index, place);
    while let Some((number, due)) = arriving.next().await {
        let persona = desk.group.assignment.persona(number);
        let phase = crew.cast.host().timeline.phase_at(due);
        desk.receive(Arrival { number, persona, due, phase }, schedule.overflow());
    }
    desk.close();
    let latest = Instant::now() + crew.plan.graceful_stop;
    let _ = tokio::time::timeout_at(latest.into(), desk.everybody_left()).await;
    drop(closing);
    desk.everybody_left().await;
}

impl Desk {
    fn receive(self: &Rc<Self>, arrival: Arrival, overflow: Overflow) {
        self.count(&arrival, |counts| counts.offered += 1);
        let free = self.free.borrow_mut()[arrival.persona].pop();
        if let Some(seat) = free {
            seat.call(Some(arrival));
        } else if self.places.borrow().is_free() || self.make_room() {
            self.welcome(arrival);
        } else {
            match overflow {
                Overflow::Queue => self.waiting.borrow_mut()[arrival.persona].push_back(arrival),
                Overflow::Drop => self.count(&arrival, |counts| counts.dropped += 1),
            }
        }
    }

    /// Sends a free user of another persona away; false if there is none.
    fn make_room(&self) -> bool {
        let mut free = self.free.borrow_mut();
        let idle = free.iter_mut().enumerate().find_map(|(persona, seats)| Some((persona, seats.pop()?)));
        if let Some((persona, seat)) = &idle {
            self.take_place(*persona, seat);
            seat.call(None);
        }
        idle.is_some()
    }

    fn take_place(&self, persona: usize, seat: &Seat) {
        if seat.has_place.replace(false) {
            self.places.borrow_mut().leave(persona);
        }
    }

    /// Makes a user for an arrival.
    fn welcome(self: &Rc<Self>, arrival: Arrival) {
        let number = self.place as u64 + self.made.get() * self.crew.workers as u64;
        self.made.set(self.made.get() + 1);
        let visit = Visit::new(self.clone(), arrival);
        let mut users = self.users.borrow_mut();
        users.spawn_local(attend(visit, number));
        while let Some(user) = users.try_join_next() {
            gone::outcome(user);
        }
    }

    /// No further arrivals: users leave once the queue is empty. After a stop the queue is given up.
    fn close(&self) {
        self.closed.set(true);
        if self.crew.is_stopping() {
            self.give_up_waiting();
        }
        for seat in self.free.borrow_mut().iter_mut().flat_map(|seats| seats.drain(..)) {
            seat.call(None);
        }
    }

    /// Gives the place of a user that goes to the next arrival that waits, if there is one.
    fn hand_on_place(self: &Rc<Self>, persona: usize, seat: &Seat) {
        if let Some(arrival) = self.next_waiting(persona) {
            self.take_place(persona, seat);
            self.welcome(arrival);
        }
    }

    /// The next arrival for a user of `persona` that has become free. If it is another persona's, the user must go,
    /// and its place is given to the one who comes for it.
    fn next_waiting(self: &Rc<Self>, persona: usize) -> Option<Arrival> {
        if self.crew.is_stopping() {
            self.give_up_waiting();
        }
        let whose = self.places.borrow().next(persona, |persona| self.waiting.borrow()[persona].len())?;
        self.waiting.borrow_mut()[whose].pop_front()
    }

    fn give_up_waiting(&self) {
        let waiting: Vec<Arrival> = self.waiting.borrow_mut().iter_mut().flat_map(std::mem::take).collect();
        waiting.iter().for_each(|arrival| self.count(arrival, |counts| counts.dropped += 1));
    }

    async fn everybody_left(&self) {
        while let Some(user) = poll_fn(|context| self.users.borrow_mut().poll_join_next(context)).await {
            gone::outcome(user);
        }
    }

    fn count(&self, arrival: &Arrival, add: impl FnOnce(&mut IterationCounts)) {
        self.crew.cast.persona(arrival.persona).count(self.crew.cast.host(), arrival.phase, add);
    }
}

impl Seat {
    /// Ends the waiting of a free user, with an arrival or for good.
    fn call(&self, arrival: Option<Arrival>) {
        self.next.set(arrival);
        self.called.notify_one();
    }
}

/// Interrupts users and counts arrivals that still wait when the desk is left, however it is left.
struct Closing(Rc<Desk>);

impl Drop for Closing {
    fn drop(&mut self) {
        self.0.closed.set(true);
        self.0.give_up_waiting();
        self.0.users.borrow_mut().abort_all();
    }
}

/// One user's life: it takes arrivals as they come.
async fn attend(visit: Visit, number: u64) {
    // What `start` takes is the target's time, not the generator's.
    let taken_up = Instant::now();
    let Visit { desk, persona, seat } = &visit;
    let (crew, persona) = (&desk.crew, *persona);
    let Some(player) = crew.player(persona, desk.group.index, number) else { return };
    let _alive = crew.enter();
    let started = player.start().await.is_ok();
    crew.look_for_bug();
    if !started {
        // Its arrival is lost, its place is not: the next arrival may find the target well again.
        player.release();
        desk.hand_on_place(persona, seat);
        return;
    }
    let mut called = Some(taken_up);
    while let Some(arrival) = seat.next.take() {
        if called.is_some_and(|called| called.saturating_duration_since(arrival.due) > LATE) {
            desk.count(&arrival, |counts| counts.late += 1);
        }
        player.take(arrival.number, arrival.due, arrival.phase).await;
        crew.look_for_bug();
        // An arrival that had to wait for a user is late by the target's fault.
        called = None;
        match desk.next_waiting(persona) {
            Some(arrival) if arrival.persona == persona => seat.next.set(Some(arrival)),
            Some(arrival) => {
                desk.take_place(persona, seat);
                desk.welcome(arrival);
                break;
            }
            None if desk.closed.get() => break,
            None => {
                desk.free.borrow_mut()[persona].push(seat.clone());
                seat.called.notified().await;
                called = Some(Instant::now());
            }
        }
    }
    // Counted already.
    let _ = player.stop().await;
    crew.look_for_bug();
}

/// A user's stay. At its end the place is free again, and an arrival that was given and never begun is dropped.
struct Visit {
    desk: Rc<Desk>,
    persona: usize,
    seat: Rc<Seat>,
}

impl Visit {
    /// That of a user who takes a place for an arrival.
    fn new(desk: Rc<Desk>, first: Arrival) -> Self {
        desk.places.borrow_mut().take(first.persona);
        let seat = Seat { next: Cell::new(Some(first)), called: Notify::new(), has_place: Cell::new(true) };
        Self { desk, persona: first.persona, seat: Rc::new(seat) }
    }
}

impl Drop for Visit {
    fn drop(&mut self) {
        if let Some(arrival) = self.seat.next.take() {
            self.desk.count(&arrival, |counts| counts.dropped += 1);
        }
        self.desk.take_place(self.persona, &self.seat);
    }
}
