//! What the tests of the documentation share: pages taken apart (`page`), their commands run (`session`, `shorten`), their
//! Lua loaded (`lua`), the book built (`built`), and its pictures drawn (`stall`, `chart`).
//!
//! Every command of the pages is run and every Lua block is loaded. What is not says so on a line of its own before the
//! block, as an HTML comment, which readers don't see:
//!
//! ```text
//! <!-- file: notes.lua -->        the block is a file that the page's commands find
//! <!-- before: COMMAND -->        a command that is run first
//! <!-- only read: REASON -->      commands are read as a whole with `--help` behind them, scenarios only checked
//! <!-- not run: REASON -->        nothing is done with it
//! ```
//!
//! A command whose comment says that it must fail must end with exit status 3.

pub mod built;
mod chart;
pub mod lua;
pub mod page;
pub mod session;
mod shorten;
pub mod stall;
