//! One virtual user as the script API sees it.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::fmt;
use std::rc::{Rc, Weak};
use std::time::Instant;

use mlua::{Lua, Table, UserDataRef, Value};

use super::error::Thrown;
use super::host::Host;
use super::random::{Random, Stream};
use super::timeline::PhaseId;
use crate::drivers::http::Jar;
use crate::stats::CellId;

/// A user: identity, random stream, and tallies that operations are timed by.
#[derive(Debug)]
pub struct User {
    /// Its number within its group, over the whole run.
    pub number: u64,
    /// The index of its persona in the plan.
    pub persona: usize,
    /// How many iterations it has begun; the current one's number, from 1.
    pub iteration: Cell<u64>,
    /// Its own random numbers.
    pub random: RefCell<Stream>,
    /// What it has used up so far; an operation's share is the difference over it.
    pub tally: Tally,
    /// When the next operation was due, if that differs from when it starts: set for each arrival of an
    /// open load, and taken by the first operation.
    pub due: Cell<Option<Instant>>,
    /// The phase in which the operation under way counts.
    pub phase: Cell<Option<PhaseId>>,
    /// Where the operation under way counts.
    pub cell: Cell<Option<CellId>>,
    /// Whether an operation of this iteration has failed.
    pub failed: Cell<bool>,
    /// When it is to leave, if that is known: it does not think past that.
    pub leaves: Cell<Option<Instant>>,
    /// Its cookies by HTTP target.
    jars: RefCell<HashMap<String, Rc<RefCell<Jar>>>>,
    ending: Ending,
}

/// What is to end with a user, though Lua may keep it for longer.
pub trait Ends {
    /// Ends it, without waiting.
    fn end(&self);
}

/// What ends with one user.
#[derive(Default)]
struct Ending(RefCell<Vec<Weak<dyn Ends>>>);

impl fmt::Debug for Ending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} things", self.0.borrow().len())
    }
}

/// Running totals of one user.
#[derive(Debug, Default)]
pub struct Tally {
    /// Microseconds spent waiting for connections.
    pub pool_us: Cell<u64>,
    /// Rows read and written.
    pub rows: Cell<u64>,
    /// Bytes received and sent.
    pub bytes: Cell<u64>,
    /// Transaction attempts beyond the first.
    pub retries: Cell<u64>,
    /// Microseconds spent waiting for targets to answer.
    pub target_us: Cell<u64>,
}

impl Tally {
    /// Adds to one of the totals.
    pub fn add(total: &Cell<u64>, amount: u64) {
        total.set(total.get() + amount);
    }
}

impl User {
    /// A user that has done nothing yet.
    pub fn new(number: u64, persona: usize, random: Stream) -> Self {
        Self {
            number,
            persona,
            iteration: Cell::new(0),
            random: RefCell::new(random),
            tally: Tally::default(),
            due: Cell::new(None),
            phase: Cell::new(None),
            cell: Cell::new(None),
            failed: Cell::new(false),
            leaves: Cell::new(None),
            jars: RefCell::default(),
            ending: Ending::default(),
        }
    }

    /// Whether it plays no persona: the `ctx` of setup, verify and teardown.
    pub fn is_context(&self) -> bool {
        self.persona == usize::MAX
    }

    /// Its cookies at an HTTP target.
    pub fn jar(&self, target: &str) -> Rc<RefCell<Jar>> {
        if let Some(jar) = self.jars.borrow().get(target) {
            return jar.clone();
        }
        self.jars.borrow_mut().entry(target.to_owned()).or_default().clone()
    }

    /// Has something end with the user, unless it has ended by then.
    pub fn ends_with_it(&self, what: &Rc<dyn Ends>) {
        let mut ending = self.ending.0.borrow_mut();
        ending.retain(|other| other.strong_count() > 0);
        ending.push(Rc::downgrade(what));
    }

    /// Ends what is to end with the user.
    pub fn end(&self) {
        for ending in self.ending.0.take().iter().filter_map(Weak::upgrade) {
            ending.end();
        }
    }

    /// The Lua table that scripts get as `user`, or as `ctx` in setup, verify and teardown.
    pub fn table(self: &Rc<Self>, lua: &Lua, host: &Rc<Host>) -> mlua::Result<Table> {
        let table = lua.create_table_with_capacity(0, FIELDS)?;
        if let Some(persona) = host.plan.personas.get(self.persona) {
            table.raw_set("number", self.number)?;
            table.raw_set("persona", persona.name.as_str())?;
        }
        table.raw_set("state", lua.create_table()?)?;
        table.raw_set("params", host.params(lua)?)?;
        table.raw_set("shared", host.setup_value(lua)?)?;
        for field in super::api::USER_FIELDS {
            if (field.wanted)(host) {
                table.raw_set(field.name, (field.make)(lua, host, self)?)?;
            }
        }
        table.raw_set(HANDLE, table.raw_get::<Value>("random")?)?;
        table.set_metatable(Some(host.user_metatable(lua)?))?;
        Ok(table)
    }
}

/// Room for what nearly every user has, so that its table need not grow.
const FIELDS: usize = 8;

/// The key under which a user's table holds what leads to the user: its random numbers, lest another object with a
/// finalizer is made for each of many users, all of which Lua looks at in one go. Not a valid Lua name, so no script
/// meets it by accident.
const HANDLE: &str = "\u{0}user";

/// The user behind a table that a script passed as `self`.
pub fn of_table(table: &Table) -> mlua::Result<Rc<User>> {
    let handle: UserDataRef<Random> = table.raw_get(HANDLE).map_err(|_| not_a_user())?;
    Ok(handle.user().clone())
}

/// A method of users that was called on something else.
pub fn not_a_user() -> Thrown {
    Thrown::misuse_with("the first argument is not a user", "call it with a colon: `user:think()`")
}
