//! Rehearsing: setup, every operation of every persona once, verify, teardown, with each statement shown.
//!
//! Plays on the session's own thread with one user a persona; nothing is measured for the record.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::task::LocalSet;

use super::control::Control;
use super::error::EngineError;
use super::signals::Signals;
use super::stop::{Stop, Urgency};
use super::targets::{self, Throwaway};
use crate::monitor::claims;
use crate::plan::Plan;
use crate::script::{LogLevel, ScriptError, Shared, Source, Timeline};
use crate::stats::ErrorClass;

/// What a rehearsal tells, as it happens.
pub enum Step<'a> {
    /// A part has begun: `setup`, ``persona `reader` ``, `verify`, `teardown`.
    Part(&'a str),
    /// A statement or command was sent.
    Statement {
        /// Its label or text.
        what: &'a str,
        /// How long it took, in µs.
        time_us: u64,
        /// Rows read or written.
        rows: u64,
        /// Why it failed, if it did.
        error: Option<&'a str>,
    },
    /// An operation, or a part, has ended.
    Ended {
        /// Its name.
        name: &'a str,
        /// How long it took.
        time: Duration,
        /// Why it failed, if it did.
        error: Option<&'a ScriptError>,
    },
}

/// What came of a rehearsal.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Rehearsal {
    /// Parts and operations that went well.
    pub succeeded: u64,
    /// Parts and operations that failed.
    pub failed: u64,
    /// Of those, `verify`, if what it checked does not hold; a bug in it is another matter.
    pub unverified: u64,
    /// Whether a signal ended it.
    pub interrupted: bool,
}

/// Rehearses a plan.
///
/// # Errors
/// When targets can't be made ready, or `setup` fails, after which nothing else makes sense.
pub fn rehearse(
    mut plan: Plan,
    source: &Source,
    tell: impl FnMut(Step<'_>) + 'static,
) -> Result<Rehearsal, EngineError> {
    plan.begin_as(targets::run_id());
    let stop = Stop::default();
    let _signals = Signals::catch(&stop).map_err(EngineError::Start)?;
    let _throwaway = Throwaway::start(&mut plan)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(EngineError::Start)?;
    LocalSet::new().block_on(&runtime, async {
        let interrupted = Rehearsal { interrupted: true, ..Rehearsal::default() };
        let Some(ready) = unless_interrupted(&stop, make_ready(&mut plan)).await else { return Ok(interrupted) };
        ready?;
        let mut stage = Stage::new(&plan, source, tell)?;
        let played = unless_interrupted(&stop, stage.play()).await;
        let played = match played {
            Some(played) => played,
            None => stage.clean_up(&stop).await,
        };
        // Also has the servers stop what was under way.
        stage.control.close().await;
        played
    })
}

/// Does `work`; none if a signal comes before it is done, and what was under way is broken off.
async fn unless_interrupted<T>(stop: &Stop, work: impl Future<Output = T>) -> Option<T> {
    tokio::select! {
        biased;
        () = stop.reached(Urgency::Graceful) => None,
        done = work => Some(done),
    }
}

/// Looks at the targets, and has the plan take no more than they have room for.
async fn make_ready(plan: &mut Plan) -> Result<(), EngineError> {
    targets::look(plan).await?.fit(plan)?;
    Ok(claims::check(plan).await?)
}

type Tell = Rc<RefCell<dyn FnMut(Step<'_>)>>;

struct Stage {
    plan: Arc<Plan>,
    control: Control,
    tell: Tell,
    outcome: Rc<RefCell<Rehearsal>>,
}

impl Stage {
    fn new(plan: &Plan, source: &Source, tell: impl FnMut(Step<'_>) + 'static) -> Result<Self, EngineError> {
        let plan = Arc::new(plan.clone());
        let timeline = Arc::new(Timeline::new(Duration::ZERO, None));
        timeline.start(Instant::now());
        let shared = Arc::new(Shared::new(plan.data.clone()));
        shared.log().set_level(LogLevel::Debug);
        let control = Control::new(&plan, source, &timeline, &shared)?;
        let tell: Tell = Rc::new(RefCell::new(tell));
        let told = tell.clone();
        control.cast().host().set_trace(Box::new(move |what, time_us, rows, error| {
            told.borrow_mut()(Step::Statement { what, time_us, rows, error });
        }));
        let (told, outcome) = (tell.clone(), Rc::new(RefCell::new(Rehearsal::default())));
        let counted = outcome.clone();
        control.cast().host().set_told(Box::new(move |name, time, error| {
            count(&mut counted.borrow_mut(), error);
            told.borrow_mut()(Step::Ended { name, time, error });
        }));
        Ok(Self { plan, control, tell, outcome })
    }

    async fn play(&mut self) -> Result<Rehearsal, EngineError> {
        self.begin("setup");
        let begun = Instant::now();
        let setup = self.control.setup().await.map(drop);
        claims::mark(&self.plan).await?;
        self.end("setup", begun, setup.as_ref().err());
        if setup.is_err() {
            // As after a run: what `setup` had made by then is tidied up.
            self.teardown().await;
        }
        setup?;
        for persona in 0..self.plan.personas.len() {
            self.persona(persona).await?;
        }
        self.begin("verify");
        let begun = Instant::now();
        if let Some(verified) = self.control.verify().await {
            let error = verified.err();
            let found = error.as_ref().is_some_and(|error| error.class != ErrorClass::ScriptBug);
            self.outcome.borrow_mut().unverified += u64::from(found);
            self.end("verify", begun, error.as_ref());
        }
        self.teardown().await;
        Ok(*self.outcome.borrow())
    }

    async fn teardown(&mut self) {
        self.begin("teardown");
        let begun = Instant::now();
        let torn_down = self.control.teardown().await;
        self.end("teardown", begun, torn_down.err().as_ref());
    }

    /// What is left to do after a signal, unless there is another one: the next rehearsal must find what this one
    /// has made to be throng's, and the scenario tidies up.
    async fn clean_up(&mut self, stop: &Stop) -> Result<Rehearsal, EngineError> {
        let work = async {
            claims::mark(&self.plan).await?;
            self.teardown().await;
            Ok::<(), EngineError>(())
        };
        tokio::select! {
            biased;
            () = stop.reached(Urgency::Abandoned) => {}
            done = work => done?,
        }
        Ok(Rehearsal { interrupted: true, ..*self.outcome.borrow() })
    }

    async fn persona(&mut self, persona: usize) -> Result<(), EngineError> {
        let name = self.plan.personas[persona].name.clone();
        self.begin(&format!("persona `{name}`"));
        let player = self.control.cast().player(persona, 0, 0)?;
        let begun = Instant::now();
        if let Err(error) = player.start().await {
            self.end("start", begun, Some(&error));
            return Ok(());
        }
        let mut begun = Instant::now();
        let (tell, outcome) = (&self.tell, &self.outcome);
        player
            .rehearse(|name, error| {
                count(&mut outcome.borrow_mut(), error.as_ref());
                tell.borrow_mut()(Step::Ended { name, time: begun.elapsed(), error: error.as_ref() });
                begun = Instant::now();
            })
            .await;
        let begun = Instant::now();
        if let Err(error) = player.stop().await {
            self.end("stop", begun, Some(&error));
        }
        Ok(())
    }

    fn begin(&self, part: &str) {
        self.tell.borrow_mut()(Step::Part(part));
    }

    fn end(&mut self, name: &str, begun: Instant, error: Option<&ScriptError>) {
        count(&mut self.outcome.borrow_mut(), error);
        self.tell.borrow_mut()(Step::Ended { name, time: begun.elapsed(), error });
    }
}

fn count(outcome: &mut Rehearsal, error: Option<&ScriptError>) {
    match error {
        None => outcome.succeeded += 1,
        Some(_) => outcome.failed += 1,
    }
}
