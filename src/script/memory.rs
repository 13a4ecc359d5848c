//! Many values at once in a state whose memory is limited.
//!
//! While a limit is in force, mlua makes every value in a protected call, since any may be the one that there is no
//! memory for; that takes longer than making the value. Here the limit is lifted while Rust makes a result's values,
//! and what they took is looked at after each row. No code of a script runs meanwhile: there are no finalizers in Lua.

use mlua::{Error, Lua};

/// A stretch in which values are made without asking for each. The limit is back in force when it is dropped.
pub(super) struct Lifted<'a> {
    lua: &'a Lua,
    limit: usize,
}

impl<'a> Lifted<'a> {
    /// Begins a stretch. No function of a script may be called until its end.
    pub(super) fn of(lua: &'a Lua) -> mlua::Result<Self> {
        let limit = lua.set_memory_limit(0)?;
        Ok(Self { lua, limit })
    }

    /// An error if more memory is in use than the limit allows: to be asked after no more than a result's row.
    pub(super) fn check(&self) -> mlua::Result<()> {
        if self.limit > 0 && self.lua.used_memory() > self.limit {
            return Err(Error::MemoryError("not enough memory".to_owned()));
        }
        Ok(())
    }
}

impl Drop for Lifted<'_> {
    fn drop(&mut self) {
        // Fails only for a state with an allocator of its own, which it had at the beginning as well.
        let _ = self.lua.set_memory_limit(self.limit);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_made_without_asking_counts_and_the_limit_comes_back() {
        let lua = Lua::new();
        lua.set_memory_limit(1 << 20).unwrap();
        {
            let lifted = Lifted::of(&lua).unwrap();
            lifted.check().unwrap();
            let _large = lua.create_string(vec![b'x'; 2 << 20]).unwrap();
            assert!(matches!(lifted.check(), Err(Error::MemoryError(_))));
        }
        assert!(lua.create_string(vec![b'y'; 2 << 20]).is_err());
        assert_eq!(lua.set_memory_limit(0).unwrap(), 1 << 20);
    }
}
