//! What can be overridden, where it may be set, and how the layers become a plan.
//!
//! Every setting has one name, used alike in a scenario's `load` and
//! `profiles`, in `throng.toml`, as `THRONG_<NAME>` and as a flag, and one
//! line in [`registry`]. [`Settings`] is what one place sets; [`Layer`] adds
//! which place that was; [`resolve`] plays the layers over each other and
//! makes a [`super::Plan`] of the result.

mod bounds;
mod input;
mod layers;
mod origins;
mod params;
mod population;
mod preset;
mod registry;
mod resolve;
mod table;
mod targets;
mod value;
mod values;

pub use input::Input;
pub use layers::Layer;
pub use params::{ParamInput, ParamInputs};
pub use preset::PresetChoice;
pub use registry::{Setting, Topic, all, find};
pub use resolve::{Machine, SCALE_TARGET, resolve};
pub use table::Settings;
pub use value::Form;
pub use values::{Bytes, Names, OnScriptBug, Thresholds, UNNAMED, Unwatched, Urls};
