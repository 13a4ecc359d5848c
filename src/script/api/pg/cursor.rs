//! `cursor`: the rows of a large result one by one, in `for row in user.pg:cursor(…) do`.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::pin::pin;
use std::rc::Rc;
use std::sync::{Arc, LazyLock};

use mlua::{
    Function, IntoLuaMulti, Lua, MultiValue, Table, UserData, UserDataFields, UserDataMethods, UserDataRef, Value,
};

use super::call::Call;
use super::client::{Borrowed, Client};
use super::results::Reader;
use super::statement::Query;
use super::transaction::{BEGIN, COMMIT, ROLLBACK};
use crate::drivers::postgres::{Cursor, Lease, TransactionOptions};
use crate::script::blame;
use crate::script::state::PRELUDE_NAME;
use crate::script::waiting;

static DECLARE: LazyLock<Arc<str>> = LazyLock::new(|| "DECLARE".into());
static CLOSE: LazyLock<Arc<str>> = LazyLock::new(|| "CLOSE".into());

/// The registry value of the metatable of values to close; one for all users of a state.
const CLOSING: &str = "throng.pg.cursor.closing";

/// Makes that metatable. A loop that is left can wait for its cursor to end; when the user itself is cut off or
/// ends with an error, nothing can wait any more, and the connection is given up at once rather than when Lua
/// next sweeps its memory.
const MAKE_CLOSING: &str = "
local isyieldable = ...
return {
  __metatable = false,
  __close = function(value)
    if isyieldable() then value[1]:finish() else value[1]:abandon() end
  end,
}";

/// A cursor being read.
struct Reading {
    client: Client,
    query: Rc<Query>,
    /// The connection if it was taken for the cursor alone, in a transaction of its own; otherwise it is that
    /// of the client's transaction.
    own: Option<Lease>,
    cursor: Cursor,
    /// Rows fetched and not handed out yet.
    ready: VecDeque<Table>,
}

/// Ends the cursor of a loop, however the loop ends.
struct Closer(Rc<RefCell<Option<Reading>>>);

impl UserData for Closer {
    fn add_fields<F: UserDataFields<Self>>(fields: &mut F) {
        let finish = waiting::method("finish", |_, this: UserDataRef<Self>, ()| {
            let reading = this.0.borrow_mut().take();
            async move {
                match reading {
                    Some(reading) => reading.end().await,
                    None => Ok(()),
                }
            }
        });
        fields.add_field("finish", finish);
    }

    fn add_methods<M: UserDataMethods<Self>>(methods: &mut M) {
        methods.add_method("abandon", |_, this, ()| {
            drop(this.0.borrow_mut().take());
            Ok(())
        });
    }
}

/// Opens a cursor and gives what `for` needs: an iterator and a value to close.
pub(super) async fn cursor(lua: &Lua, client: &Client, call: Call) -> mlua::Result<MultiValue> {
    let Call { query, params } = call;
    let connection = client.connection().await?;
    let own_transaction = matches!(connection, Borrowed::Own(_));
    if own_transaction {
        client.timed(&connection, &BEGIN, true, pin!(connection.begin(TransactionOptions::default()))).await?;
    }
    let opening = async {
        let opened = connection.open_cursor(&query.statement, &params, query.fetch).await;
        opened.map_err(|failure| blame::statement(query.statement.label(), failure))
    };
    let opened = client.timed(&connection, &DECLARE, true, pin!(opening)).await;
    if opened.is_err() && own_transaction {
        // What failed is of more interest than how the rollback went.
        let _ = client.timed(&connection, &ROLLBACK, true, pin!(connection.rollback())).await;
    }
    let cursor = opened?;
    let own = match connection {
        Borrowed::Own(lease) => Some(lease),
        Borrowed::Held(_) => None,
    };
    let reading = Reading { client: client.clone(), query, own, cursor, ready: VecDeque::new() };
    let place = Rc::new(RefCell::new(Some(reading)));
    let closer = value_to_close(lua, Closer(place.clone()))?;
    let next = waiting::function(lua, move |lua, _: MultiValue| {
        let place = place.clone();
        async move { next_row(&lua, &place).await }
    })?;
    (next, Value::Nil, Value::Nil, closer).into_lua_multi(lua)
}

fn value_to_close(lua: &Lua, closer: Closer) -> mlua::Result<Table> {
    let value = lua.create_sequence_from([lua.create_userdata(closer)?])?;
    let closing = match lua.named_registry_value(CLOSING)? {
        Some(closing) => closing,
        None => {
            let is_yieldable: Function = lua.globals().get::<Table>("coroutine")?.get("isyieldable")?;
            let made: Table = lua.load(MAKE_CLOSING).set_name(format!("={PRELUDE_NAME}")).call(is_yieldable)?;
            lua.set_named_registry_value(CLOSING, &made)?;
            made
        }
    };
    value.set_metatable(Some(closing))?;
    Ok(value)
}

/// The next row; nil at the end, when the cursor has been closed.
async fn next_row(lua: &Lua, place: &RefCell<Option<Reading>>) -> mlua::Result<Value> {
    // Out of its place while it fetches: if that is interrupted, the connection goes with it.
    let Some(mut reading) = place.borrow_mut().take() else { return Ok(Value::Nil) };
    if reading.ready.is_empty()
        && let Err(error) = reading.fetch(lua).await
    {
        if let Some(lease) = reading.own {
            // What failed is of more interest than how the rollback went.
            let _ = reading.client.timed(&lease, &ROLLBACK, true, pin!(lease.rollback())).await;
        }
        return Err(error);
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
        let held;
        let connection = match &self.own {
            Some(lease) => &**lease,
            None => {
                held = self.client.connection().await?;
                &*held
            }
        };
        let label = self.query.statement.label();
        let fetching = pin!(connection.fetch(&self.cursor));
        let rows = self.client.timed(connection, label, self.query.labelled, fetching).await?;
        let mut reader = Reader::new(lua, &self.query, &rows)?;
        for index in 0..rows.len() {
            self.ready.push_back(reader.row(index)?);
        }
        Ok(())
    }

    async fn end(self) -> mlua::Result<()> {
        let client = &self.client;
        match &self.own {
            Some(lease) => client.timed(lease, &COMMIT, true, pin!(lease.commit())).await?,
            None => {
                let held = client.connection().await?;
                // Once a statement has failed in its transaction there may be none to close.
                if !held.transaction_failed() {
                    client.timed(&held, &CLOSE, true, pin!(held.close_cursor(&self.cursor))).await?;
                }
            }
        }
        Ok(())
    }
}
