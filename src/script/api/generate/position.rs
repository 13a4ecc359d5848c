//! Where an index stands among others.

use super::made::{Made, Maker};
use crate::script::args::Args;

pub fn index(_: &mut Args) -> mlua::Result<Maker> {
    Ok(Box::new(|index| Ok(Made::Int(index))))
}

pub fn group(args: &mut Args) -> mlua::Result<Maker> {
    let size: i64 = args.req("size")?;
    if size < 1 {
        return Err(args.misuse("size", &format!("expected 1 or more, got `{size}`")).into());
    }
    Ok(Box::new(move |index| Ok(Made::Int(index.saturating_sub(1).div_euclid(size) + 1))))
}
