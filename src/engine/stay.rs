//! How long a user of closed load stays, whatever is steered meanwhile.

use std::cell::Cell;
use std::pin::pin;
use std::time::Instant;

use super::helm::Rest;
use super::worker::Crew;
use crate::clock;
use crate::plan::load::Span;
use crate::script::Player;

/// One stay of one user.
pub struct Stay<'a> {
    crew: &'a Crew,
    player: &'a Player,
    group: u32,
    number: u64,
    /// When it is to begin no further iteration; `None` if only iterations end it.
    until: Cell<Option<Instant>>,
    /// What it knows of the heading.
    turns: Cell<u64>,
    /// When it may begin nothing.
    rest: Cell<Option<Rest>>,
}

impl<'a> Stay<'a> {
    /// A stay that begins, for one of the user's spans.
    pub fn new(crew: &'a Crew, player: &'a Player, group: u32, number: u64, span: Span) -> Self {
        let until = Cell::new(span.to.map(|to| crew.moment(to)));
        let turns = Cell::new(crew.helm.turns());
        let rest = Cell::new(crew.helm.rest(crew.origin()));
        player.stays_until(until.get());
        Self { crew, player, group, number, until, turns, rest }
    }

    /// Whether it begins no further iteration `now`.
    pub fn is_over(&self, now: Instant) -> bool {
        self.until.get().is_some_and(|until| now >= until)
    }

    /// Between two iterations: waits while the load stands still, and finds out how long to stay if that has changed.
    /// Returns the present moment, which is `now` if there was nothing to wait for.
    pub async fn look(&self, now: Instant) -> Instant {
        let mut now = now;
        loop {
            if self.turns.get() != self.crew.helm.turns() {
                self.turn();
            }
            let Some(rest) = self.rest.get().filter(|rest| rest.covers(now) && !self.crew.is_stopping()) else {
                return now;
            };
            while !self.crew.reach(rest.at).await {}
            now = Instant::now();
        }
    }

    /// Thinks until `wake`, or until it is to leave.
    pub async fn wait(&self, wake: Instant) {
        if !self.crew.helm.is_manned() {
            return self.crew.clock.pause_until(self.until.get().map_or(wake, |until| wake.min(until))).await;
        }
        loop {
            let turned = self.crew.helm.turned();
            let at = self.until.get().map_or(wake, |until| wake.min(until));
            tokio::select! {
                biased;
                () = turned => self.turn(),
                () = self.crew.clock.pause_until(at) => return,
            }
            if self.crew.is_stopping() {
                return;
            }
        }
    }

    /// Does `playing` to its end, or until the time is up that an iteration has to finish once the stay is over.
    pub async fn see_out(&self, playing: impl Future<Output = ()>) {
        let mut playing = pin!(playing);
        let latest = || self.until.get().map(|until| until + self.crew.plan.graceful_stop);
        if !self.crew.helm.is_manned() {
            // Nothing moves the end, so that nobody need be listened to besides.
            match latest() {
                Some(latest) => {
                    let _ = clock::until(latest, playing).await;
                }
                None => playing.await,
            }
            return;
        }
        loop {
            let turned = self.crew.helm.turned();
            let Some(latest) = latest().filter(|_| !self.crew.helm.is_paused()) else {
                tokio::select! {
                    () = playing.as_mut() => return,
                    () = turned => {
                        self.turn();
                        continue;
                    }
                }
            };
            let ended = clock::until(latest, playing.as_mut()).await.is_ok();
            self.turn();
            let moved = self.until.get().is_none_or(|until| until + self.crew.plan.graceful_stop > latest);
            if ended || !(moved || self.crew.helm.is_paused()) {
                return;
            }
        }
    }

    /// Finds out how long to stay.
    fn turn(&self) {
        let (crew, helm) = (self.crew, &self.crew.helm);
        if self.turns.replace(helm.turns()) == helm.turns() {
            return;
        }
        self.rest.set(helm.rest(crew.origin()));
        let course = helm.course(self.group);
        // A change takes effect a moment after it was told.
        let reading = crew.reading().max(course.from());
        self.until.set(match course.span(self.number, reading) {
            Some(span) if span.from <= reading => span.to.map(|to| crew.moment(to)),
            _ => Some(crew.moment(course.from()).min(Instant::now())),
        });
        self.player.stays_until(self.until.get());
    }
}
