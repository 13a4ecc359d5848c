//! `cursor`: the rows of a large result one by one, in `for row in user.pg:cursor(…) do`.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

use mlua::{IntoLuaMulti, Lua, MetaMethod, MultiValue, Table, UserData, UserDataMethods, Value};

use super::client::{Borrowed, Client};
use super::results::Reader;
use super::run;
use super::statement::Query;
use crate::drivers::postgres::{Cursor, TransactionOptions};
use crate::script::blame;
use crate::script::error::Thrown;
use crate::script::host::Host;

/// A cursor being read.
struct Reading {
    client: Client,
    query: Rc<Query>,
    connection: Borrowed,
    cursor: Cursor,
    /// Rows fetched and not handed out yet.
    ready: VecDeque<Table>,
    /// Whether the transaction was begun for the cursor alone.
    own_transaction: bool,
}

/// Given to `for` as the value to close: ends the cursor however the loop ends.
struct Closer(Rc<RefCell<Option<Reading>>>);

impl UserData for Closer {
    fn add_methods<M: UserDataMethods<Self>>(methods: &mut M) {
        methods.add_async_meta_method(MetaMethod::Close, |_, this, _: MultiValue| {
            let reading = this.0.borrow_mut().take();
            async move {
                match reading {
                    Some(reading) => Ok(reading.end().await?),
                    None => Ok(()),
                }
            }
        });
    }
}

/// Opens a cursor and gives what `for` needs: an iterator and a value to close.
pub(super) async fn cursor(lua: &Lua, client: &Client, arguments: MultiValue) -> mlua::Result<MultiValue> {
    let host = Host::of(lua)?;
    let (query, params) = run::call(lua, "cursor", &arguments)?;
    let connection = client.connection(&host).await?;
    let own_transaction = !connection.in_transaction();
    if own_transaction {
        connection.begin(TransactionOptions::default()).await.map_err(Thrown::from)?;
    }
    let statement = &query.statement;
    let opening = async {
        let cursor = connection.open_cursor(statement, &params, query.fetch).await;
        if cursor.is_err() && own_transaction {
            // What failed is of more interest than how the rollback went.
            let _ = connection.rollback().await;
        }
        cursor
    };
    let cursor = opening.await.map_err(|failure| Thrown::from(blame::statement(statement.label(), failure)))?;
    let reading =
        Reading { client: client.clone(), query, connection, cursor, ready: VecDeque::new(), own_transaction };
    let place = Rc::new(RefCell::new(Some(reading)));
    let closer = lua.create_userdata(Closer(place.clone()))?;
    let next = lua.create_async_function(move |lua, _: MultiValue| {
        let place = place.clone();
        async move { next_row(&lua, &place).await }
    })?;
    (next, Value::Nil, Value::Nil, closer).into_lua_multi(lua)
}

/// The next row; nil at the end, when the cursor has been closed.
async fn next_row(lua: &Lua, place: &RefCell<Option<Reading>>) -> mlua::Result<Value> {
    // Out of its place while it fetches: if that is interrupted, the connection goes with it.
    let Some(mut reading) = place.borrow_mut().take() else { return Ok(Value::Nil) };
    if reading.ready.is_empty() {
        reading.fetch(lua).await?;
    }
    match reading.ready.pop_front() {
        Some(row) => {
            place.borrow_mut().replace(reading);
            Ok(Value::Table(row))
        }
        None => {
            reading.end().await?;
            Ok(Value::Nil)
        }
    }
}

impl Reading {
    async fn fetch(&mut self, lua: &Lua) -> mlua::Result<()> {
        let host = Host::of(lua)?;
        let label = self.query.statement.label();
        let fetched = self.connection.fetch(&self.cursor);
        let rows = self.client.timed(&host, label, self.query.labelled, fetched).await?;
        let mut reader = Reader::new(lua, &self.query, &rows)?;
        for index in 0..rows.len() {
            self.ready.push_back(reader.row(index)?);
        }
        Ok(())
    }

    async fn end(self) -> Result<(), Thrown> {
        if self.own_transaction {
            self.connection.commit().await?;
        } else {
            self.connection.close_cursor(&self.cursor).await?;
        }
        Ok(())
    }
}
