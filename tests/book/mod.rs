//! What the tests of the documentation share: pages taken apart (`page`), their commands made short (`shorten`), run on servers of their
//! own (`session`, `servers`) and held to what they promise (`outcome`), their Lua loaded (`lua`), the book built (`built`), and its
//! pictures drawn (`stall`, `chart`).
//!
//! Every command of the pages is run but those of `unrun`, and every Lua block is loaded. What a block needs stands on lines of
//! their own before it, as HTML comments, which readers don't see:
//!
//! ```text
//! <!-- file: notes.lua -->        the block is a file that the page's commands find
//! <!-- before: COMMAND -->        a command that is run first
//! <!-- says: TEXT -->             one of its commands must say so; the page shows the text as well
//! ```
//!
//! A command whose comment says that it must fail must end with exit status 3. The tables in samples of output have the heads
//! that the page's commands give theirs.

pub mod built;
mod chart;
pub mod lua;
mod outcome;
pub mod page;
mod servers;
pub mod session;
mod shorten;
pub mod stall;
pub mod unrun;
