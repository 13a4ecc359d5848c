//! The worker threads as the session sees them.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use tokio::sync::{mpsc, watch};

use super::error::{EngineError, panicked};
use super::handover::{FromWorker, Report};
use super::headroom::Allowances;
use super::open_ends::OpenEnds;
use super::pulse::Pulse;
use super::session::Session;
use super::steering::Heading;
use super::worker::{self, Orders};
use crate::plan::{Data, Plan};

/// How often the pulses are felt at least.
const LOOK_EVERY: Duration = Duration::from_millis(250);

/// All workers of a run.
pub struct Workers {
    plan: Arc<Plan>,
    reports: mpsc::UnboundedReceiver<FromWorker>,
    start: watch::Sender<Option<Instant>>,
    spotlights: Vec<Arc<AtomicUsize>>,
    /// The pulse of each worker; `None` once it has ended.
    pulses: Vec<Option<Arc<Pulse>>>,
}

/// What the session has to deal with.
pub enum News {
    /// A worker reports.
    Report(Report),
    /// A worker's loop stands still.
    Stuck {
        /// Which.
        worker: usize,
        /// The error that this is.
        error: EngineError,
    },
}

impl Workers {
    /// Starts the threads; they load the scenario and wait.
    pub fn spawn(
        session: &Session,
        setup_data: &Data,
        allowances: &watch::Receiver<Allowances>,
        heading: Option<&watch::Receiver<Heading>>,
    ) -> Result<Self, EngineError> {
        let plan = &session.plan;
        let (sender, reports) = mpsc::unbounded_channel();
        let (start, started) = watch::channel(None);
        let open_ends = Arc::new(OpenEnds::of(plan));
        let taken: Vec<_> = plan.groups.iter().map(|_| Arc::default()).collect();
        let spotlights: Vec<Arc<AtomicUsize>> = (0..plan.workers).map(|_| Arc::default()).collect();
        let mut pulses = Vec::new();
        for (index, spotlight) in spotlights.iter().enumerate() {
            let orders = Orders {
                index,
                workers: plan.workers,
                plan: plan.clone(),
                source: session.source.clone(),
                setup_data: setup_data.clone(),
                timeline: session.timeline.clone(),
                shared: session.shared.clone(),
                taken: taken.clone(),
                open_ends: open_ends.clone(),
                spotlight: spotlight.clone(),
                stop: session.stop.clone(),
                reports: sender.clone(),
                allowances: allowances.clone(),
                heading: heading.cloned(),
                start: started.clone(),
            };
            let sender = sender.clone();
            let pulse = Arc::new(Pulse::new());
            pulses.push(Some(pulse.clone()));
            thread::Builder::new()
                .name(format!("worker-{index}"))
                .spawn(move || {
                    pulse.is_of_this_thread();
                    let outcome = catch_unwind(AssertUnwindSafe(|| worker::run(orders)));
                    let outcome = outcome.unwrap_or_else(|panic| Err(panicked(format!("worker {index}"), &*panic)));
                    let _ = sender.send((index, Report::Ended { worker: index, outcome }));
                })
                .map_err(|source| EngineError::Worker { worker: index, source })?;
        }
        Ok(Self { plan: plan.clone(), reports, start, spotlights, pulses })
    }

    /// Waits until every worker has loaded the scenario.
    pub async fn all_ready(&mut self) -> Result<(), EngineError> {
        let mut missing = self.plan.workers;
        while missing > 0 {
            match self.next().await {
                News::Report(Report::Ready) => missing -= 1,
                News::Report(Report::Ended { outcome, .. }) => return outcome,
                News::Report(_) => {}
                News::Stuck { error, .. } => return Err(error),
            }
        }
        Ok(())
    }

    /// Where each worker shows whose script is running.
    pub fn spotlights(&self) -> Vec<Arc<AtomicUsize>> {
        self.spotlights.clone()
    }

    /// Lets the clock of all workers read zero at `origin`.
    pub fn start(&self, origin: Instant) {
        self.start.send_replace(Some(origin));
    }

    /// The next news, whichever worker it comes from.
    pub async fn next(&mut self) -> News {
        loop {
            // What has been reported is taken first: a session that was busy must not take workers for silent that
            // it has not listened to.
            if let Ok((worker, report)) = self.reports.try_recv() {
                return self.hear(worker, report);
            }
            if let Some(stuck) = self.stuck() {
                return stuck;
            }
            // The session holds no sender, and every worker reports its end, so the channel is not closed while
            // news is awaited; without news, time has passed.
            if let Ok(Some((worker, report))) = tokio::time::timeout(LOOK_EVERY, self.reports.recv()).await {
                return self.hear(worker, report);
            }
        }
    }

    fn hear(&mut self, worker: usize, report: Report) -> News {
        if matches!(report, Report::Ended { .. }) {
            self.pulses[worker] = None;
        } else if let Some(pulse) = &self.pulses[worker] {
            pulse.beat();
        }
        News::Report(report)
    }

    fn stuck(&mut self) -> Option<News> {
        let silences = self.pulses.iter().map(|pulse| pulse.as_ref().and_then(|pulse| pulse.has_stopped()));
        let silences: Vec<Option<Duration>> = silences.collect();
        let (worker, silence) =
            silences.into_iter().enumerate().find_map(|(worker, silence)| Some((worker, silence?)))?;
        self.pulses[worker] = None;
        let during = match self.spotlights[worker].load(Ordering::Relaxed).checked_sub(1) {
            Some(persona) => format!("a script of persona `{}`", self.plan.personas[persona].name),
            None => "throng itself or in the scenario's file".to_owned(),
        };
        Some(News::Stuck { worker, error: EngineError::Stuck { worker, seconds: silence.as_secs(), during } })
    }
}
