//! One user at play: choosing an operation, calling the script, counting the iteration.

use std::cell::RefCell;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll};
use std::time::Instant;

use mlua::{Function, Table};
use pin_project_lite::pin_project;
use rand::RngExt;

use super::error::{ScriptError, classify};
use super::host::Host;
use super::operation::{OperationCells, play};
use super::random::Stream;
use super::timeline::PhaseId;
use super::user::User;
use super::waiting::Desk;
use crate::stats::{CellKey, ErrorClass, IterationCounts, IterationId, OUTSIDE, Outcome};

/// What the users of one persona do, in one Lua state.
pub struct Persona {
    pub(super) index: usize,
    pub(super) name: String,
    pub(super) start: Option<Function>,
    pub(super) stop: Option<Function>,
    pub(super) behaviour: Behaviour,
    pub(super) counts: RefCell<Vec<Option<IterationId>>>,
}

/// A mix of operations, or one flow.
pub enum Behaviour {
    /// One operation an iteration, drawn by weight.
    Mix(Vec<Step>),
    /// A function that names its operations itself.
    Flow(Function),
}

/// One operation of a mix.
pub struct Step {
    /// The sum of the weights up to and including this one.
    pub(super) up_to: f64,
    pub(super) cells: OperationCells,
    pub(super) run: Function,
}

impl Persona {
    /// Adds to the iteration counts of a phase.
    pub fn count(&self, host: &Host, phase: PhaseId, add: impl FnOnce(&mut IterationCounts)) {
        let mut ids = self.counts.borrow_mut();
        let place = phase as usize;
        if place >= ids.len() {
            ids.resize(place + 1, None);
        }
        let mut recorder = host.recorder.borrow_mut();
        let id = *ids[place].get_or_insert_with(|| recorder.iteration_id(&self.name, &host.timeline.name(phase)));
        add(recorder.iterations(id));
    }
}

/// A user of a persona, ready to play.
pub struct Player {
    host: Rc<Host>,
    persona: Rc<Persona>,
    user: Rc<User>,
    table: Table,
    desk: Desk,
    streams: u64,
}

impl Player {
    /// A user with its number in `group`.
    ///
    /// # Errors
    /// When Lua has no memory for it.
    pub(super) fn new(
        lua: &mlua::Lua,
        host: &Rc<Host>,
        persona: &Rc<Persona>,
        group: u32,
        number: u64,
    ) -> Result<Self, ScriptError> {
        let streams = Stream::base(host.plan.seed, &host.plan.scenario, group, &persona.name);
        let user = Rc::new(User::new(number, persona.index, Stream::numbered(streams, number)));
        let table = user.table(lua, host).map_err(|error| ScriptError::new("making a user", &error))?;
        let desk = Desk::of(lua).map_err(|error| ScriptError::new("making a user", &error))?;
        Ok(Self { host: host.clone(), persona: persona.clone(), user, table, desk, streams })
    }

    /// Says when it is to leave, if that is known.
    pub fn stays_until(&self, at: Option<Instant>) {
        self.user.leaves.set(at);
    }

    /// Calls the persona's `start`.
    ///
    /// # Errors
    /// When it throws, which is counted; the user must not play then.
    pub async fn start(&self) -> Result<(), ScriptError> {
        self.frame("start", &self.persona.start).await
    }

    /// Calls the persona's `stop`, and closes connections that only this user had.
    ///
    /// # Errors
    /// When it throws, which is counted.
    pub async fn stop(&self) -> Result<(), ScriptError> {
        let result = self.frame("stop", &self.persona.stop).await;
        self.release();
        result
    }

    /// Closes connections that only this user had.
    pub fn release(&self) {
        self.user.end();
        self.host.pools.release(&self.user);
    }

    async fn frame(&self, name: &str, function: &Option<Function>) -> Result<(), ScriptError> {
        let Some(function) = function else { return Ok(()) };
        self.call(function).await.map_err(|error| {
            self.count_error(&error, self.host.timeline.phase_at(Instant::now()));
            ScriptError::new(format!("persona `{}`, `{name}`", self.persona.name), &error)
        })
    }

    /// Plays one iteration that starts `now`; when it ended.
    pub async fn iterate(&self, now: Instant) -> Instant {
        let phase = self.host.timeline.phase_at(now);
        self.user.iteration.set(self.user.iteration.get() + 1);
        self.play(phase, now, 1).await
    }

    /// Plays the iteration of an arrival: its randomness comes from the arrival's number, and its response
    /// time runs from when it was due. The arrival has been counted as offered already.
    pub async fn take(&self, number: u64, due: Instant, phase: PhaseId) {
        *self.user.random.borrow_mut() = Stream::numbered(self.streams, number);
        self.user.iteration.set(number + 1);
        self.user.due.set(Some(due));
        self.play(phase, Instant::now(), 0).await;
        self.user.due.set(None);
    }

    /// Plays an iteration that starts `now`; `offered` is how many are to be counted as offered with it.
    async fn play(&self, phase: PhaseId, now: Instant, offered: u64) -> Instant {
        self.user.failed.set(false);
        let iteration = Iteration::begin(self, phase, offered);
        let (result, ended) = match &self.persona.behaviour {
            Behaviour::Mix(steps) => {
                let step = self.draw(steps);
                let work = self.in_spotlight(self.call(&step.run));
                play(&self.host, &self.user, &step.cells, Some(phase), now, work).await
            }
            Behaviour::Flow(run) => (self.in_spotlight(self.call(run)).await, Instant::now()),
        };
        if let Err(error) = result {
            self.count_error(&error, phase);
        }
        iteration.end(if self.user.failed.get() { Outcome::Failed } else { Outcome::Succeeded }, ended);
        ended
    }

    /// Calls a function of the script with the user.
    fn call<'a>(&'a self, function: &'a Function) -> impl Future<Output = mlua::Result<()>> + 'a {
        self.desk.call(function, &self.table)
    }

    /// Shows the watchdog whose script is running whenever `work` runs.
    fn in_spotlight<W>(&self, work: W) -> Spotlit<'_, W> {
        Spotlit { player: self, work }
    }

    fn draw<'a>(&self, steps: &'a [Step]) -> &'a Step {
        let last = &steps[steps.len() - 1];
        let point = self.user.random.borrow_mut().0.random::<f64>() * last.up_to;
        steps.iter().find(|step| point < step.up_to).unwrap_or(last)
    }

    /// Counts an error that no operation has counted.
    fn count_error(&self, error: &mlua::Error, phase: PhaseId) {
        self.user.failed.set(true);
        let classified = classify(error);
        let Some(class) = classified.class else { return };
        if class == ErrorClass::ScriptBug {
            self.host.report_bug(&self.user, error);
        }
        let key = CellKey {
            persona: self.persona.name.clone(),
            operation: OUTSIDE.to_owned(),
            phase: self.host.timeline.name(phase),
        };
        self.host.recorder.borrow_mut().error_at(&key, class, || classified.message);
    }

    /// How long this user thinks before its next iteration.
    pub fn think(&self) -> std::time::Duration {
        let think = &self.host.plan.personas[self.persona.index].think;
        self.user.random.borrow_mut().think(think)
    }

    /// Plays each operation of a mix once, or the flow once, in order; tells `each` of every end, but for the
    /// operations of a flow, which the host tells of.
    pub async fn rehearse(&self, mut each: impl FnMut(&str, Option<ScriptError>)) {
        let during = |name: &str| format!("persona `{}`, operation `{name}`", self.persona.name);
        self.user.iteration.set(1);
        match &self.persona.behaviour {
            Behaviour::Mix(steps) => {
                for step in steps {
                    let work = self.call(&step.run);
                    let (result, _) = play(&self.host, &self.user, &step.cells, None, Instant::now(), work).await;
                    let name = &step.cells.name;
                    each(name, result.err().map(|error| ScriptError::new(during(name), &error)));
                }
            }
            Behaviour::Flow(run) => {
                let result = self.call(run).await;
                // What an operation of the flow has counted, it has told too.
                match result.as_ref().err().map(|error| (classify(error).class, error)) {
                    Some((None, _)) => {}
                    other => each("run", other.map(|(_, error)| ScriptError::new(during("run"), error))),
                }
            }
        }
    }
}

pin_project! {
    /// The future of [`Player::in_spotlight`].
    struct Spotlit<'a, W> {
        player: &'a Player,
        #[pin]
        work: W,
    }
}

impl<W: Future> Future for Spotlit<'_, W> {
    type Output = W::Output;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<W::Output> {
        let this = self.project();
        let Player { host, persona, .. } = this.player;
        host.spotlight.store(persona.index + 1, Ordering::Relaxed);
        let polled = this.work.poll(context);
        host.spotlight.store(0, Ordering::Relaxed);
        polled
    }
}

/// An iteration under way. Dropped without an end, it is unfinished.
struct Iteration<'a> {
    player: &'a Player,
    phase: PhaseId,
    ended: bool,
}

impl<'a> Iteration<'a> {
    fn begin(player: &'a Player, phase: PhaseId, offered: u64) -> Self {
        player.persona.count(&player.host, phase, |counts| {
            counts.offered += offered;
            counts.started += 1;
        });
        Self { player, phase, ended: false }
    }

    fn end(mut self, outcome: Outcome, at: Instant) {
        self.ended = true;
        let Player { host, persona, .. } = self.player;
        let in_force = host.timeline.measured_at(at);
        let in_time = u64::from(in_force == Some(self.phase));
        self.count(outcome, in_time);
        if let Some(phase) = in_force.filter(|_| in_time == 0) {
            persona.count(host, phase, |counts| counts.in_time += 1);
        }
    }

    fn count(&self, outcome: Outcome, in_time: u64) {
        self.player.persona.count(&self.player.host, self.phase, |counts| {
            counts.in_time += in_time;
            match outcome {
                Outcome::Succeeded => counts.succeeded += 1,
                Outcome::Failed => counts.failed += 1,
                Outcome::Unfinished => counts.unfinished += 1,
            }
        });
    }
}

impl Drop for Iteration<'_> {
    fn drop(&mut self) {
        if !self.ended {
            self.count(Outcome::Unfinished, 0);
        }
    }
}
