//! How scripts wait: coroutines that Rust drives, and functions of the API whose results take time.
//!
//! Every call of a script's function from Rust is a coroutine, driven by [`Desk::call`]. A function made by
//! [`function`] leaves its future on the state's desk and yields; the driver finds it there, awaits it and resumes
//! the coroutine with what came of it. mlua's own asynchronous functions do the same by other means: they box
//! the future into a Lua object, poll it from within the coroutine through a loop in Lua, and make the
//! coroutine anew for each call; that alone cost a point select more than the pool and the recording together.

use std::cell::{Cell, RefCell};
use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;

use futures_util::FutureExt;
use mlua::{
    Either, Error, FromLua, FromLuaMulti, Function, IntoLua, IntoLuaMulti, Lua, MultiValue, Table, Thread, UserDataRef,
    Value,
};

use super::place::located;
use super::state::PRELUDE_NAME;

/// Coroutines kept for further calls. More are under way at a time only where users wait for something slow.
const KEPT: usize = 256;

/// Makes of a function that leaves its future on the desk one that waits for it: the first for one result, the
/// second for any number of them. An error is raised from within, so that it is its caller who is to blame.
const WAIT: &str = "
local yield, raise = ...
local function settle(done, ...)
  if done then return ... end
  raise(...)
end
return function(leave)
  return function(...)
    local done, value = yield(leave(...))
    if done then return value end
    raise(value)
  end
end, function(leave)
  return function(...) return settle(yield(leave(...))) end
end";

/// What a coroutine waits for, and what it is resumed with.
type Work = Pin<Box<dyn Future<Output = mlua::Result<Reply>>>>;

/// What a function returns to Lua. Most return one value, which needs no list.
pub enum Reply {
    /// One value.
    One(Value),
    /// Any number of them.
    Many(MultiValue),
}

/// What can be returned by a function that may wait.
pub trait IntoReply {
    /// Whether it is always [`Reply::One`], which Lua takes up without a call of its own.
    const IS_ONE: bool;

    /// The values for Lua.
    fn into_reply(self, lua: &Lua) -> mlua::Result<Reply>;
}

macro_rules! one_value {
    ($($type:ty),*) => {
        $(impl IntoReply for $type {
            const IS_ONE: bool = true;

            fn into_reply(self, lua: &Lua) -> mlua::Result<Reply> {
                self.into_lua(lua).map(Reply::One)
            }
        })*
    };
}

one_value!(Value, Table, Option<Table>, bool, i64);

impl IntoReply for () {
    const IS_ONE: bool = false;

    fn into_reply(self, _: &Lua) -> mlua::Result<Reply> {
        Ok(Reply::Many(MultiValue::new()))
    }
}

impl IntoReply for MultiValue {
    const IS_ONE: bool = false;

    fn into_reply(self, _: &Lua) -> mlua::Result<Reply> {
        Ok(Reply::Many(self))
    }
}

/// Where the functions of one Lua state leave what their callers wait for. Cloning gives another handle to it.
#[derive(Clone)]
pub struct Desk(Rc<Inner>);

struct Inner {
    left: Cell<Option<Work>>,
    idle: RefCell<Vec<Thread>>,
    wait_for_one: Function,
    wait_for_many: Function,
}

impl Desk {
    /// The desk of a state.
    pub fn of(lua: &Lua) -> mlua::Result<Self> {
        if let Some(desk) = lua.app_data_ref::<Self>() {
            return Ok(desk.clone());
        }
        let yields: Function = lua.globals().get::<Table>("coroutine")?.get("yield")?;
        let raise = lua.create_function(|_, error: Error| Err::<(), _>(error))?;
        let wait = lua.load(WAIT).set_name(format!("={PRELUDE_NAME}"));
        let (wait_for_one, wait_for_many) = wait.call((yields, raise))?;
        let desk = Inner { left: Cell::new(None), idle: RefCell::default(), wait_for_one, wait_for_many };
        let desk = Self(Rc::new(desk));
        lua.set_app_data(desk.clone());
        Ok(desk)
    }

    /// Calls a script's function, which may wait. An error without a place of its own, as after a tail call,
    /// gets the function's. Dropped before its end, it ends the call and what that waits for.
    pub async fn call<R: FromLuaMulti>(&self, function: &Function, arguments: impl IntoLuaMulti) -> mlua::Result<R> {
        self.play(function, arguments).await.map_err(|error| located(error, function))
    }

    async fn play<R: FromLuaMulti>(&self, function: &Function, arguments: impl IntoLuaMulti) -> mlua::Result<R> {
        let coroutine = Coroutine::begin(&self.0, function)?;
        let mut result = coroutine.resume(arguments);
        while let Some(work) = coroutine.waits_for(&result) {
            result = match work.await {
                Ok(Reply::One(value)) => coroutine.resume((true, value)),
                Ok(Reply::Many(values)) => coroutine.resume((true, values)),
                Err(error) => coroutine.resume((false, error)),
            };
        }
        R::from_lua_multi(result?, &function.weak_lua().upgrade())
    }
}

/// Calls a script's function as [`Desk::call`] does.
pub async fn call<R: FromLuaMulti>(function: &Function, arguments: impl IntoLuaMulti) -> mlua::Result<R> {
    let desk = Desk::of(&function.weak_lua().upgrade())?;
    desk.call(function, arguments).await
}

/// One call of a function.
struct Coroutine<'a> {
    function: &'a Function,
    desk: &'a Inner,
    /// Taken only by drop.
    thread: Option<Thread>,
    finished: Cell<bool>,
}

impl<'a> Coroutine<'a> {
    fn begin(desk: &'a Inner, function: &'a Function) -> mlua::Result<Self> {
        let idle = desk.idle.borrow_mut().pop();
        let thread = match idle {
            Some(thread) => {
                thread.reset(function.clone())?;
                thread
            }
            None => function.weak_lua().upgrade().create_thread(function.clone())?,
        };
        Ok(Self { function, desk, thread: Some(thread), finished: Cell::new(false) })
    }

    fn resume(&self, arguments: impl IntoLuaMulti) -> mlua::Result<MultiValue> {
        self.thread.as_ref().expect("taken only by drop").resume(arguments)
    }

    /// What it waits for after it ran with this result; `None` if that was its end.
    fn waits_for(&self, result: &mlua::Result<MultiValue>) -> Option<Work> {
        // Taken in any case: what is left where a coroutine could not yield is waited for by nobody.
        let left = self.desk.left.take();
        if result.is_err() {
            return None;
        }
        match left {
            Some(work) if self.thread.as_ref().is_some_and(Thread::is_resumable) => Some(work),
            _ => {
                self.finished.set(true);
                None
            }
        }
    }
}

impl Drop for Coroutine<'_> {
    fn drop(&mut self) {
        let Some(thread) = self.thread.take() else { return };
        // One that did not come to its end closes its variables now; one that failed can't be used again.
        if !self.finished.get() && thread.reset(self.function.clone()).is_err() {
            return;
        }
        let mut idle = self.desk.idle.borrow_mut();
        if idle.len() < KEPT {
            idle.push(thread);
        }
    }
}

/// A function for scripts that may wait. `work` is called at once; its future is awaited by the caller's driver.
pub fn function<A, F, W, R>(lua: &Lua, work: F) -> mlua::Result<Function>
where
    A: FromLuaMulti,
    F: Fn(Lua, A) -> W + 'static,
    W: Future<Output = mlua::Result<R>> + 'static,
    R: IntoReply,
{
    leaving(lua, move |lua, arguments| Ok(work(lua.clone(), arguments)))
}

fn leaving<A, W, R>(lua: &Lua, work: impl Fn(&Lua, A) -> mlua::Result<W> + 'static) -> mlua::Result<Function>
where
    A: FromLuaMulti,
    W: Future<Output = mlua::Result<R>> + 'static,
    R: IntoReply,
{
    let desk = Desk::of(lua)?.0;
    let left = Rc::downgrade(&desk);
    let leave = lua.create_function(move |lua, arguments: A| {
        let work = work(lua, arguments)?;
        let lua = lua.clone();
        if let Some(desk) = left.upgrade() {
            desk.left.set(Some(Box::pin(work.map(move |result| result?.into_reply(&lua)))));
        }
        Ok(())
    })?;
    if R::IS_ONE { desk.wait_for_one.call(leave) } else { desk.wait_for_many.call(leave) }
}

/// A method of an object that may wait, to be added as a field of its type.
pub struct Method<T, A, F> {
    name: &'static str,
    work: F,
    called_on: PhantomData<fn(T, A)>,
}

/// A method; `work` gets the object for as long as it does not wait, so that calls may overlap.
pub fn method<T: 'static, A, F, W, R>(name: &'static str, work: F) -> Method<T, A, F>
where
    F: Fn(Lua, UserDataRef<T>, A) -> W + 'static,
    W: Future<Output = mlua::Result<R>> + 'static,
{
    Method { name, work, called_on: PhantomData }
}

impl<T, A, F, W, R> IntoLua for Method<T, A, F>
where
    T: 'static,
    A: FromLuaMulti,
    F: Fn(Lua, UserDataRef<T>, A) -> W + 'static,
    W: Future<Output = mlua::Result<R>> + 'static,
    R: IntoReply,
{
    fn into_lua(self, lua: &Lua) -> mlua::Result<Value> {
        let Self { name, work, .. } = self;
        let method = leaving(lua, move |lua, (object, arguments): (Either<UserDataRef<T>, Value>, A)| {
            let object = match object {
                Either::Left(object) => object,
                Either::Right(other) => {
                    UserDataRef::from_lua(other, lua).map_err(|error| not_an_object(name, error))?
                }
            };
            Ok(work(lua.clone(), object, arguments))
        })?;
        Ok(Value::Function(method))
    }
}

/// What mlua says of its own methods.
#[allow(clippy::arc_with_non_send_sync, reason = "the error's own type wants an `Arc`")]
fn not_an_object(method: &str, error: Error) -> Error {
    let self_name = Some("self".to_owned());
    Error::BadArgument { to: Some(method.to_owned()), pos: 1, name: self_name, cause: Arc::new(error) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn play<T>(work: impl Future<Output = T>) -> T {
        tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work)
    }

    /// A state with `wait(n)`, which gives way `n` times and returns `n`, or fails for a negative one.
    fn state() -> Lua {
        let lua = Lua::new();
        let wait = function(&lua, |_, times: i64| async move {
            for _ in 0..times {
                tokio::task::yield_now().await;
            }
            if times < 0 { Err(Error::runtime("negative")) } else { Ok(times) }
        });
        lua.globals().set("wait", wait.unwrap()).unwrap();
        lua
    }

    fn run<R: FromLuaMulti>(lua: &Lua, text: &str) -> mlua::Result<R> {
        let function = lua.load(text).set_name("@test.lua").into_function().unwrap();
        play(call(&function, ()))
    }

    fn kept(lua: &Lua) -> usize {
        Desk::of(lua).unwrap().0.idle.borrow().len()
    }

    #[test]
    fn a_script_waits_and_goes_on_with_what_came_of_it() {
        let lua = state();
        assert_eq!(run::<(i64, i64)>(&lua, "return wait(3), wait(0)").unwrap(), (3, 0));
        assert!(!run::<bool>(&lua, "return (pcall(wait, -1))").unwrap());
    }

    #[test]
    fn calls_one_after_the_other_use_one_coroutine() {
        let lua = state();
        for _ in 0..3 {
            run::<()>(&lua, "wait(1)").unwrap();
        }
        assert_eq!(kept(&lua), 1);
    }

    #[test]
    fn an_error_names_the_line_that_waited() {
        let error = run::<()>(&state(), "local x = 1\nwait(-1)\nx = 2").unwrap_err();
        assert_eq!(super::super::place::location(&error).as_deref(), Some("test.lua:2"));
    }

    #[test]
    fn what_cannot_yield_fails_and_leaves_nothing_to_wait_for() {
        let lua = state();
        let text = "local ok = pcall(table.sort, { 1, 2 }, function() wait(1) end) return ok";
        assert!(!run::<bool>(&lua, text).unwrap());
        assert!(lua.load("wait(1)").exec().is_err());
        assert_eq!(run::<i64>(&lua, "return 7").unwrap(), 7);
    }

    #[test]
    fn a_call_given_up_on_the_way_closes_its_variables() {
        let lua = state();
        let text = "local x <close> = setmetatable({}, { __close = function() closed = true end }) wait(1000000)";
        let function = lua.load(text).into_function().unwrap();
        play(async {
            tokio::select! {
                biased;
                _ = call::<()>(&function, ()) => panic!("it waits"),
                () = tokio::task::yield_now() => {}
            }
        });
        assert!(lua.globals().get::<bool>("closed").unwrap());
        assert_eq!(kept(&lua), 1);
    }
}
