//! This worker's arrivals of an open group, one after the other, each at its time.

use std::iter::Peekable;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::worker::Crew;
use crate::plan::load::Course;

/// The arrivals that this worker takes: every `crew.workers`-th from `place` on.
pub struct Arriving<'a> {
    crew: &'a Crew,
    group: u32,
    place: usize,
    course: Arc<Course>,
    mine: Peekable<Mine>,
    /// What it knows of the heading: as many turns as it has followed.
    turns: u64,
}

/// Numbers and times on the load's clock.
type Mine = Box<dyn Iterator<Item = (u64, Duration)>>;

impl<'a> Arriving<'a> {
    /// All that the plan has for it.
    pub fn new(crew: &'a Crew, group: u32, place: usize) -> Self {
        let (course, turns) = (crew.helm.course(group), crew.helm.turns());
        let mine = mine(crew, &course, place);
        Self { crew, group, place, course, mine, turns }
    }

    /// Waits for the next arrival: its number, and when it was due. `None` when the load has come to its end, which is
    /// not when its last arrival was due, or is to stop.
    pub async fn next(&mut self) -> Option<(u64, Instant)> {
        loop {
            self.turn();
            let due = self.mine.peek().map(|(_, due)| *due).or(self.course.end()).unwrap_or_default();
            if !self.crew.reach(due).await {
                continue;
            }
            if self.crew.is_stopping() {
                return None;
            }
            let (number, due) = self.mine.next()?;
            return Some((number, self.crew.moment(due)));
        }
    }

    /// Goes over to a course that was changed, once all that was due before it has come.
    fn turn(&mut self) {
        let turns = self.crew.helm.turns();
        if self.turns == turns {
            return;
        }
        let ahead = self.crew.helm.course(self.group);
        if !Arc::ptr_eq(&ahead, &self.course) {
            if self.mine.peek().is_some_and(|(_, due)| *due < ahead.from()) {
                return;
            }
            self.mine = mine(self.crew, &ahead, self.place);
            self.course = ahead;
        }
        self.turns = turns;
    }
}

fn mine(crew: &Crew, course: &Course, place: usize) -> Peekable<Mine> {
    let (workers, place) = (crew.workers as u64, place as u64);
    let mine = course.arrivals(crew.plan.seed).filter(move |(number, _)| number % workers == place);
    (Box::new(mine) as Mine).peekable()
}
