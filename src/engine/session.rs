//! A run as a story: a look at the targets, setup, workers, gathering, verify, teardown.
//!
//! Lives on a thread of its own; `run` watches over it and makes the record.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::task::{JoinHandle, LocalSet};

use super::control::Control;
use super::error::EngineError;
use super::gather::{Gather, Gathered};
use super::handover::Report;
use super::headroom::Keeper;
use super::pilot::Pilot;
use super::pulse::Pulse;
use super::sampler::Sampler;
use super::steering::Steering;
use super::stop::{Stop, Urgency};
use super::story::Tale;
use super::targets::{self, Seen};
use super::telling::{Counted, Event, Telling};
use super::workers::{News, Workers};
use crate::analysis::Ending;
use crate::analysis::threshold::Thresholds;
use crate::monitor::{Monitor, Peep, Plans, Processor, claims};
use crate::plan::{Data, Plan};
use crate::record::{CheckRecord, LoadRecord, MonitorRecord, PhaseRecord};
use crate::script::{Log, LogLevel, ScriptError, Shared, Source, Timeline};
use crate::stats::ErrorClass;

/// How long the workers get between the last of them being ready and the start of the clock.
const COUNTDOWN: Duration = Duration::from_millis(5);

/// How often whoever watches is told what the monitor has seen: not so often that a long list of statements is copied
/// all the time.
const TELL_EVERY: Duration = Duration::from_secs(2);

/// How often the session shows that it is alive.
const BEAT_EVERY: Duration = Duration::from_millis(100);

/// One run, as far as scripts and workers are concerned.
pub(super) struct Session {
    pub(super) plan: Arc<Plan>,
    pub(super) source: Arc<Source>,
    pub(super) timeline: Arc<Timeline>,
    pub(super) shared: Arc<Shared>,
    pub(super) stop: Stop,
    tale: Tale,
    telling: Telling,
    pulse: Arc<Pulse>,
    steering: Option<Steering>,
}

impl Session {
    /// A session that has not begun.
    pub fn new(
        plan: &Plan,
        source: Source,
        stop: Stop,
        steering: Option<Steering>,
        tale: Tale,
        telling: Telling,
        pulse: Arc<Pulse>,
    ) -> Self {
        let ends = plan.groups.iter().map(|group| group.load.schedule(plan.warm_up).end());
        // The load has an end that is known only if every group has one.
        let end = ends.collect::<Option<Vec<_>>>().and_then(|ends| ends.into_iter().max());
        Self {
            plan: Arc::new(plan.clone()),
            source: Arc::new(source),
            timeline: Arc::new(Timeline::new(plan.warm_up, end)),
            shared: Arc::new(Shared::new(plan.data.clone())),
            stop,
            tale,
            telling,
            pulse,
            steering,
        }
    }

    /// Where scripts log to.
    pub fn log(&self) -> &Log {
        self.shared.log()
    }

    /// Plays the run from the first look at the targets to teardown.
    pub fn run(mut self, thresholds: Thresholds, keep_target: bool) -> Result<(), EngineError> {
        self.pulse.is_of_this_thread();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(EngineError::Start)?;
        let local = LocalSet::new();
        let result = local.block_on(&runtime, async {
            let beating = tokio::task::spawn_local(beat(self.pulse.clone()));
            let result = self.play(thresholds, keep_target).await;
            beating.abort();
            result
        });
        drop(local);
        runtime.shutdown_background();
        result
    }

    async fn play(&mut self, thresholds: Thresholds, keep_target: bool) -> Result<(), EngineError> {
        let Some(seen) = self.unless_interrupted(targets::look(&self.plan)).await else { return Ok(()) };
        let seen = seen?;
        self.fit_in(&seen)?;
        self.tale.lock().finish.targets = seen.records;
        claims::check(&self.plan).await?;
        let control = Control::new(&self.plan, &self.source, &self.timeline, &self.shared)?;
        let played = self.set_up_and_play(&control, thresholds).await;
        let lost = match &played {
            Ok(()) if !self.stop.was_a_signal() => targets::look(&self.plan).await.err().map(EngineError::Lost),
            _ => None,
        };
        let as_planned = played.is_ok() && lost.is_none() && self.tale.lock().ending.is_none();
        let verified = if as_planned { self.verify(&control).await } else { Ok(()) };
        let told = played.and(verified).and(lost.map_or(Ok(()), Err));
        let torn_down = match &told {
            _ if keep_target => Ok(()),
            Err(EngineError::Lost(_)) => Ok(()),
            _ => self.teardown(&control).await,
        };
        control.close().await;
        if let (Err(_), Err(error)) = (&told, &torn_down) {
            // The run ends by one error; what else is left undone must be known too.
            self.log().write(LogLevel::Error, "teardown", &error.to_string());
        }
        told.and(torn_down)
    }

    /// Has the run take no more connections than its targets have room for.
    fn fit_in(&mut self, seen: &Seen) -> Result<(), EngineError> {
        let mut plan = (*self.plan).clone();
        for (name, note) in targets::not_set_up(&plan).into_iter().chain(seen.fit(&mut plan)?) {
            self.log().write(LogLevel::Warn, &format!("target `{name}`"), &note);
        }
        self.tale.lock().finish.workers = plan.workers;
        self.plan = Arc::new(plan);
        Ok(())
    }

    async fn set_up_and_play(&self, control: &Control, thresholds: Thresholds) -> Result<(), EngineError> {
        self.begin("setup");
        let begun = Instant::now();
        let data = self.unless_interrupted(control.setup()).await;
        // However it ended: what it has made by now is throng's.
        claims::mark(&self.plan).await?;
        self.tale.lock().finish.setup = begun.elapsed();
        let Some(data) = data else { return Ok(()) };
        let data = data?;
        control.leave_targets();
        self.begin("playing");
        // Before the monitor, which tells the users' sessions from those that were there.
        let Some(plans) = self.unless_interrupted(Plans::open(&self.plan)).await else { return Ok(()) };
        let monitor = self.unless_interrupted(self.open_monitor(control)).await;
        let Some(monitor) = monitor else { return Ok(()) };
        let played = self.play_load(data, thresholds, monitor?, plans).await;
        if self.stop.was_a_signal() {
            self.tale.lock().ending.get_or_insert(Ending::Interrupted);
        }
        played
    }

    /// Opens what watches the targets, and says what it can't see.
    async fn open_monitor(&self, control: &Control) -> Result<Monitor, EngineError> {
        let monitor = Monitor::open(&self.plan, control.labelled()).await.map_err(EngineError::Start)?;
        for (target, missing) in monitor.missing() {
            let fix = missing.fix.as_ref().map(|fix| format!("\nhint: {fix}")).unwrap_or_default();
            self.log().write(LogLevel::Warn, &format!("target `{target}`"), &format!("{}{fix}", missing.what));
        }
        Ok(monitor)
    }

    /// Plays the load on the workers and gathers their figures, while the targets are watched.
    async fn play_load(
        &self,
        data: Data,
        mut thresholds: Thresholds,
        monitor: Monitor,
        plans: Plans,
    ) -> Result<(), EngineError> {
        let keeper = Keeper::open(&self.plan).await;
        let pilot = Pilot::new(&self.plan, self.steering.as_ref());
        let mut workers = Workers::spawn(self, &data, &keeper.told(), pilot.told().as_ref())?;
        let ready = self.unless_interrupted(workers.all_ready()).await;
        if !matches!(ready, Some(Ok(()))) {
            self.stop.at_once();
            return ready.unwrap_or(Ok(()));
        }
        monitor.baseline().await;
        let origin = Instant::now() + COUNTDOWN;
        self.timeline.start(origin);
        monitor.start(origin, self.plan.warm_up);
        self.tale.lock().finish.started_at = jiff::Timestamp::now().to_string();
        let mut gather = Gather::new(self.plan.workers);
        let mut processor = Processor::start(self.plan.workers);
        let sampler = Sampler::start(workers.spotlights(), self.plan.personas.len())?;
        workers.start(origin);
        let keeping = keeper.keep(self.timeline.clone(), self.tale.clone(), self.shared.clone());
        let keeping = tokio::task::spawn_local(keeping);
        let steering = pilot.steer(self.timeline.clone(), self.tale.clone(), self.telling.clone());
        let steering = tokio::task::spawn_local(steering);
        let watched = self.steering.is_some();
        let telling =
            watched.then(|| tokio::task::spawn_local(tell_what_is_seen(monitor.peep(), self.telling.clone())));
        let mut result = Ok(());
        while !gather.is_over() {
            match workers.next().await {
                News::Report(Report::Interval(mut interval)) => {
                    plans.note(origin.elapsed(), std::mem::take(&mut interval.exemplars));
                    gather.add(*interval);
                }
                News::Report(Report::Bug(error)) => {
                    self.stop.graceful();
                    result = result.and(Err(error.into()));
                }
                News::Report(Report::Ended { worker, outcome }) => {
                    gather.end(worker);
                    if outcome.is_err() {
                        self.stop.graceful();
                    }
                    result = result.and(outcome);
                }
                News::Report(Report::Ready | Report::Beat) => {}
                News::Stuck { worker, error } => {
                    // Its thread can't be ended from outside; the process goes on without it.
                    self.stop.at_once();
                    gather.end(worker);
                    result = result.and(Err(error));
                }
            }
            while let Some(gathered) = gather.next() {
                self.note(gathered, &mut processor, &mut thresholds);
            }
        }
        for gathered in gather.rest() {
            self.note(gathered, &mut processor, &mut thresholds);
        }
        keeping.abort();
        steering.abort();
        telling.inspect(JoinHandle::abort);
        let busy = sampler.finish(&self.plan);
        let phases = self.phases(gather.until());
        let seen = tokio::select! {
            seen = monitor.finish() => seen,
            () = self.stop.reached(Urgency::Abandoned) => MonitorRecord::default(),
        };
        // When nothing is counted any more.
        let plans = tokio::select! {
            plans = plans.finish(gather.until()) => plans,
            () = self.stop.reached(Urgency::Abandoned) => Default::default(),
        };
        let mut story = self.tale.lock();
        (story.finish.plans, story.finish.explain) = plans;
        story.finish.thresholds = thresholds.finish(&phases, &seen);
        story.finish.monitor = seen;
        story.finish.phases = phases;
        story.finish.busy = busy;
        result
    }

    /// The timeline as it turned out, up to when the last worker had played.
    fn phases(&self, until: Duration) -> Vec<PhaseRecord> {
        let record = |(name, from, to, measured): (String, Duration, Duration, bool)| PhaseRecord {
            measured,
            ..PhaseRecord::new(&name, from.as_secs_f64(), to.as_secs_f64())
        };
        self.timeline.stretches(until).into_iter().map(record).collect()
    }

    fn note(&self, gathered: Gathered, processor: &mut Processor, thresholds: &mut Thresholds) {
        if gathered.is_remnant() {
            return;
        }
        // What is due at the very end of the load is still part of it; what begins there is not.
        let within = self.timeline.origin() + gathered.start + Duration::from_nanos(1);
        let phase = self.timeline.name(self.timeline.phase_at(within));
        let cpu_percent = processor.percent();
        let input = gathered.input(&phase, cpu_percent);
        let phases = self.phases(gathered.start + gathered.length);
        let broken = thresholds.observe(&input, &phases).map(str::to_owned);
        let mut story = self.tale.lock();
        if let Some(rule) = broken
            && story.ending.is_none()
        {
            story.ending = Some(Ending::Threshold(rule));
            self.stop.graceful();
        }
        story.collector.add(&input);
        let stood_still = self.timeline.stood_still(gathered.start + gathered.length);
        let progress = story.collector.progress(&LoadRecord::from(&*self.plan));
        let progress = progress.with_headroom(&story.finish.headroom).put_off_by(stood_still);
        self.telling.tell(Event::Interval(Box::new(Counted { gathered, phase, cpu_percent, progress })));
    }

    async fn verify(&self, control: &Control) -> Result<(), EngineError> {
        self.begin("verify");
        let begun = Instant::now();
        let verified = self.unless_interrupted(control.verify()).await;
        self.tale.lock().finish.verify = begun.elapsed();
        let (passed, message) = match verified.flatten() {
            None => return Ok(()),
            Some(Ok(())) => (true, None),
            Some(Err(error)) => (false, Some(self.finding(error).await?)),
        };
        self.tale.lock().finish.checks.push(CheckRecord { name: "verify".to_owned(), passed, message });
        Ok(())
    }

    /// What an error of `verify` or `teardown` found wrong with the target's data, rather than with the script or with
    /// a target that is not there any more, neither of which was judged.
    async fn finding(&self, error: ScriptError) -> Result<String, EngineError> {
        match &error.class {
            ErrorClass::ScriptBug => Err(error.into()),
            ErrorClass::CheckFailed | ErrorClass::Raised(_) => Ok(error.message.clone()),
            _ => match targets::look(&self.plan).await {
                Err(lost) => Err(EngineError::Lost(lost)),
                Ok(_) => Ok(error.message.clone()),
            },
        }
    }

    /// Runs `teardown`. Its failure fails the run as a check does, since the target is not left as it should be.
    async fn teardown(&self, control: &Control) -> Result<(), EngineError> {
        self.begin("teardown");
        let begun = Instant::now();
        let result = tokio::select! {
            result = control.teardown() => result,
            () = self.stop.reached(Urgency::Abandoned) => return Ok(()),
        };
        self.tale.lock().finish.teardown = begun.elapsed();
        if let Err(error) = result {
            let message = Some(self.finding(error).await?);
            let check = CheckRecord { name: "teardown".to_owned(), passed: false, message };
            self.tale.lock().finish.checks.push(check);
        }
        Ok(())
    }

    fn begin(&self, stage: &'static str) {
        self.telling.tell(Event::Stage(stage));
    }

    /// Does `work`; none if the run is to end before it is done, which the story then says.
    async fn unless_interrupted<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        tokio::select! {
            biased;
            () = self.stop.reached(Urgency::Graceful) => {
                self.tale.lock().ending.get_or_insert(Ending::Interrupted);
                None
            }
            done = work => Some(done),
        }
    }
}

/// Tells what the monitor has seen so far, again and again; never returns.
async fn tell_what_is_seen(peep: Peep, telling: Telling) {
    loop {
        tokio::time::sleep(TELL_EVERY).await;
        telling.tell(Event::Seen(Box::new(peep.so_far().await)));
    }
}

/// Shows that the session's loop comes round; never returns.
async fn beat(pulse: Arc<Pulse>) {
    loop {
        pulse.beat();
        tokio::time::sleep(BEAT_EVERY).await;
    }
}
