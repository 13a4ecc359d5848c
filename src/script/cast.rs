//! A scenario loaded into a state that can play it.

use std::rc::Rc;

use mlua::{Function, Lua, MultiValue, Table};

use super::api::pg::labelled_statements;
use super::error::{ScriptError, Thrown};
use super::host::{Host, Stage};
use super::player::{Persona, Player};
use super::random::Stream;
use super::scenario::Loaded;
use super::user::User;
use super::values::from_lua;
use super::verified;
use super::waiting::call;
use crate::plan::Data;

/// The number of the user that stands behind `ctx` in setup, verify and teardown.
const NOBODY: u64 = u64::MAX;

/// What errors call the part that runs `verify`.
const VERIFY: &str = "verify";

/// Everybody and everything a scenario brings on stage, in one Lua state.
pub struct Cast {
    loaded: Loaded,
    host: Rc<Host>,
    personas: Vec<Rc<Persona>>,
}

impl Cast {
    /// Gives a loaded scenario its surroundings.
    pub fn new(loaded: Loaded, host: Rc<Host>) -> Self {
        host.enter(loaded.state.lua());
        let personas = loaded.personas(&host);
        host.stage.set(Stage::Running);
        Self { loaded, host, personas }
    }

    /// The surroundings.
    pub fn host(&self) -> &Rc<Host> {
        &self.host
    }

    /// Label and text of each statement that the scenario has named so far.
    pub fn labelled(&self) -> Vec<(String, String)> {
        labelled_statements(self.loaded.state.lua())
    }

    /// Opens the connections that all users share.
    ///
    /// # Errors
    /// When one can't be made.
    pub async fn connect(&self) -> Result<(), ScriptError> {
        self.host.pools.fill().await.map_err(|thrown| ScriptError::new("connecting the pools", &thrown.into()))
    }

    /// Says that the worker's loop has come round, for the hook that ends runaway scripts.
    pub fn turn(&self) {
        self.loaded.begin_turn();
    }

    /// A persona by its index in the plan.
    pub fn persona(&self, index: usize) -> &Rc<Persona> {
        &self.personas[index]
    }

    /// A user that plays the persona with this index.
    ///
    /// # Errors
    /// When Lua has no memory for it.
    pub fn player(&self, persona: usize, group: u32, number: u64) -> Result<Player, ScriptError> {
        Player::new(self.lua(), &self.host, &self.personas[persona], group, number)
    }

    /// Runs `setup`, and returns the plain data that it returned.
    ///
    /// # Errors
    /// When it throws, or returns what is not plain data.
    pub async fn setup(&self) -> Result<Data, ScriptError> {
        let value = self.call("setup", Stage::Setup, &self.loaded.setup).await?.into_iter().next().unwrap_or_default();
        let data =
            from_lua(&value, "what `setup` returned").map_err(|thrown| ScriptError::new("setup", &thrown.into()))?;
        self.host.set_setup_data(data.clone());
        Ok(data)
    }

    /// Whether the scenario has a `verify`.
    pub fn has_verify(&self) -> bool {
        self.loaded.verify.is_some()
    }

    /// Runs `verify`.
    ///
    /// # Errors
    /// When it throws, by a check or otherwise, says by what it returns that something is wrong, or leaves its checks
    /// without a judgement.
    pub async fn verify(&self) -> Result<(), ScriptError> {
        let before = verified::unfinished(&self.host.shared);
        let returned = self.call(VERIFY, Stage::Verify, &self.loaded.verify).await?;
        let sound = verified::said(&returned).and_then(|()| verified::judged(&self.host.shared, before));
        sound.map_err(|thrown| ScriptError::new(VERIFY, &thrown.into()))
    }

    /// Runs `teardown`.
    ///
    /// # Errors
    /// When it throws.
    pub async fn teardown(&self) -> Result<(), ScriptError> {
        self.call("teardown", Stage::Teardown, &self.loaded.teardown).await.map(drop)
    }

    fn lua(&self) -> &Lua {
        self.loaded.state.lua()
    }

    async fn call(&self, during: &str, stage: Stage, function: &Option<Function>) -> Result<MultiValue, ScriptError> {
        let Some(function) = function else { return Ok(MultiValue::new()) };
        self.host.stage.set(stage);
        let result = async { call(function, self.context()?).await }.await;
        self.host.stage.set(Stage::Running);
        result.map_err(|error| ScriptError::new(during, &error))
    }

    /// The `ctx` of setup, verify and teardown: a user of no persona.
    fn context(&self) -> Result<Table, mlua::Error> {
        let streams = Stream::base(self.host.plan.seed, &self.host.plan.scenario, 0, "");
        let nobody = Rc::new(User::new(NOBODY, usize::MAX, Stream::numbered(streams, NOBODY)));
        nobody.table(self.lua(), &self.host)
    }
}

/// A misuse of what belongs to users only, when setup, verify or teardown calls it.
pub(super) fn users_only(function: &str) -> Thrown {
    Thrown::misuse_with(
        format!("`{function}` is for users, not for setup, verify or teardown"),
        "call the function itself; nothing is timed here",
    )
}
