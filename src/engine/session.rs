//! A run as a story: targets, setup, workers, gathering, verify, teardown, record.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::task::LocalSet;

use super::claims::{self, ClaimError};
use super::control::Control;
use super::error::EngineError;
use super::gather::{Gather, Gathered};
use super::handover::Report;
use super::signals::Signals;
use super::stop::{Stop, Urgency};
use super::targets::{self, Throwaway};
use super::workers::{News, Workers};
use crate::analysis::threshold::Thresholds;
use crate::analysis::{self, Ending};
use crate::monitor::Processor;
use crate::plan::{Data, Plan};
use crate::record::{
    CheckRecord, Collector, Finish, IntervalInput, LoadRecord, PhaseRecord, Progress, Record, ScenarioRecord,
};
use crate::script::{LogLevel, LogSink, Shared, Source, Timeline};
use crate::servers::Kept;
use crate::stats::ErrorClass;

/// How long the workers get between the last of them being ready and the start of the clock.
const COUNTDOWN: Duration = Duration::from_millis(5);

/// What may be chosen for a run beside its plan.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Leave throwaway servers, and the data in them, behind.
    pub keep_target: bool,
    /// Hold back what scripts log, but for warnings and errors.
    pub quiet: bool,
}

/// Told of a run's progress.
pub trait Observer {
    /// A part of the run has begun: `starting PostgreSQL`, `setup`, `playing`, `verify` …
    fn stage(&mut self, stage: &str);

    /// An interval is over.
    fn progress(&mut self, progress: &Progress);

    /// Where lines go that scripts log, if not to standard error as it is.
    fn log_sink(&self) -> Option<LogSink> {
        None
    }
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
    let mut story = Story::default();
    let throwaway = match start(&mut plan, observer) {
        Ok(throwaway) => throwaway,
        Err(error) => return story.end(&plan, Some(error), Vec::new()),
    };
    let error = play(&plan, source, thresholds, options, observer, &mut story).err();
    let kept = if options.keep_target { throwaway.keep() } else { Vec::new() };
    story.end(&plan, error, kept)
}

fn start(plan: &mut Plan, observer: &mut dyn Observer) -> Result<Throwaway, EngineError> {
    let missing = |some: bool, name: &str| if some { format!("starting a throwaway {name}") } else { String::new() };
    let postgres = plan.targets.postgres.values().any(|target| target.url.is_none());
    let redis = plan.targets.redis.values().any(|target| target.url.is_none());
    for stage in [missing(postgres, "PostgreSQL"), missing(redis, "Redis")].iter().filter(|stage| !stage.is_empty()) {
        observer.stage(stage);
    }
    Ok(Throwaway::start(plan)?)
}

fn play(
    plan: &Plan,
    source: Source,
    thresholds: Thresholds,
    options: &Options,
    observer: &mut dyn Observer,
    story: &mut Story,
) -> Result<(), EngineError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(EngineError::Start)?;
    let local = LocalSet::new();
    let result = local.block_on(&runtime, async {
        let session = Session::new(plan, source)?;
        let log = session.shared.log();
        if let Some(sink) = observer.log_sink() {
            log.set_sink(sink);
        }
        if options.quiet {
            log.set_level(LogLevel::Warn);
        }
        session.play(thresholds, options, observer, story).await
    });
    drop(local);
    runtime.shutdown_background();
    result
}

/// What a run has come to so far.
#[derive(Default)]
struct Story {
    collector: Collector,
    finish: Finish,
    ending: Option<Ending>,
}

impl Story {
    fn end(self, plan: &Plan, error: Option<EngineError>, kept: Vec<Kept>) -> Outcome {
        let ending = match (&self.ending, &error) {
            (Some(Ending::Interrupted), _) => Ending::Interrupted,
            (_, Some(error @ EngineError::Claim(ClaimError::Foreign { .. }))) => Ending::Refused(error.to_string()),
            (_, Some(error)) => Ending::Incomplete(error.to_string()),
            (Some(ending), None) => ending.clone(),
            (None, None) => Ending::Completed,
        };
        let finish = Finish {
            seed: plan.seed,
            workers: plan.workers,
            scenario: ScenarioRecord::from(plan),
            load: LoadRecord::from(plan),
            ..self.finish
        };
        let mut record = self.collector.finish(finish);
        analysis::conclude(&mut record, &ending);
        Outcome { record, error, kept }
    }
}

/// What the parts of a run have in common.
pub(super) struct Session {
    pub(super) plan: Arc<Plan>,
    pub(super) source: Arc<Source>,
    pub(super) timeline: Arc<Timeline>,
    pub(super) shared: Arc<Shared>,
    pub(super) stop: Stop,
}

impl Session {
    fn new(plan: &Plan, source: Source) -> Result<Self, EngineError> {
        let ends: Vec<Option<Duration>> =
            plan.groups.iter().map(|group| group.load.schedule(plan.warm_up).end()).collect();
        // The load has an end that is known only if every group has one.
        let end = ends.iter().copied().collect::<Option<Vec<_>>>().and_then(|ends| ends.into_iter().max());
        Ok(Self {
            plan: Arc::new(plan.clone()),
            source: Arc::new(source),
            timeline: Arc::new(Timeline::new(plan.warm_up, end)),
            shared: Arc::new(Shared::new(plan.data.clone())),
            stop: Stop::default(),
        })
    }

    async fn play(
        &self,
        thresholds: Thresholds,
        options: &Options,
        observer: &mut dyn Observer,
        story: &mut Story,
    ) -> Result<(), EngineError> {
        let signals = Signals::new().map_err(EngineError::Start)?;
        tokio::task::spawn_local(signals.heed(self.stop.clone()));
        story.finish.targets = targets::look(&self.plan).await?;
        claims::check(&self.plan).await?;
        let control = Control::new(&self.plan, &self.source, &self.timeline, &self.shared)?;

        observer.stage("setup");
        let begun = Instant::now();
        let data = self.unless_interrupted(control.setup()).await;
        // However it ended: what it has made by now is throng's.
        claims::mark(&self.plan).await?;
        story.finish.setup = begun.elapsed();
        let Some(data) = data else {
            story.ending = Some(Ending::Interrupted);
            return Ok(());
        };
        let data = data?;

        observer.stage("playing");
        let played = self.play_load(data, thresholds, observer, story).await;
        if self.stop.was_a_signal() {
            story.ending.get_or_insert(Ending::Interrupted);
        }
        let lost = match &played {
            Ok(()) => targets::look(&self.plan).await.err().map(EngineError::Lost),
            Err(_) => None,
        };
        let verified = match (&played, &lost, &story.ending) {
            (Ok(()), None, None) => self.verify(&control, observer, story).await,
            _ => Ok(()),
        };
        if !options.keep_target && lost.is_none() {
            self.teardown(&control, observer, story).await;
        }
        played?;
        verified?;
        lost.map_or(Ok(()), Err)
    }

    /// Plays the load on the workers and gathers their figures.
    async fn play_load(
        &self,
        data: Data,
        mut thresholds: Thresholds,
        observer: &mut dyn Observer,
        story: &mut Story,
    ) -> Result<(), EngineError> {
        let mut workers = Workers::spawn(self, &data)?;
        if let Err(error) = workers.all_ready().await {
            self.stop.at_once();
            return Err(error);
        }
        let origin = Instant::now() + COUNTDOWN;
        self.timeline.start(origin);
        story.finish.started_at = jiff::Timestamp::now().to_string();
        let mut gather = Gather::new(self.plan.workers, origin);
        let mut processor = Processor::start(self.plan.workers);
        workers.start(origin);
        let mut result = Ok(());
        while !gather.is_over() {
            match workers.next().await {
                News::Report(Report::Interval(interval)) => gather.add(*interval),
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
                if gathered.is_remnant() {
                    continue;
                }
                self.note(&gathered, &mut processor, &mut thresholds, observer, story);
            }
        }
        for gathered in gather.rest() {
            self.note(&gathered, &mut processor, &mut thresholds, observer, story);
        }
        let until = origin.elapsed();
        let stretches = self.timeline.stretches(until).into_iter();
        story.finish.phases = stretches
            .map(|(name, from, to, measured)| PhaseRecord {
                name,
                from_s: from.as_secs_f64(),
                to_s: to.as_secs_f64(),
                measured,
            })
            .collect();
        story.finish.thresholds = thresholds.finish(&story.finish.phases);
        result
    }

    fn note(
        &self,
        gathered: &Gathered,
        processor: &mut Processor,
        thresholds: &mut Thresholds,
        observer: &mut dyn Observer,
        story: &mut Story,
    ) {
        let phase = self.timeline.name(self.timeline.phase_at(self.timeline.origin() + gathered.start));
        let input = IntervalInput {
            start: gathered.start,
            length: gathered.length,
            phase: &phase,
            figures: &gathered.figures,
            pools: &gathered.pools,
            cpu_percent: processor.percent(),
        };
        if let Some(rule) = thresholds.observe(&input)
            && story.ending.is_none()
        {
            story.ending = Some(Ending::Threshold(rule.to_owned()));
            self.stop.graceful();
        }
        story.collector.add(&input);
        observer.progress(&story.collector.progress(&LoadRecord::from(&*self.plan)));
    }

    async fn verify(
        &self,
        control: &Control,
        observer: &mut dyn Observer,
        story: &mut Story,
    ) -> Result<(), EngineError> {
        observer.stage("verify");
        let begun = Instant::now();
        let Some(verified) = self.unless_interrupted(control.verify()).await else {
            story.ending = Some(Ending::Interrupted);
            return Ok(());
        };
        story.finish.verify = begun.elapsed();
        let Some(verified) = verified else { return Ok(()) };
        let (passed, message) = match verified {
            Ok(()) => (true, None),
            Err(error) if error.class == ErrorClass::ScriptBug => return Err(error.into()),
            Err(error) => (false, Some(error.message.clone())),
        };
        story.finish.checks.push(CheckRecord { name: "verify".to_owned(), passed, message });
        Ok(())
    }

    /// Runs `teardown`. Its failure is told and changes nothing: what was measured stays true.
    async fn teardown(&self, control: &Control, observer: &mut dyn Observer, story: &mut Story) {
        observer.stage("teardown");
        let begun = Instant::now();
        let result = tokio::select! {
            result = control.teardown() => result,
            () = self.stop.reached(Urgency::AtOnce) => return,
        };
        story.finish.teardown = begun.elapsed();
        if let Err(error) = result {
            let message = Some(error.to_string());
            story.finish.checks.push(CheckRecord { name: "teardown".to_owned(), passed: false, message });
        }
    }

    async fn unless_interrupted<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        tokio::select! {
            biased;
            () = self.stop.reached(Urgency::Graceful) => None,
            done = work => Some(done),
        }
    }
}
