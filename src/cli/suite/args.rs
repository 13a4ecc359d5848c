//! Arguments of `throng suite`.

use std::ffi::OsString;
use std::path::PathBuf;

use crate::cli::flags::{PlanFlags, SettingFlags};
use crate::plan::suite::ChosenRun;

/// Arguments of `throng suite`.
#[derive(Debug, clap::Args)]
pub struct SuiteArgs {
    /// A bundled suite or a file
    pub suite: Option<String>,

    /// Write a commented suite to start from instead, with thresholds for each environment
    #[arg(long, value_name = "FILE", conflicts_with = "suite")]
    pub init: Option<PathBuf>,

    /// Load and validate all runs without a target, and print what would be played
    #[arg(long)]
    pub check: bool,

    /// A mode of the suite, such as quick
    #[arg(long, value_name = "NAME")]
    pub mode: Option<String>,

    /// An environment of the suite, such as ci
    #[arg(long, value_name = "NAME")]
    pub environment: Option<String>,

    /// Shorten all lengths in proportion, such as 10%; none becomes shorter than 1s, and users stay
    #[arg(long, value_name = "PERCENT")]
    pub scale: Option<String>,

    /// Play only this run; may be repeated
    #[arg(long, value_name = "NAME")]
    pub only: Vec<String>,

    /// Play only what an interrupted suite has left, and what has changed since
    #[arg(long)]
    pub resume: bool,

    /// Where records and reports are kept, instead of .throng/suites/NAME
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,

    /// Show nothing while the runs go on
    #[arg(long, short)]
    pub quiet: bool,

    /// A configuration file instead of the throng.toml found here or above
    #[arg(long, value_name = "PATH")]
    pub config: Option<OsString>,

    /// Let the scenarios run programs in setup and verify (throng.exec)
    #[arg(long)]
    pub allow_exec: bool,

    /// Do what would be refused for safety
    #[arg(long, help_heading = "Targets")]
    pub force: bool,

    /// A target named in throng.toml, for all runs
    #[arg(long, value_name = "NAME", env = "THRONG_TARGET", hide_env = true, help_heading = "Targets")]
    pub target: Option<String>,

    /// All settings; they hold for every run
    #[command(flatten)]
    pub settings: SettingFlags,
}

impl SuiteArgs {
    /// What `throng run` would have been given for a run.
    pub fn flags(&self, run: &ChosenRun) -> PlanFlags {
        let given = self.target.clone().filter(|name| !name.is_empty());
        PlanFlags {
            profile: run.profile().map(str::to_owned),
            target: given.or_else(|| run.target().map(str::to_owned)),
            config: self.config.clone(),
            allow_exec: self.allow_exec,
            data: None,
            suite: Some(run.clone()),
            settings: self.settings.clone(),
        }
    }
}
