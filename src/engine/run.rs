//! A run as the caller sees it: targets, a session on a thread of its own, and the record that comes of it.
//!
//! The session may be held up by a script that never gives way; this thread watches it, so that the run ends
//! all the same, with what was measured by then.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use super::error::{EngineError, panicked};
use super::interruption::Interruption;
use super::observer::Observer;
use super::pulse::Pulse;
use super::session::Session;
use super::signals::Signals;
use super::steering::Steering;
use super::stop::Stop;
use super::story::{Story, Tale};
use super::targets::{self, Throwaway};
use super::telling::{Event, Telling};
use crate::analysis::threshold::Thresholds;
use crate::plan::Plan;
use crate::plan::units::format_duration;
use crate::record::Record;
use crate::script::{LogLevel, Source};
use crate::servers::Kept;

/// How often the session's pulse is felt.
const LOOK_EVERY: Duration = Duration::from_millis(250);

/// What may be chosen for a run beside its plan.
#[derive(Clone, Default)]
pub struct Options {
    /// Leave throwaway servers, and the data in them, behind.
    pub keep_target: bool,
    /// Hold back what scripts log, but for warnings and errors.
    pub quiet: bool,
    /// Ends the run like a signal of its own, if it came before the run listened.
    pub interruption: Option<Interruption>,
    /// What the run may be steered by while it goes on.
    pub steering: Option<Steering>,
}

/// What became of a run.
pub struct Outcome {
    /// What was measured, be it nothing.
    pub record: Record,
    /// What kept the run from its end.
    pub error: Option<EngineError>,
    /// Servers that were left running.
    pub kept: Vec<Kept>,
}

/// Plays a plan. Never fails as a whole: what was measured before an error is in the outcome.
pub fn run(
    mut plan: Plan,
    source: Source,
    thresholds: Thresholds,
    options: &Options,
    observer: &mut dyn Observer,
) -> Outcome {
    plan.begin_as(targets::run_id());
    let tale = Tale::default();
    let stop = options.steering.as_ref().map(|steering| steering.stop.clone()).unwrap_or_default();
    let signals = Signals::catch(&stop);
    let throwaway = match start(&mut plan, observer) {
        Ok(throwaway) => throwaway,
        Err(error) => return outcome(&tale, &plan, Some(error), Vec::new()),
    };
    if options.interruption.as_ref().is_some_and(Interruption::came) {
        stop.signal();
    }
    observer.begins(&plan);
    let error = match signals {
        Ok(_caught) => play(&plan, source, thresholds, options, observer, &stop, &tale).err(),
        Err(error) => Some(EngineError::Start(error)),
    };
    let kept = if options.keep_target { throwaway.keep() } else { Vec::new() };
    outcome(&tale, &plan, error, kept)
}

fn start(plan: &mut Plan, observer: &mut dyn Observer) -> Result<Throwaway, EngineError> {
    if plan.targets.postgres.values().any(|target| target.url.is_none()) {
        observer.stage("starting a throwaway PostgreSQL");
    }
    if plan.targets.redis.values().any(|target| target.url.is_none()) {
        observer.stage("starting a throwaway Redis");
    }
    Ok(Throwaway::start(plan)?)
}

fn outcome(tale: &Tale, plan: &Plan, error: Option<EngineError>, kept: Vec<Kept>) -> Outcome {
    let story: Story = std::mem::take(&mut tale.lock());
    Outcome { record: story.end(plan, error.as_ref()), error, kept }
}

/// Lets the session play, and passes on what it tells.
fn play(
    plan: &Plan,
    source: Source,
    thresholds: Thresholds,
    options: &Options,
    observer: &mut dyn Observer,
    stop: &Stop,
    tale: &Tale,
) -> Result<(), EngineError> {
    let telling = Telling::default();
    let pulse = Arc::new(Pulse::new());
    let steering = options.steering.clone();
    let session = Session::new(plan, source, stop.clone(), steering, tale.clone(), telling.clone(), pulse.clone());
    let log = session.log();
    if let Some(sink) = observer.log_sink() {
        log.set_sink(sink);
    }
    if options.quiet {
        log.set_level(LogLevel::Warn);
    }
    let (keep_target, ended) = (options.keep_target, telling.clone());
    thread::Builder::new()
        .name("session".to_owned())
        .spawn(move || {
            let played = catch_unwind(AssertUnwindSafe(|| session.run(thresholds, keep_target)));
            ended.tell(Event::Ended(played.unwrap_or_else(|panic| Err(panicked("the session", &*panic)))));
        })
        .map_err(EngineError::Start)?;
    Watch { pulse: &pulse, stop, graceful_stop: plan.graceful_stop }.until_the_end(&telling, observer)
}

/// What is looked at while the session plays.
struct Watch<'a> {
    pulse: &'a Pulse,
    stop: &'a Stop,
    graceful_stop: Duration,
}

impl Watch<'_> {
    fn until_the_end(self, told: &Telling, observer: &mut dyn Observer) -> Result<(), EngineError> {
        let mut stage = "starting";
        let mut stopping = false;
        loop {
            match told.next(LOOK_EVERY) {
                Some(Event::Stage(begun)) => {
                    stage = begun;
                    observer.stage(stage);
                }
                Some(Event::Interval(counted)) => counted.tell(observer),
                Some(Event::Steered(steered)) => observer.steered(&steered),
                Some(Event::Seen(seen)) => observer.seen(&seen),
                Some(Event::Ended(result)) => return result,
                None => {
                    if let Some(silence) = self.pulse.has_stopped() {
                        return Err(EngineError::SessionStuck { seconds: silence.as_secs(), during: stage.to_owned() });
                    }
                }
            }
            if !std::mem::replace(&mut stopping, self.stop.was_a_signal()) && stopping {
                let limit = format_duration(self.graceful_stop);
                observer
                    .stage(&format!("stopping: what is under way has {limit} to finish; Ctrl-C again ends at once"));
            }
        }
    }
}
