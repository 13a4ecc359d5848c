//! The works: what throng must do at less cost than its peers, or within a bound.
//!
//! To add one: a file with an `ENTRY`, and its line in [`ALL`].

mod copy_in;
mod endurance;
mod many_users;
mod membership;
mod monitor_cost;
mod null;
mod open_rate;
mod point_select;
mod point_select_single;
mod point_select_socket;
mod read_write;
mod redis_get;
mod start;
mod tpcb_like;

use crate::support::Case;

/// All works, in the order of the table.
pub const ALL: &[&Case] = &[
    &point_select::ENTRY,
    &point_select_socket::ENTRY,
    &point_select_single::ENTRY,
    &tpcb_like::ENTRY,
    &read_write::ENTRY,
    &redis_get::ENTRY,
    &copy_in::ENTRY,
    &many_users::ENTRY,
    &membership::ENTRY,
    &open_rate::ENTRY,
    &endurance::ENTRY,
    &null::ENTRY,
    &start::ENTRY,
    &monitor_cost::ENTRY,
];
