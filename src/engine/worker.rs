//! One worker: a thread with its own runtime, Lua state, pools and recorder.

use std::cell::{Cell, RefCell};
use std::future::pending;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize};
use std::time::{Duration, Instant};

use tokio::sync::{mpsc, watch};
use tokio::task::{JoinSet, LocalSet};

use super::error::EngineError;
use super::handover::{self, FromWorker, Handover, Report};
use super::headroom::{self, Allowances};
use super::helm::Helm;
use super::open_ends::OpenEnds;
use super::steering::Heading;
use super::stop::{Stop, Urgency};
use super::{closed, gone, open, pools};
use crate::clock::Clock;
use crate::drivers::in_turns;
use crate::plan::load::Schedule;
use crate::plan::{Data, Plan};
use crate::script::{self, Cast, Host, Player, Shared, Source, Timeline};

/// How long closing the pools may take at the end of a run.
pub(super) const FAREWELL: Duration = Duration::from_secs(1);

/// What a worker needs to know, and the lines to the session.
pub struct Orders {
    /// Which worker this is, from 0.
    pub index: usize,
    /// How many there are.
    pub workers: usize,
    /// The run's plan.
    pub plan: Arc<Plan>,
    /// The scenario to load.
    pub source: Arc<Source>,
    /// What `setup` returned.
    pub setup_data: Data,
    /// The run's timeline.
    pub timeline: Arc<Timeline>,
    /// State that scripts share.
    pub shared: Arc<Shared>,
    /// Iterations taken from the common counter, by group.
    pub taken: Vec<Arc<AtomicU64>>,
    /// Groups that have no end in time.
    pub open_ends: Arc<OpenEnds>,
    /// The persona whose script is running, for the watchdog: its index plus 1, or 0.
    pub spotlight: Arc<AtomicUsize>,
    /// The end of the run.
    pub stop: Stop,
    /// Reports to the session.
    pub reports: mpsc::UnboundedSender<FromWorker>,
    /// How many connections the pools may have.
    pub allowances: watch::Receiver<Allowances>,
    /// Where the run is heading, if somebody may steer it.
    pub heading: Option<watch::Receiver<Heading>>,
    /// When the run's clock starts; `None` until every worker is ready.
    pub start: watch::Receiver<Option<Instant>>,
}

/// What all users of a worker have in common.
pub struct Crew {
    pub index: usize,
    pub workers: usize,
    pub plan: Arc<Plan>,
    pub clock: Clock,
    pub cast: Cast,
    pub helm: Rc<Helm>,
    timeline: Arc<Timeline>,
    taken: Vec<Arc<AtomicU64>>,
    open_ends: Arc<OpenEnds>,
    alive: Rc<Cell<u64>>,
    stopping: Cell<bool>,
    bug_told: Cell<bool>,
    reports: mpsc::UnboundedSender<FromWorker>,
}

/// Runs a worker to its end, on its own thread.
pub fn run(orders: Orders) -> Result<(), EngineError> {
    let worker = orders.index;
    let failed = |source| EngineError::Worker { worker, source };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(failed)?;
    let local = LocalSet::new();
    let playing = async {
        let clock = Clock::new().map_err(failed)?;
        let ticking = tokio::task::spawn_local(clock.clone().run());
        tokio::select! {
            biased;
            result = play(orders, clock) => result,
            // It ends by a panic only, and without it nobody would ever wake.
            stopped = ticking => {
                gone::outcome(stopped);
                Ok(())
            }
        }
    };
    // All tasks of the worker run within a turn, so that what their users send in it goes out together.
    let result = runtime.block_on(in_turns(local.run_until(playing)));
    drop(local);
    runtime.shutdown_background();
    result
}

async fn play(orders: Orders, clock: Clock) -> Result<(), EngineError> {
    let Orders {
        index,
        workers,
        plan,
        source,
        setup_data,
        timeline,
        shared,
        taken,
        open_ends,
        spotlight,
        stop,
        reports,
        allowances,
        heading,
        mut start,
    } = orders;
    let loaded = script::load(&source, plan.limits.memory_bytes)?;
    let pools = script::Pools::new(plan.clone(), pools::sizes(&plan, index));
    let host = Rc::new(Host::new(plan.clone(), clock.clone(), timeline.clone(), shared, pools, spotlight));
    host.set_setup_data(setup_data);
    let crew = Rc::new(Crew {
        index,
        workers,
        plan: plan.clone(),
        clock,
        cast: Cast::new(loaded, host),
        helm: Rc::new(Helm::new(&plan, heading.is_some())),
        timeline,
        taken,
        open_ends,
        alive: Rc::default(),
        stopping: Cell::new(false),
        bug_told: Cell::new(false),
        reports,
    });
    let mut background = JoinSet::new();
    background.spawn_local(handover::feel_the_loop(crew.clone()));
    crew.cast.connect().await?;
    crew.tell(Report::Ready);
    if start.wait_for(Option::is_some).await.is_err() {
        return Ok(());
    }
    let handover = Rc::new(RefCell::new(Handover::new(index)));
    background.spawn_local(handover::hand_over_each_second(crew.clone(), handover.clone()));
    let following = crew.clone();
    background.spawn_local(async move {
        headroom::follow(allowances, &following.cast.host().pools, index, workers).await;
    });
    if let Some(heading) = heading {
        background.spawn_local(crew.helm.clone().follow(heading));
    }
    background.spawn_local(crew.clone().heed(stop.clone()));
    let mut users = populate(&crew);
    tokio::select! {
        () = ended(&mut users) => {}
        () = async { ended(&mut background).await; pending().await } => {}
        () = interrupted(&crew, &stop) => {}
    }
    // What is still under way counts as unfinished when it is dropped, before the last handing over.
    users.shutdown().await;
    crew.everybody_left().await;
    background.shutdown().await;
    handover.borrow_mut().last(&crew);
    // A server that does not answer must not hold up the report.
    let _ = tokio::time::timeout(FAREWELL, crew.cast.host().pools.close()).await;
    Ok(())
}

/// Waits until all of these tasks have ended.
async fn ended(tasks: &mut JoinSet<()>) {
    while let Some(task) = tasks.join_next().await {
        gone::outcome(task);
    }
}

/// Starts whoever lets users come: this worker's part of each group.
fn populate(crew: &Rc<Crew>) -> JoinSet<()> {
    let mut users = JoinSet::new();
    let mut users_before = 0;
    for group in &crew.plan.groups {
        let place = crew.place_after(users_before);
        users_before += group.load.users();
        // Shared, because its assignment has an entry for each user.
        let group = Rc::new(group.clone());
        match group.load.schedule(crew.plan.warm_up) {
            Schedule::Closed(schedule) => {
                let (crew, has_end) = (crew.clone(), schedule.end().is_some());
                users.spawn_local(async move {
                    closed::populate(crew.clone(), group, schedule.iterations(), place).await;
                    if !has_end {
                        crew.open_ends.part_is_over(&crew.timeline);
                    }
                });
            }
            Schedule::Open(schedule) => {
                users.spawn_local(open::serve(crew.clone(), group, schedule, place));
            }
        }
    }
    users
}

/// Waits until what is under way must be interrupted: at once, or after a graceful stop.
async fn interrupted(crew: &Crew, stop: &Stop) {
    tokio::select! {
        () = stop.reached(Urgency::AtOnce) => {}
        () = async {
            over(crew, stop).await;
            tokio::time::sleep(crew.plan.graceful_stop).await;
        } => {}
    }
}

/// Waits until no further iterations may begin: the run is to stop, or a script says that the load is over.
async fn over(crew: &Crew, stop: &Stop) {
    tokio::select! {
        () = stop.reached(Urgency::Graceful) => {}
        () = crew.timeline.finished() => {}
    }
}

impl Crew {
    /// When the run's clock read zero.
    pub fn origin(&self) -> Instant {
        self.timeline.origin()
    }

    /// When the load's clock reads `at`, as things stand.
    pub fn moment(&self, at: Duration) -> Instant {
        self.helm.moment(self.origin(), at)
    }

    /// What the load's clock reads.
    pub fn reading(&self) -> Duration {
        self.helm.reading(self.origin(), Instant::now())
    }

    /// Waits until the load's clock reads `at` or the run is to stop. False if the run was steered before: then whoever
    /// waits must find out anew what for.
    pub async fn reach(&self, at: Duration) -> bool {
        if !self.helm.is_manned() {
            self.clock.pause_until(self.moment(at)).await;
            return true;
        }
        let turned = self.helm.turned();
        if self.is_stopping() {
            return true;
        }
        if self.helm.is_held(at) {
            turned.await;
            return self.is_stopping();
        }
        tokio::select! {
            biased;
            () = turned => self.is_stopping(),
            () = self.clock.pause_until(self.moment(at)) => true,
        }
    }

    /// Whether no further iterations may begin.
    pub fn is_stopping(&self) -> bool {
        self.stopping.get()
    }

    /// Users alive on this worker.
    pub fn alive(&self) -> u64 {
        self.alive.get()
    }

    /// Waits until the tasks of all users have been dropped, and what was under way has been counted.
    async fn everybody_left(&self) {
        while self.alive() > 0 {
            tokio::task::yield_now().await;
        }
    }

    /// Counts a user as alive for as long as the result lives.
    pub fn enter(&self) -> impl Drop + use<> {
        self.alive.set(self.alive.get() + 1);
        Alive(self.alive.clone())
    }

    /// A player, or none when Lua has no memory for one, which ends the run.
    pub fn player(&self, persona: usize, group: u32, number: u64) -> Option<Player> {
        match self.cast.player(persona, group, number) {
            Ok(player) => Some(player),
            Err(error) => {
                self.tell(Report::Bug(error));
                None
            }
        }
    }

    /// This worker's place in a group that comes after so many users of others: it plays the users, or takes the
    /// arrivals, with this number and every `workers`-th after it. Groups take turns in where they begin, or the
    /// first worker would play all groups of one user.
    fn place_after(&self, users_before: u64) -> usize {
        let workers = self.workers as u64;
        ((self.index as u64 + workers - users_before % workers) % workers) as usize
    }

    /// Whether the run's clock runs.
    pub fn has_started(&self) -> bool {
        self.timeline.has_started()
    }

    /// The common counter of a group's iterations.
    pub fn taken(&self, group: u32) -> Arc<AtomicU64> {
        self.taken[group as usize].clone()
    }

    /// Looks for what a script may have left: a bug that ends the run.
    pub fn look_for_bug(&self) {
        if !self.bug_told.get()
            && self.plan.stop_on_script_bug
            && let Some(bug) = self.cast.host().bug()
        {
            self.bug_told.set(true);
            self.tell(Report::Bug(bug));
        }
    }

    /// Sends a report; a session that is gone needs none.
    pub fn tell(&self, report: Report) {
        let _ = self.reports.send((self.index, report));
    }

    /// Ends pauses and begins no more once the run is to end.
    async fn heed(self: Rc<Self>, stop: Stop) {
        over(&self, &stop).await;
        // What is seen through after a stop is no part of the load, whoever stopped it.
        self.timeline.finish();
        self.stopping.set(true);
        self.clock.end_pauses();
        self.helm.stir();
    }

    /// How long the loop waits between two readings of its own lag.
    pub const LAG_PERIOD: Duration = Duration::from_millis(10);
}

struct Alive(Rc<Cell<u64>>);

impl Drop for Alive {
    fn drop(&mut self) {
        self.0.set(self.0.get() - 1);
    }
}
