//! Arguments of a call from Lua, taken one by one with errors that name function and argument.

use mlua::{Function, Lua, MultiValue, Table, Value};

use super::error::Thrown;
use super::fields::{Fields, Mismatch, Named, describe};
use super::waiting;

/// The arguments of one call.
pub struct Args {
    function: &'static str,
    values: MultiValue,
}

impl Args {
    /// The arguments of a call of `function`, named as scripts write it, such as `gen.bytes`.
    pub fn new(function: &'static str, values: MultiValue) -> Self {
        Self { function, values }
    }

    /// The function that is called.
    pub fn function(&self) -> &'static str {
        self.function
    }

    /// The next argument as it is; nil if there is none.
    pub fn value(&mut self) -> Value {
        self.values.pop_front().unwrap_or(Value::Nil)
    }

    /// The next argument, which may be absent.
    pub fn opt<T: Named>(&mut self, name: &str) -> Result<Option<T>, Thrown> {
        let value = self.value();
        if value.is_nil() {
            return Ok(None);
        }
        T::named(value.clone()).map(Some).map_err(|reason| match reason {
            Mismatch::Type => self.wrong(name, T::EXPECTED, &describe(&value)),
            Mismatch::Content(reason) => self.misuse(name, &reason),
        })
    }

    /// The next argument, which must be there.
    pub fn req<T: Named>(&mut self, name: &str) -> Result<T, Thrown> {
        self.opt(name)?.ok_or_else(|| self.wrong(name, T::EXPECTED, "nothing"))
    }

    /// The next argument as a table of options; without one, all options are absent.
    pub fn options(&mut self) -> Result<Fields, Thrown> {
        let table = self.opt::<Table>("options")?;
        let what = format!("options of {}", self.function);
        Ok(match table {
            Some(table) => Fields::new(table, what),
            None => Fields::absent(what),
        })
    }

    /// An error about an argument whose type fits.
    pub fn misuse(&self, name: &str, reason: &str) -> Thrown {
        misuse(self.function, name, reason)
    }

    /// An error about an argument of the wrong type.
    pub fn wrong(&self, name: &str, expected: &str, came: &str) -> Thrown {
        self.misuse(name, &format!("expected {expected}, got {came}"))
    }
}

/// An error about an argument of `function` whose type fits.
pub fn misuse(function: &str, name: &str, reason: &str) -> Thrown {
    Thrown::misuse(format!("`{function}`: argument `{name}`: {reason}"))
}

/// Adds a function to a module under the part of `name` behind the last dot.
pub fn add<F>(lua: &Lua, module: &Table, name: &'static str, function: F) -> mlua::Result<()>
where
    F: Fn(&Lua, Args) -> mlua::Result<Value> + 'static,
{
    put(module, name, lua.create_function(move |lua, values| function(lua, Args::new(name, values)))?)
}

/// Adds a function that may wait to a module, as [`add`] does.
pub fn add_async<F, R>(lua: &Lua, module: &Table, name: &'static str, function: F) -> mlua::Result<()>
where
    F: Fn(Lua, Args) -> R + 'static,
    R: Future<Output = mlua::Result<Value>> + 'static,
{
    put(module, name, waiting::function(lua, move |lua, values| function(lua, Args::new(name, values)))?)
}

fn put(module: &Table, name: &'static str, function: Function) -> mlua::Result<()> {
    module.raw_set(short(name), function)
}

/// What a function is called in its module: the part of `name` behind the last dot.
pub fn short(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(values: Vec<Value>) -> String {
        let mut args = Args::new("gen.bytes", MultiValue::from_vec(values));
        args.req::<u64>("length").unwrap_err().to_string()
    }

    #[test]
    fn an_error_names_function_argument_expectation_and_what_came() {
        let expected = "`gen.bytes`: argument `length`: expected a whole number, 0 or more, got";
        assert_eq!(refusal(vec![]), format!("{expected} nothing"));
        assert_eq!(refusal(vec![Value::Integer(-1)]), format!("{expected} the number `-1`"));
    }

    #[test]
    fn an_absent_argument_is_none_and_further_ones_are_ignored() {
        let mut args = Args::new("f", MultiValue::from_vec(vec![Value::Nil, Value::Boolean(true), Value::Nil]));
        assert!(args.opt::<bool>("first").unwrap().is_none());
        assert!(args.req::<bool>("second").unwrap());
    }
}
