//! What the script API may reach: clock, recorder, pools, timeline, shared state.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::time::{Duration, Instant};

use mlua::{Lua, Table, Value};

use super::error::{ScriptError, Thrown};
use super::exemplars::Exemplars;
use super::operation::OperationCells;
use super::pools::Pools;
use super::shared::Shared;
use super::timeline::{PhaseId, Timeline};
use super::user::User;
use crate::clock::Clock;
use crate::plan::{Data, Plan};
use crate::stats::{CellId, MetricKey, Recorder};

/// How many operations a persona may have: each is a row of every report, and is kept for every interval.
const MOST_OPERATIONS: usize = 1000;

/// Where in its life the scenario is; some of the API is for setup and verify only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Its file is being loaded: no I/O.
    Loading,
    /// `setup` runs.
    Setup,
    /// Users play.
    Running,
    /// `verify` runs.
    Verify,
    /// `teardown` runs.
    Teardown,
}

/// The surroundings of one Lua state. One a worker, one for setup, verify and teardown.
pub struct Host {
    /// The plan of the run.
    pub plan: Arc<Plan>,
    /// The worker's clock.
    pub clock: Clock,
    /// The worker's figures.
    pub recorder: RefCell<Recorder>,
    /// The run's timeline.
    pub timeline: Arc<Timeline>,
    /// State that scripts share across workers.
    pub shared: Arc<Shared>,
    /// The worker's pools.
    pub pools: Pools,
    /// Where in its life the scenario is.
    pub stage: Cell<Stage>,
    /// Executions of statements that plans are taken of.
    pub exemplars: Exemplars,
    trace: RefCell<Option<Trace>>,
    told: RefCell<Option<Told>>,
    /// The persona whose script is running, for the watchdog: its index plus 1, or 0.
    pub(super) spotlight: Arc<AtomicUsize>,
    bug: RefCell<Option<ScriptError>>,
    setup_data: RefCell<Data>,
    operations: RefCell<HashMap<usize, HashMap<String, Rc<OperationCells>>>>,
    tables: RefCell<Tables>,
}

/// One execution of a statement or command.
#[derive(Debug, Clone, Copy)]
pub struct Execution {
    /// When it was sent.
    pub started: Instant,
    /// How long it took.
    pub time_us: u64,
    /// Rows returned or affected.
    pub rows: u64,
    /// Whether it did what was asked.
    pub succeeded: bool,
}

/// Told of each statement and command: what, how long in µs, rows, and the error if it failed.
pub type Trace = Box<dyn Fn(&str, u64, u64, Option<&str>)>;

/// Told of each operation of a flow: its name, how long it took, and the error if it failed.
pub type Told = Box<dyn Fn(&str, Duration, Option<&ScriptError>)>;

/// Tables that all users of a state share, made once.
#[derive(Default)]
struct Tables {
    params: Option<Table>,
    setup_value: Option<Value>,
    user_metatable: Option<Table>,
}

impl Host {
    /// The surroundings of a state of `plan`.
    pub fn new(
        plan: Arc<Plan>,
        clock: Clock,
        timeline: Arc<Timeline>,
        shared: Arc<Shared>,
        pools: Pools,
        spotlight: Arc<AtomicUsize>,
    ) -> Self {
        Self {
            exemplars: Exemplars::new(plan.explain.is_on()),
            plan,
            clock,
            recorder: RefCell::default(),
            timeline,
            shared,
            pools,
            stage: Cell::new(Stage::Loading),
            trace: RefCell::new(None),
            told: RefCell::new(None),
            spotlight,
            bug: RefCell::new(None),
            setup_data: RefCell::new(Data::Nil),
            operations: RefCell::default(),
            tables: RefCell::default(),
        }
    }

    /// The host of a Lua state; an error while the scenario's file is being loaded, when there is none.
    pub fn of(lua: &Lua) -> Result<Rc<Host>, Thrown> {
        lua.app_data_ref::<Rc<Host>>().map(|host| host.clone()).ok_or_else(|| {
            Thrown::misuse_with(
                "this can't be used while the scenario's file is being loaded",
                "move it into `setup`, `start` or an operation",
            )
        })
    }

    /// Makes this the host of a Lua state.
    pub fn enter(self: &Rc<Self>, lua: &Lua) {
        lua.set_app_data(self.clone());
    }

    /// Counts one execution of a labelled statement as part of its operation, and by itself if that operation counts;
    /// outside of any, if it was started in a measured phase.
    pub fn count_statement(&self, user: &User, target: &str, label: &Arc<str>, execution: &Execution) {
        let Execution { time_us, rows, succeeded, .. } = *execution;
        if let Some(cell) = user.cell.get() {
            self.recorder.borrow_mut().used(cell, target, label, time_us, succeeded);
        }
        let phase = user.phase.get().unwrap_or_else(|| self.timeline.phase_at(execution.started));
        if Timeline::is_measured(phase) {
            self.recorder.borrow_mut().statement(target, label, time_us, rows, succeeded);
        }
    }

    /// Adds one observation of a metric, unless this is warm-up or drain.
    pub fn count_metric(&self, key: &MetricKey, value: f64) {
        if self.timeline.measured_at(Instant::now()).is_some() {
            self.recorder.borrow_mut().metric(key, value);
        }
    }

    /// Has each statement and command told to `trace`, for rehearsing.
    pub fn set_trace(&self, trace: Trace) {
        *self.trace.borrow_mut() = Some(trace);
    }

    /// Has each operation of a flow told to `told`, for rehearsing.
    pub fn set_told(&self, told: Told) {
        *self.told.borrow_mut() = Some(told);
    }

    /// Tells a rehearsal, if there is one, of an operation within a flow. Those within an operation of a mix
    /// are its parts, and told with it.
    pub(super) fn tell_operation(&self, user: &User, name: &str, time: Duration, error: Option<&mlua::Error>) {
        let Some(persona) = self.plan.personas.get(user.persona).filter(|persona| !persona.mix) else { return };
        if let Some(told) = &*self.told.borrow() {
            let during = || format!("persona `{}`, operation `{name}`", persona.name);
            told(name, time, error.map(|error| ScriptError::new(during(), error)).as_ref());
        }
    }

    /// Whether somebody wants to be told of statements and commands, so that the telling need not be made up in vain.
    pub fn is_traced(&self) -> bool {
        self.trace.borrow().is_some()
    }

    /// Tells a tracer, if there is one, what a script asked of a target.
    pub fn trace(&self, what: &str, time_us: u64, rows: u64, error: Option<&str>) {
        if let Some(trace) = &*self.trace.borrow() {
            trace(what, time_us, rows, error);
        }
    }

    /// Keeps the first bug that users met.
    pub(super) fn report_bug(&self, user: &User, error: &mlua::Error) {
        self.bug.borrow_mut().get_or_insert_with(|| {
            let persona = self.plan.personas.get(user.persona).map_or("", |persona| &persona.name);
            let during = format!("persona `{persona}`, user {}, iteration {}", user.number, user.iteration.get());
            ScriptError::new(during, error)
        });
    }

    /// The first bug that users met.
    pub fn bug(&self) -> Option<ScriptError> {
        self.bug.borrow().clone()
    }

    /// Keeps what `setup` returned, for users to see.
    pub fn set_setup_data(&self, data: Data) {
        *self.setup_data.borrow_mut() = data;
        self.tables.borrow_mut().setup_value = None;
    }

    /// `user.params`, read-only.
    pub(super) fn params(&self, lua: &Lua) -> mlua::Result<Table> {
        if let Some(table) = &self.tables.borrow().params {
            return Ok(table.clone());
        }
        let params = self.plan.params.iter().map(|(name, param)| (name.clone(), param.value.clone())).collect();
        let value = super::values::to_lua_read_only(lua, &Data::Map(params), "user.params")?;
        let table = value.as_table().cloned().unwrap_or(lua.create_table()?);
        self.tables.borrow_mut().params = Some(table.clone());
        Ok(table)
    }

    /// `user.shared`, read-only.
    pub(super) fn setup_value(&self, lua: &Lua) -> mlua::Result<Value> {
        if let Some(value) = &self.tables.borrow().setup_value {
            return Ok(value.clone());
        }
        let value = super::values::to_lua_read_only(lua, &self.setup_data.borrow(), "user.shared")?;
        self.tables.borrow_mut().setup_value = Some(value.clone());
        Ok(value)
    }

    /// The metatable of every user's table.
    pub(super) fn user_metatable(&self, lua: &Lua) -> mlua::Result<Table> {
        if let Some(table) = &self.tables.borrow().user_metatable {
            return Ok(table.clone());
        }
        let table = super::api::user::metatable(lua)?;
        self.tables.borrow_mut().user_metatable = Some(table.clone());
        Ok(table)
    }

    /// The cells of an operation that a script names at run time.
    ///
    /// # Errors
    /// When the persona has too many of them already.
    pub fn operation(&self, persona: usize, name: &str) -> Result<Rc<OperationCells>, Thrown> {
        let mut personas = self.operations.borrow_mut();
        let operations = personas.entry(persona).or_default();
        if let Some(cells) = operations.get(name) {
            return Ok(cells.clone());
        }
        let persona = self.plan.personas.get(persona).map_or("", |persona| &persona.name);
        if operations.len() >= MOST_OPERATIONS {
            return Err(Thrown::misuse_with(
                format!("persona `{persona}` has {MOST_OPERATIONS} operations already, and `{name}` would be one more"),
                "name operations after what is done, never after what it is done to: each name is a row of the report",
            ));
        }
        let cells = Rc::new(OperationCells::new(persona, name));
        operations.insert(name.to_owned(), cells.clone());
        Ok(cells)
    }

    /// The recorder's cell of an operation in a phase.
    pub fn cell(&self, operation: &OperationCells, phase: PhaseId) -> CellId {
        operation.cell(phase, || {
            let name = self.timeline.name(phase);
            self.recorder.borrow_mut().cell(&operation.persona, &operation.name, &name)
        })
    }
}
