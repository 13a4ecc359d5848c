//! What the file of a suite says.

use std::collections::BTreeMap;

use super::super::Settings;
use super::super::units::Percent;

/// Several runs, and how they are played.
#[derive(Debug, Clone, Default)]
pub struct Suite {
    /// Its file name without the extension.
    pub name: String,
    /// One line on what it is for.
    pub about: String,
    /// How the runs are played that belong to no group.
    pub play: Play,
    /// The run that the others are held against.
    pub baseline: Option<String>,
    /// What holds for every run.
    pub part: Part,
    /// The runs, in the order in which they are played.
    pub runs: Vec<SuiteRun>,
    /// How each group of runs is played.
    pub groups: BTreeMap<String, Play>,
    /// Ways to play the suite, such as `quick`.
    pub modes: BTreeMap<String, Variant>,
    /// Places to play it in, such as `ci`.
    pub environments: BTreeMap<String, Variant>,
}

/// How runs follow each other.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Play {
    /// Each begins when the one before has ended.
    #[default]
    InOrder,
    /// All begin at once, and share the machine that generates the load.
    SideBySide,
}

impl Play {
    /// As it is written.
    pub fn name(self) -> &'static str {
        match self {
            Self::InOrder => "in order",
            Self::SideBySide => "side by side",
        }
    }

    /// The way of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::InOrder, Self::SideBySide].into_iter().find(|play| play.name() == name)
    }
}

/// What may be said of runs wherever a suite speaks of them.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Part {
    /// The profile of the scenario.
    pub profile: Option<String>,
    /// A target named in `throng.toml`.
    pub target: Option<String>,
    /// Settings over those of the scenario and its profile.
    pub settings: Settings,
}

/// A run as the file has it.
#[derive(Debug, Clone, Default)]
pub struct SuiteRun {
    /// Its name within the suite, which also names its files.
    pub name: String,
    /// One line on what it is for.
    pub about: String,
    /// A bundled scenario, or a file, its path counted from the suite's folder.
    pub scenario: String,
    /// The group it belongs to.
    pub group: Option<String>,
    /// Parameters that are its lengths: where there are any, they are shortened instead of its load.
    pub scales: Vec<String>,
    /// What holds for it.
    pub part: Part,
}

/// A mode or an environment: what is different in it.
#[derive(Debug, Clone, Default)]
pub struct Variant {
    /// One line on what it is for.
    pub about: String,
    /// Only these runs.
    pub only: Option<Vec<String>>,
    /// How long everything takes, compared with what the file says.
    pub scale: Option<Percent>,
    /// What holds for every run.
    pub part: Part,
    /// What holds for some.
    pub runs: BTreeMap<String, Part>,
}
