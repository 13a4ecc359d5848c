//! A statement and its parameters, as a script's call gives them.

use std::rc::Rc;

use mlua::{Either, Lua, MultiValue, UserDataRef, Value};

use super::params::params;
use super::statement::{Handle, Query, resolve};
use crate::drivers::postgres::Param;
use crate::script::error::Thrown;

/// What a call gives: a statement's object or an SQL text, then the parameters. The object is not made a value of, which
/// would cost more than to look it up.
pub(super) type Given = (Either<UserDataRef<Handle>, Value>, MultiValue);

/// What a call asks for.
pub(super) struct Call {
    /// The statement.
    pub query: Rc<Query>,
    /// Its parameters.
    pub params: Vec<Param>,
}

impl Call {
    /// What was given to `function`.
    ///
    /// # Errors
    /// When it is no statement, or a parameter that can't be sent.
    pub(super) fn new(lua: &Lua, function: &str, (statement, values): Given) -> Result<Self, Thrown> {
        let query = match statement {
            Either::Left(handle) => handle.query().clone(),
            Either::Right(value) => resolve(lua, function, &value)?,
        };
        let params = params(lua, query.statement.label(), values.iter())?;
        Ok(Self { query, params })
    }
}
