//! What will be run, as plain data: load models, targets, pools, limits.
//!
//! Nothing here does I/O, knows Lua, or imports another layer. [`Plan`] is the
//! resolved whole; [`load`] computes who starts when, as pure functions.

mod data;
mod error;
mod explaining;
mod identifier;
pub mod load;
mod monitoring;
pub mod nearest;
mod params;
mod persona;
mod place;
pub mod preset;
mod run;
pub mod safety;
pub mod scenario;
mod server_settings;
pub mod settings;
pub mod shares;
pub mod suite;
pub mod target;
mod think;
pub mod units;
mod url_part;
mod version;

pub use data::Data;
pub use error::PlanError;
pub use explaining::{Explained, Explaining, ShownParams};
pub use identifier::{first_identifier, last_identifier, quote_identifier};
pub use monitoring::{Monitoring, Outline, Watchable};
pub use params::{Param, Params};
pub use persona::{Assignment, PersonaPlan};
pub use place::Place;
pub use run::{Group, Limits, Origin, Plan};
pub use scenario::{PersonaDecl, Scenario};
pub use settings::{Layer, Machine, Settings, resolve};
pub use think::Think;
pub use url_part::{percent_decode, percent_encode};
pub use version::Version;
