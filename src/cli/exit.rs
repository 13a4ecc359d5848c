//! The exit status, in one place.

use std::process::ExitCode;

use super::error::CliError;
use crate::engine::EngineError;
use crate::monitor::{ClaimError, ProbeError};
use crate::record::{Record, SuiteRecord, Verdict};
use crate::report::ReportError;

/// How the process ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExitStatus {
    /// Passed.
    Passed,
    /// The run could not be completed.
    Incomplete,
    /// Usage or scenario wrong, found before any load.
    Usage,
    /// A threshold or `verify` failed.
    Failed,
    /// Refused for safety.
    Refused,
    /// Interrupted, after a full report of what ran.
    Interrupted,
}

impl ExitStatus {
    /// All of them, by number.
    pub const ALL: [Self; 6] =
        [Self::Passed, Self::Incomplete, Self::Usage, Self::Failed, Self::Refused, Self::Interrupted];

    /// What `--help` and the documentation say of it.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Incomplete => "the run could not be completed",
            Self::Usage => "usage or scenario wrong, found before any load",
            Self::Failed => "a threshold, verify or teardown failed, or a comparison found something worse",
            Self::Refused => "refused for safety",
            Self::Interrupted => "interrupted, after a full report of what ran",
        }
    }

    /// The section of `--help`.
    pub fn help() -> String {
        let rows = Self::ALL.map(|status| format!("\n  {:<4} {}", status.code(), status.meaning()));
        format!("Exit status:{}", rows.concat())
    }

    /// The number.
    pub fn code(self) -> u8 {
        match self {
            Self::Passed => 0,
            Self::Incomplete => 1,
            Self::Usage => 2,
            Self::Failed => 3,
            Self::Refused => 4,
            Self::Interrupted => 130,
        }
    }

    /// The graver of two: what was measured and failed, what could not be measured, what must not be, what was cut off.
    pub fn and(self, other: Self) -> Self {
        let gravity = |status: Self| match status {
            Self::Passed => 0,
            Self::Failed => 1,
            Self::Incomplete | Self::Usage => 2,
            Self::Refused => 3,
            Self::Interrupted => 4,
        };
        if gravity(other) > gravity(self) { other } else { self }
    }
}

impl From<&SuiteRecord> for ExitStatus {
    fn from(record: &SuiteRecord) -> Self {
        [Self::Passed, Self::Failed, Self::Refused, Self::Interrupted]
            .into_iter()
            .find(|status| status.code() == record.exit_code)
            .unwrap_or(Self::Incomplete)
    }
}

impl From<ExitStatus> for ExitCode {
    fn from(status: ExitStatus) -> Self {
        Self::from(status.code())
    }
}

impl From<&Record> for ExitStatus {
    fn from(record: &Record) -> Self {
        match (record.verdict, record.exit_code) {
            (Verdict::Passed | Verdict::Warning, _) => Self::Passed,
            (Verdict::Interrupted, _) => Self::Interrupted,
            (Verdict::Failed | Verdict::Aborted, code) if code == Self::Failed.code() => Self::Failed,
            (Verdict::Failed | Verdict::Aborted, code) if code == Self::Refused.code() => Self::Refused,
            (Verdict::Failed | Verdict::Aborted, _) => Self::Incomplete,
        }
    }
}

impl From<&EngineError> for ExitStatus {
    fn from(error: &EngineError) -> Self {
        match error {
            EngineError::Claim(ClaimError::Foreign { .. })
            | EngineError::Target(ProbeError::NoRoom { .. } | ProbeError::Production { .. }) => Self::Refused,
            EngineError::Claim(ClaimError::Failed { .. })
            | EngineError::Server(_)
            | EngineError::Target(_)
            | EngineError::Script(_)
            | EngineError::Worker { .. }
            | EngineError::Start(_)
            | EngineError::Stuck { .. }
            | EngineError::SessionStuck { .. }
            | EngineError::Panicked { .. }
            | EngineError::Lost(_) => Self::Incomplete,
        }
    }
}

impl From<&CliError> for ExitStatus {
    fn from(error: &CliError) -> Self {
        match error {
            CliError::Plan(_)
            | CliError::Rule(_)
            | CliError::Script(_)
            | CliError::Config { .. }
            | CliError::Dotenv(_)
            | CliError::Idle { .. }
            | CliError::OwnBaseline { .. }
            | CliError::UnknownTarget { .. }
            | CliError::UnsetTarget { .. }
            | CliError::UnknownVariable { .. }
            | CliError::NotText { .. }
            | CliError::NoScenario { .. }
            | CliError::ScenarioFolder(_)
            | CliError::ReadScenario { .. }
            | CliError::Url { .. }
            | CliError::Port { .. }
            | CliError::ScaleSetting { .. }
            | CliError::NoSuchScenario { .. }
            | CliError::Absent { .. }
            | CliError::NoTarget
            | CliError::NoTerminal { .. }
            | CliError::NoUrl { .. }
            | CliError::OtherKind { .. }
            | CliError::BadOut { .. }
            | CliError::OutToNowhere { .. }
            | CliError::OutPlace(_)
            | CliError::OutTwice { .. }
            | CliError::OutOverInput { .. }
            | CliError::Export { .. }
            | CliError::NothingLive { .. }
            | CliError::LiveSuite { .. }
            | CliError::Report(
                ReportError::UnknownFormat { .. } | ReportError::NoFolder { .. } | ReportError::Read(_),
            )
            | CliError::Profile { .. }
            | CliError::Steps { .. }
            | CliError::Suite(_)
            | CliError::WhichSuite
            | CliError::NoSuite { .. }
            | CliError::Scale { .. }
            | CliError::SameData { .. }
            | CliError::UnusedUrl { .. }
            | CliError::Unlike { .. }
            | CliError::Sides { .. }
            | CliError::MinChange { .. }
            | CliError::OfOneRun { .. }
            | CliError::BehindFiles { .. }
            | CliError::OutOfOne { .. }
            | CliError::SideFlags { .. }
            | CliError::NoRecords { .. }
            | CliError::NotRecords { .. }
            | CliError::Folder { .. }
            | CliError::NoFolder { .. }
            | CliError::InUse { .. }
            | CliError::OthersFolder { .. }
            | CliError::Unresumable { .. }
            | CliError::BadName { .. }
            | CliError::Exists { .. } => Self::Usage,
            CliError::OfRun { source, .. } => Self::from(&**source),
            CliError::Danger(_) => Self::Refused,
            CliError::Engine(error) => Self::from(error),
            CliError::Report(_) | CliError::Write { .. } | CliError::Print(_) | CliError::Screen(_) => Self::Incomplete,
        }
    }
}
