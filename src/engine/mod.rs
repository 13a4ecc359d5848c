//! A run, from setup to teardown.
//!
//! [`session`] is the story of a run on the main thread: targets, setup,
//! workers, the gathering of their intervals, verify, teardown, record. Each
//! [`worker`] is a thread that shares nothing with the others: its own runtime,
//! Lua state, pools and recorder. In it, `closed` lets users of a population
//! live and `open` hands arrivals to free users; both play iterations through
//! a `player`. A `stop` reaches all workers at once; what a `steering` asks for while the run goes on reaches them through
//! the `pilot` and each worker's `helm`. No lock is taken and no
//! message sent per operation: workers hand intervals over once a second.

mod arriving;
mod closed;
mod control;
mod error;
mod examine;
mod gather;
mod gone;
mod handover;
mod headroom;
mod helm;
mod interruption;
mod observer;
mod open;
mod open_ends;
mod pilot;
mod places;
mod pools;
mod pulse;
mod rehearse;
mod room;
mod run;
mod sampler;
mod session;
mod signals;
mod stay;
mod steering;
mod stop;
mod story;
mod targets;
mod telling;
mod worker;
mod workers;

pub use error::EngineError;
pub use examine::examine;
pub use interruption::Interruption;
pub use observer::{Observer, Observers};
pub use rehearse::{Rehearsal, Step, rehearse};
pub use run::{Options, Outcome, run};
pub use steering::{Order, Steered, Steering};
