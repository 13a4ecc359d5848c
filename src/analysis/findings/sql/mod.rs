//! What a statement asks of a table, read out of its text: the columns that an index could serve.
//!
//! Modest on purpose. It knows conjunctions of comparisons, joins and orders, and says nothing about what it does not
//! know; so an index is proposed only where the text shows what for. All names are as `quote_ident` has them.

mod condition;
mod index;
mod scope;
mod tokens;
mod wanted;

pub(super) use index::first_column;
pub(super) use wanted::{Wanted, wanted};
