//! All watching of a run, on a thread of its own, so that neither a worker nor a script of the session holds it up.

use std::thread;
use std::time::{Duration, Instant};

use tokio::sync::{mpsc, oneshot};
use tokio::task::LocalSet;

use super::watch::{Order, Source, Watch};
use super::{host, postgres, redis};
use crate::plan::Plan;
use crate::record::{MONITOR_SCHEMA, MissingRecord, MonitorRecord, SourceRecord};

/// How long the start of a run may be held up by a first look at everything.
const BASELINE_LIMIT: Duration = Duration::from_secs(10);

/// How long the end of a run may be held up by a last one, past the limit that each source has for itself.
const FINISH_LIMIT: Duration = Duration::from_secs(20);

/// How long whoever wants to know what was seen so far waits for a source.
const PEEP_LIMIT: Duration = Duration::from_secs(2);

/// What a monitor needs to know of a run's statements: label and SQL text.
pub type Labelled = Vec<(String, String)>;

/// Watches the targets of a run.
pub struct Monitor {
    /// What is watched, as far as it was known at the start, and the way to whoever watches it.
    sources: Vec<(SourceRecord, mpsc::UnboundedSender<Order>)>,
    missing: Vec<(String, MissingRecord)>,
}

impl Monitor {
    /// Opens a connection of its own to each target that is to be watched; what can't be is in [`Monitor::missing`].
    ///
    /// # Errors
    /// When there can't be a thread for it.
    pub async fn open(plan: &Plan, labelled: Labelled) -> std::io::Result<Self> {
        let plan = plan.clone();
        let (opened, opening) = oneshot::channel();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        thread::Builder::new().name("monitor".to_owned()).spawn(move || {
            let local = LocalSet::new();
            local.block_on(&runtime, async {
                let mut monitor = Self { sources: Vec::new(), missing: Vec::new() };
                let mut watches = Vec::new();
                for source in sources(&plan, &labelled).await {
                    let missing = source.about.missing.iter().cloned();
                    monitor.missing.extend(missing.map(|missing| (source.about.name.clone(), missing)));
                    let (orders, taken) = mpsc::unbounded_channel();
                    monitor.sources.push((source.about.clone(), orders));
                    watches.push(tokio::task::spawn_local(Watch::new(source).run(taken)));
                }
                // A run that has ended by now needs no monitor.
                let _ = opened.send(monitor);
                futures_util::future::join_all(watches).await;
            });
            runtime.shutdown_background();
        })?;
        Ok(opening.await.unwrap_or(Self { sources: Vec::new(), missing: Vec::new() }))
    }

    /// What can't be seen, by target.
    pub fn missing(&self) -> &[(String, MissingRecord)] {
        &self.missing
    }

    /// Looks at everything once, so that what comes later is told from what was there before.
    pub async fn baseline(&self) {
        let looks = self.sources.iter().map(|(_, source)| async {
            let (done, looked) = oneshot::channel();
            let _ = source.send(Order::Baseline(done));
            let _ = looked.await;
        });
        let _ = tokio::time::timeout(BASELINE_LIMIT, futures_util::future::join_all(looks)).await;
    }

    /// Watches from `origin` on, when the run's clock starts; what is measured begins `warm_up` later.
    pub fn start(&self, origin: Instant, warm_up: Duration) {
        for (_, source) in &self.sources {
            // One that is gone says nothing at the end.
            let _ = source.send(Order::Start(origin, warm_up));
        }
    }

    /// What tells what was seen so far, while the monitor goes on.
    pub fn peep(&self) -> Peep {
        Peep(self.sources.iter().map(|(_, source)| source.clone()).collect())
    }

    /// Looks for the last time, and says what was seen.
    pub async fn finish(self) -> MonitorRecord {
        let looks = self.sources.into_iter().map(|(about, source)| async move {
            let (reply, told) = oneshot::channel();
            let _ = source.send(Order::Finish(reply));
            match tokio::time::timeout(FINISH_LIMIT, told).await {
                Ok(Ok(seen)) => seen,
                _ => unheard(about),
            }
        });
        MonitorRecord { schema: MONITOR_SCHEMA, sources: futures_util::future::join_all(looks).await }
    }
}

/// Tells what a monitor has seen so far.
pub struct Peep(Vec<mpsc::UnboundedSender<Order>>);

impl Peep {
    /// What was seen so far, of the sources that have time to say so: each of them when its present look is over.
    pub async fn so_far(&self) -> MonitorRecord {
        let looks = self.0.iter().map(|source| async {
            let (reply, told) = oneshot::channel();
            let _ = source.send(Order::Tell(reply));
            tokio::time::timeout(PEEP_LIMIT, told).await.ok()?.ok()
        });
        let sources = futures_util::future::join_all(looks).await.into_iter().flatten().collect();
        MonitorRecord { schema: MONITOR_SCHEMA, sources }
    }
}

/// A source from which nothing came in the end.
fn unheard(mut about: SourceRecord) -> SourceRecord {
    let what = "nothing came of watching it: the last look at it did not end".to_owned();
    about.missing.push(MissingRecord { what, fix: None });
    about
}

/// Everything that is to be watched, by kind.
async fn sources(plan: &Plan, labelled: &Labelled) -> Vec<Source> {
    let mut sources = Vec::new();
    // Between the two looks connections are opened and waited for, which is as still as it gets. Without a target nobody
    // is there to feel the load, and a run need not begin later for it.
    let has_target = plan.targets.pools().next().is_some();
    let idle = (plan.monitor.host && has_target).then(host::Idle::begin).flatten();
    if plan.monitor.postgres {
        for (name, target) in &plan.targets.postgres {
            sources.push(postgres::source(name, target, plan, labelled).await);
        }
    }
    if plan.monitor.redis {
        for (name, target) in &plan.targets.redis {
            sources.push(redis::source(name, target, plan).await);
        }
    }
    if plan.monitor.host {
        let idle_percent = match idle {
            Some(idle) => Some(idle.end().await),
            None => None,
        };
        sources.push(host::source(idle_percent));
    }
    sources
}
