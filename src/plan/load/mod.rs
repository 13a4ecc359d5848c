//! Load models: how many users or arrivals, when, for how long.
//!
//! A model is a file of its own with one line in [`registry`]; it is chosen by
//! the keys that are set in a [`Shape`] and turns into a [`Schedule`], a pure
//! function of the plan, so that any worker can compute its part without
//! talking to another. No model knows scripts, personas or clocks.

mod closed;
mod constant_rate;
mod constant_users;
mod course;
mod error;
mod level;
mod model;
mod open;
mod ramping_rate;
mod ramping_users;
mod rate_curve;
mod registry;
mod schedule;
mod shape;
mod shared_iterations;
mod stretch;
mod users_iterations;

pub use closed::{ClosedSchedule, Iterations, Span};
pub use constant_rate::ConstantRate;
pub use constant_users::ConstantUsers;
pub use course::Course;
pub use error::LoadError;
pub use level::{By, Level};
pub use model::{Load, LoadModel};
pub use open::{Arrivals, OpenOptions, OpenSchedule, Overflow};
pub use ramping_rate::RampingRate;
pub use ramping_users::RampingUsers;
pub use schedule::Schedule;
pub use shape::{Key, Shape, Stage, Stages};
pub use shared_iterations::SharedIterations;
pub use users_iterations::UsersIterations;
