//! Setup, verify and teardown: the scenario's part on the session's own thread.

use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinHandle;

use super::error::EngineError;
use super::pools;
use super::worker::FAREWELL;
use crate::clock::Clock;
use crate::plan::{Data, Plan};
use crate::script::{self, Cast, Host, Pools, ScriptError, Shared, Source, Timeline};

/// The longest a statement of setup, verify or teardown may take: long enough to index whatever a run can fill.
const STATEMENT_LIMIT: Duration = Duration::from_secs(24 * 3600);

/// The scenario in the session's own Lua state.
pub struct Control {
    cast: Rc<Cast>,
    /// The clock's driver and the script hook's; they end with the control.
    background: [JoinHandle<()>; 2],
}

impl Control {
    /// Loads the scenario. To be called within a `LocalSet`.
    ///
    /// # Errors
    /// When the scenario can't be loaded or a clock can't be made.
    pub fn new(
        plan: &Arc<Plan>,
        source: &Source,
        timeline: &Arc<Timeline>,
        shared: &Arc<Shared>,
    ) -> Result<Self, EngineError> {
        let plan = &Arc::new(unhurried(plan));
        let clock = Clock::new().map_err(EngineError::Start)?;
        let loaded = script::load(source, plan.limits.memory_bytes)?;
        // Setup loads in parallel at most as much as one worker would.
        let pools = Pools::new(plan.clone(), pools::sizes(plan, 0));
        let host = Host::new(plan.clone(), clock.clone(), timeline.clone(), shared.clone(), pools, Arc::default());
        let cast = Rc::new(Cast::new(loaded, Rc::new(host)));
        let clock_runs = tokio::task::spawn_local(clock.clone().run());
        let turning = cast.clone();
        let turns = tokio::task::spawn_local(async move {
            loop {
                clock.sleep(super::worker::Crew::LAG_PERIOD).await;
                turning.turn();
            }
        });
        Ok(Self { cast, background: [clock_runs, turns] })
    }

    /// Label and text of each statement that the scenario names.
    pub fn labelled(&self) -> Vec<(String, String)> {
        self.cast.labelled()
    }

    /// Everybody the scenario brings, for rehearsing.
    pub fn cast(&self) -> &Rc<Cast> {
        &self.cast
    }

    /// Runs `setup`.
    pub async fn setup(&self) -> Result<Data, ScriptError> {
        self.cast.turn();
        self.cast.setup().await
    }

    /// Closes what `setup` has left open, so that servers count what it did before the load, and not in the middle of it:
    /// a PostgreSQL session tells what it has counted up to ten seconds late, unless it ends.
    pub fn leave_targets(&self) {
        self.cast.host().pools.close_idle();
    }

    /// Runs `verify`; `None` if the scenario has none.
    pub async fn verify(&self) -> Option<Result<(), ScriptError>> {
        self.cast.turn();
        if self.cast.has_verify() { Some(self.cast.verify().await) } else { None }
    }

    /// Says farewell to the servers, and has them stop what was broken off.
    pub async fn close(&self) {
        // A server that does not answer must not hold up the report.
        let _ = tokio::time::timeout(FAREWELL, self.cast.host().pools.close()).await;
    }

    /// Runs `teardown`.
    pub async fn teardown(&self) -> Result<(), ScriptError> {
        self.cast.turn();
        self.cast.teardown().await
    }
}

/// The plan without the users' limit on a statement: filling and checking a database takes its time.
fn unhurried(plan: &Plan) -> Plan {
    let mut plan = plan.clone();
    plan.limits = plan.limits.with_statement(STATEMENT_LIMIT);
    plan
}

impl Drop for Control {
    fn drop(&mut self) {
        self.background.iter().for_each(JoinHandle::abort);
    }
}
